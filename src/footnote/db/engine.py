"""One engine with two scopes: `reading()` never takes the write lock, `writing()` takes it from its first statement.

SQLite: WAL, and BEGIN IMMEDIATE for every writing transaction, because a deferred transaction that reads and then
writes fails with "locked" whatever the timeout. Writers of this process queue on one asyncio lock in front of it, so
none of them spins in the busy handler. Foreign keys are enforced, which SQLite leaves off by default.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, nullcontext
from pathlib import Path
from typing import Any

from sqlalchemy import event, text
from sqlalchemy.engine import URL, Connection, make_url
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, create_async_engine

from footnote.db.sqlite import open_sqlite, to_the_end
from footnote.kit.errors import InvalidInput, StoreUnavailable

_WRITING = "footnote_writing"
_BARE = "footnote_bare"
"""Execution option of a connection whose statements stand outside of any transaction."""
BUSY_TIMEOUT_MS = 15_000
_DATA_EXCEPTIONS = "22"
_PASSING_STATES = ("08", "40", "53", "55", "57")
"""Classes of SQLSTATE that another try may not meet: connection, deadlock, resources, locks, operator."""


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
        no model, file, network or child process is waited for inside.
        """
        async with self._write_lock or nullcontext(), self._session(writing=True) as session:
            yield session
            await session.commit()

    @asynccontextmanager
    async def _session(self, *, writing: bool) -> AsyncIterator[AsyncSession]:
        options: dict[str, Any] = {_WRITING: writing}
        if not self.is_sqlite and not writing:
            # One snapshot for all statements, as SQLite gives; read-only transactions are never refused for that.
            options |= {"postgresql_readonly": True, "isolation_level": "REPEATABLE READ"}
        async with self._connected() as connection:
            scoped = await connection.execution_options(**options)
            session = AsyncSession(scoped, expire_on_commit=False, autoflush=False)
            try:
                yield session
            finally:
                await to_the_end(session.close())

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[AsyncConnection]:
        """Lend a connection. It is back in the pool before the block is left, even when the task is being cancelled."""
        with _translated():
            connection = self._engine.connect()
            try:
                await to_the_end(connection.start())
            except OSError as error:
                # The driver of PostgreSQL lets the socket's own errors through when nobody listens.
                raise _unavailable() from error
            except asyncio.CancelledError:
                await to_the_end(connection.close())
                raise
            try:
                yield connection
            finally:
                await to_the_end(connection.close())

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[AsyncConnection]:
        """A bare writing connection, for migrations only."""
        async with self._write_lock or nullcontext(), self._connected() as connection:
            yield await connection.execution_options(**{_WRITING: True})

    async def forget_overwritten(self) -> bool:
        """Empty SQLite's write-ahead log, where rows that were deleted or changed still stand; True when it is empty.

        False means that somebody read for longer than the busy timeout: the log goes with a later call, or the stop.
        PostgreSQL keeps its log by its own rules, and this does nothing there.
        """
        if not self.is_sqlite:
            return True
        async with self._write_lock or nullcontext(), self._connected() as connection:
            bare = await connection.execution_options(**{_BARE: True})
            result = await bare.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            return result.scalar() == 0

    async def ping(self) -> None:
        """Raise StoreUnavailable unless the database answers."""
        async with self.reading() as session:
            await session.execute(text("SELECT 1"))

    async def close(self) -> None:
        """Give every connection back."""
        await self._engine.dispose()


@contextmanager
def _translated() -> Iterator[None]:
    """Turn the databases' errors into ours; both databases give the same error for the same fault."""
    try:
        yield
    except (OperationalError, InterfaceError, PoolTimeoutError) as error:
        raise _unavailable() from error
    except DBAPIError as error:
        state = str(getattr(error.orig, "sqlstate", None) or "")
        if error.connection_invalidated or state.startswith(_PASSING_STATES):
            raise _unavailable() from error
        if state.startswith(_DATA_EXCEPTIONS):
            raise _unstorable() from error
        raise
    except (OverflowError, UnicodeEncodeError) as error:
        raise _unstorable() from error


def _unavailable() -> StoreUnavailable:
    return StoreUnavailable("The database did not answer; try again in a moment.", retry_after_seconds=1)


def _unstorable() -> InvalidInput:
    return InvalidInput(
        "A value is too long, too large or holds a character that cannot be stored.", code="unstorable_value"
    )


def open_database(url: str | None, data_dir: Path) -> Database:
    """Open PostgreSQL at `url`, or SQLite at `data_dir/footnote.db` without one. Connects at the first use."""
    if url is not None:
        return Database(_engine(make_url(url), pool_size=10, max_overflow=20, pool_pre_ping=True))
    data_dir.mkdir(parents=True, exist_ok=True)
    path = data_dir / "footnote.db"
    address = URL.create("sqlite+aiosqlite", database=str(path))
    engine = _engine(
        address, pool_size=8, max_overflow=24, async_creator=lambda: open_sqlite(path, BUSY_TIMEOUT_MS / 1000)
    )
    event.listen(engine.sync_engine, "connect", _prepare_sqlite)
    event.listen(engine.sync_engine, "begin", _begin_sqlite)
    return Database(engine)


def _engine(address: URL, **options: Any) -> AsyncEngine:
    # Values of statements are people's questions and texts: they must not stand in an error, which may be logged.
    return create_async_engine(address, hide_parameters=True, **options)


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
    if connection.get_execution_options().get(_BARE):
        return
    writing = bool(connection.get_execution_options().get(_WRITING))
    if connection.info.get(_WRITING) != writing:
        connection.exec_driver_sql(f"PRAGMA query_only={'OFF' if writing else 'ON'}")
        connection.info[_WRITING] = writing
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")
