"""Looking into the database itself, past the product, with either engine."""

import asyncio
from collections.abc import Mapping
from typing import Any

from sqlalchemy import URL, make_url, text
from sqlalchemy.ext.asyncio import create_async_engine
from tests.support.server import Server

from footnote.app.migrate import all_tables


def query(server: Server, sql: str, **values: Any) -> list[dict[str, Any]]:
    """Run a statement on the server's database and return the rows; a change is committed."""
    return asyncio.run(_query(server, sql, values))


def scalar(server: Server, sql: str, **values: Any) -> Any:
    """Return the first column of the only row."""
    (row,) = query(server, sql, **values)
    return next(iter(row.values()))


def table_counts(server: Server) -> dict[str, int]:
    """Return how many rows each of the product's tables holds."""
    parts = " UNION ALL ".join(f"SELECT '{name}' AS name, count(*) AS n FROM {name}" for name in all_tables().tables)
    return {row["name"]: row["n"] for row in query(server, parts)}


def mentions(server: Server, needle: str) -> dict[str, int]:
    """Return the tables that hold `needle` in any column as text or JSON, with the number of such rows."""
    found: dict[str, int] = {}
    for name, table in all_tables().tables.items():
        for row in query(server, f"SELECT * FROM {name}"):
            if any(needle in str(value) for value in row.values()):
                found[table.name] = found.get(table.name, 0) + 1
    return found


async def _query(server: Server, sql: str, values: Mapping[str, Any]) -> list[dict[str, Any]]:
    address = (
        make_url(server.database_url)
        if server.database_url
        else URL.create("sqlite+aiosqlite", database=str(server.data_dir / "footnote.db"))
    )
    engine = create_async_engine(address, connect_args={} if server.database_url else {"timeout": 30})
    try:
        async with engine.begin() as connection:
            result = await connection.execute(text(sql), dict(values))
            return [dict(row) for row in result.mappings()] if result.returns_rows else []
    finally:
        await engine.dispose()
