"""The few statements that SQLite and PostgreSQL write differently, in one place."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

_ROWS_PER_STATEMENT = 500


def insert_for(session: AsyncSession, table: Table) -> postgresql.Insert | sqlite.Insert:
    """Return an INSERT that can carry ON CONFLICT on the session's database."""
    if session.get_bind().dialect.name == "sqlite":
        return sqlite.insert(table)
    return postgresql.insert(table)


async def insert_many(session: AsyncSession, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """Insert the rows in slices that stay below both databases' limits on bound values."""
    for start in range(0, len(rows), _ROWS_PER_STATEMENT):
        await session.execute(table.insert(), list(rows[start : start + _ROWS_PER_STATEMENT]))
