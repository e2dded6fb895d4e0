"""A cursor that runs a statement and takes all its rows in one trip to the driver's thread.

Every trip wakes a thread and then the event loop again, which costs more than most of our statements do themselves.
The driver's own cursor makes four of them for one SELECT: to be made, to execute, to fetch, to be closed.
"""

import sqlite3
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Self

Trip = Callable[..., Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class _Outcome:
    rows: Sequence[Any]
    description: Any
    rowcount: int
    lastrowid: int | None


class WholeCursor:
    """What SQLAlchemy uses of aiosqlite's cursor; rows are in memory once `execute` returns."""

    def __init__(self, connection: sqlite3.Connection, trip: Trip) -> None:
        """trip: calls a function with its arguments on the connection's own thread."""
        self._connection = connection
        self._trip = trip
        self._rows: deque[Any] = deque()
        self.description: Any = None
        self.rowcount = -1
        self.lastrowid: int | None = None
        self.arraysize = 1

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.close()

    async def execute(self, sql: str, parameters: Iterable[Any] = ()) -> Self:
        """Run one statement and take its rows."""
        return self._taken(await self._trip(_execute, self._connection, sql, parameters))

    async def executemany(self, sql: str, parameters: Iterable[Sequence[Any]]) -> Self:
        """Run one statement with each of the parameters."""
        return self._taken(await self._trip(_execute_many, self._connection, sql, parameters))

    async def fetchone(self) -> object:
        """Return the next row, None after the last."""
        return self._rows.popleft() if self._rows else None

    async def fetchmany(self, size: int | None = None) -> list[Any]:
        """Return so many of the next rows."""
        count = min(self.arraysize if size is None else size, len(self._rows))
        return [self._rows.popleft() for _ in range(count)]

    async def fetchall(self) -> list[Any]:
        """Return the rows that are left."""
        rows = list(self._rows)
        self._rows.clear()
        return rows

    async def close(self) -> None:
        """Forget the rows; the database's own cursor was closed on the way back."""
        self._rows.clear()

    def _taken(self, outcome: _Outcome) -> Self:
        self._rows = deque(outcome.rows)
        self.description = outcome.description
        self.rowcount = outcome.rowcount
        self.lastrowid = outcome.lastrowid
        return self


def _execute(connection: sqlite3.Connection, sql: str, parameters: Iterable[Any]) -> _Outcome:
    return _outcome(connection.execute(sql, tuple(parameters)))


def _execute_many(connection: sqlite3.Connection, sql: str, parameters: Iterable[Sequence[Any]]) -> _Outcome:
    return _outcome(connection.executemany(sql, parameters))


def _outcome(cursor: sqlite3.Cursor) -> _Outcome:
    try:
        rows = cursor.fetchall() if cursor.description else ()
        return _Outcome(rows, cursor.description, cursor.rowcount, cursor.lastrowid)
    finally:
        cursor.close()
