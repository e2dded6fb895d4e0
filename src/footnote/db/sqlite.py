"""SQLite connections that finish what they have begun, even when the task that asked is cancelled.

A statement runs on the driver's thread and cannot be called back. If a cancelled task walked away from it, SQLAlchemy
would give the connection up and close it some time later, and until then it would hold a transaction open: the write
lock of everybody. So a statement is always waited for, and the cancellation comes right after the transaction.
"""

import asyncio
import sqlite3
from collections.abc import Callable, Coroutine
from functools import partial
from pathlib import Path
from typing import Any

import aiosqlite

from footnote.db.sqlite_cursor import WholeCursor

_ITERATION_CHUNK = 64


async def to_the_end(work: Coroutine[Any, Any, Any] | asyncio.Future[Any]) -> Any:
    """Wait until the work is done and return its value, however often the waiting task is cancelled meanwhile.

    A cancellation that came is handed on: it is raised at the task's next own wait.
    """
    task = asyncio.ensure_future(work)
    current = asyncio.current_task()
    cancellations = 0
    while not task.done():
        try:
            await asyncio.shield(task)
        except asyncio.CancelledError:
            if current is None or task.cancelled():
                raise
            cancellations += 1
            current.uncancel()
        except BaseException:  # noqa: BLE001, S110  # the work's own error is raised below, by result()
            pass
    for _ in range(cancellations):
        if current is not None:
            current.cancel()
    return task.result()


class PatientConnection(aiosqlite.Connection):
    """An aiosqlite connection whose every operation is waited for to its end."""

    async def _execute(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        # As the driver does it, with its future itself to wait for: a task around it would wake the loop twice more.
        if not self._running or not self._connection:
            raise ValueError("Connection closed")
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._tx.put_nowait((future, partial(fn, *args, **kwargs)))
        return await to_the_end(future)

    async def rollback(self) -> None:
        """Roll back; a trip to the driver's thread is made only when a transaction is open."""
        if self._conn.in_transaction:
            await super().rollback()

    async def commit(self) -> None:
        """Commit; a trip to the driver's thread is made only when a transaction is open."""
        if self._conn.in_transaction:
            await super().commit()

    def cursor(self) -> WholeCursor:  # type: ignore[override]  # SQLAlchemy only enters, executes, fetches and closes it
        """Return a cursor that needs one trip to the driver's thread for a whole statement."""
        return WholeCursor(self._conn, self._execute)


async def open_sqlite(path: Path, timeout_seconds: float) -> PatientConnection:
    """Open the database file; the driver's thread never keeps the process alive."""
    connection = PatientConnection(lambda: sqlite3.connect(path, timeout=timeout_seconds), _ITERATION_CHUNK)
    connection._thread.daemon = True  # noqa: SLF001  # as SQLAlchemy does for connections of its own making
    await connection
    return connection
