"""The few statements that SQLite and PostgreSQL write differently, in one place."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

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


def is_of(owner: InstrumentedAttribute[str], organisation_id: str) -> ColumnElement[bool]:
    """Return the condition that rows are the organisation's, made so that no index is used for it.

    owner: the table's column that names the organisation.
    For statements that name ids besides: SQLite would take the organisation for the sharper condition, and walk through
    all of its rows to find a handful.
    """
    return owner.concat("") == organisation_id
