"""One engine with two scopes: `reading()` never takes the write lock, `writing()` takes it from its first statement.

SQLite: WAL, and BEGIN IMMEDIATE for every writing transaction, because a deferred transaction that reads and then
writes fails with "locked" whatever the timeout. Writers of this process queue on one asyncio lock in front of it, so
none of them spins in the busy handler. Foreign keys are enforced, which SQLite leaves off by default.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from pathlib import Path
from typing import Any

from sqlalchemy import event, text
from sqlalchemy.engine import URL, Connection, make_url
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, create_async_engine

from footnote.kit.errors import StoreUnavailable

_WRITING = "footnote_writing"
BUSY_TIMEOUT_MS = 15_000


class Database:
    """The product's only door to the relational database."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self.is_sqlite = engine.dialect.name == "sqlite"
        self._write_lock = asyncio.Lock() if self.is_sqlite else None

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncSession]:
        """A snapshot to read from; a write inside it fails on both databases."""
        async with self._session(writing=False) as session:
            yield session

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncSession]:
        """A transaction that commits when the block ends and rolls back when it raises. Keep it short:
        no model, file, network or child process is waited for inside."""
        async with self._write_lock or nullcontext(), self._session(writing=True) as session:
            yield session
            await session.commit()

    @asynccontextmanager
    async def _session(self, *, writing: bool) -> AsyncIterator[AsyncSession]:
        options: dict[str, Any] = {_WRITING: writing}
        if not self.is_sqlite and not writing:
            options["postgresql_readonly"] = True
        try:
            async with self._engine.connect() as connection:
                scoped = await connection.execution_options(**options)
                async with AsyncSession(scoped, expire_on_commit=False, autoflush=False) as session:
                    yield session
        except (OperationalError, InterfaceError) as error:
            raise StoreUnavailable("The database did not answer; try again in a moment.", retry_after_seconds=1) from error
        except DBAPIError as error:
            if error.connection_invalidated:
                raise StoreUnavailable("The database connection was lost.", retry_after_seconds=1) from error
            raise

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[AsyncConnection]:
        """A bare writing connection, for migrations only."""
        async with self._write_lock or nullcontext(), self._engine.connect() as connection:
            yield await connection.execution_options(**{_WRITING: True})

    async def ping(self) -> None:
        """Raise StoreUnavailable unless the database answers."""
        async with self.reading() as session:
            await session.execute(text("SELECT 1"))

    async def close(self) -> None:
        """Give every connection back."""
        await self._engine.dispose()


def open_database(url: str | None, data_dir: Path) -> Database:
    """Open PostgreSQL at `url`, or SQLite at `data_dir/footnote.db` without one. Connects at the first use."""
    if url is not None:
        return Database(create_async_engine(make_url(url), pool_size=10, max_overflow=20, pool_pre_ping=True))
    data_dir.mkdir(parents=True, exist_ok=True)
    address = URL.create("sqlite+aiosqlite", database=str(data_dir / "footnote.db"))
    engine = create_async_engine(
        address, pool_size=8, max_overflow=24, connect_args={"timeout": BUSY_TIMEOUT_MS / 1000}
    )
    event.listen(engine.sync_engine, "connect", _prepare_sqlite)
    event.listen(engine.sync_engine, "begin", _begin_sqlite)
    return Database(engine)


def _prepare_sqlite(dbapi_connection: Any, _record: object) -> None:
    # The driver's own implicit BEGIN is switched off: `_begin_sqlite` says which kind of transaction starts.
    dbapi_connection.isolation_level = None
    cursor = dbapi_connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=NORMAL",
        "foreign_keys=ON",
        f"busy_timeout={BUSY_TIMEOUT_MS}",
        "cache_size=-16000",
        "secure_delete=ON",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    writing = bool(connection.get_execution_options().get(_WRITING))
    if connection.info.get(_WRITING) != writing:
        connection.exec_driver_sql(f"PRAGMA query_only={'OFF' if writing else 'ON'}")
        connection.info[_WRITING] = writing
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")
