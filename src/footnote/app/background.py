"""The server's own endless work: what ends by an error is started again, and the server says so while it is down."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

import structlog

log = structlog.get_logger(__name__)

Work = Callable[[], Awaitable[None]]

_FIRST_PAUSE_SECONDS = 1.0
_LONGEST_PAUSE_SECONDS = 60.0


class BackgroundWork:
    """Runs named coroutines side by side until it is closed; one that returns is done, one that raises comes back."""

    def __init__(self, *, first_pause_seconds: float = _FIRST_PAUSE_SECONDS) -> None:
        """first_pause_seconds: wait before the first new try; doubled with each that fails, up to a minute."""
        self._first_pause_seconds = first_pause_seconds
        self._tasks: list[asyncio.Task[None]] = []
        self._down: set[str] = set()

    @property
    def down(self) -> frozenset[str]:
        """Names of the work that ended by an error and waits for its next try."""
        return frozenset(self._down)

    def start(self, name: str, work: Work) -> None:
        """Begin a work under a name that is used once."""
        self._tasks.append(asyncio.create_task(self._keep_going(name, work), name=name))

    async def close(self) -> None:
        """Cancel everything and wait until it has ended."""
        for task in self._tasks:
            task.cancel()
        for task in self._tasks:
            with suppress(asyncio.CancelledError):
                await task

    async def _keep_going(self, name: str, work: Work) -> None:
        pause = self._first_pause_seconds
        while True:
            try:
                await work()
            except Exception:
                log.exception("server.background_work_failed", work=name, next_try_in_seconds=pause)
            else:
                return
            self._down.add(name)
            await asyncio.sleep(pause)
            self._down.discard(name)
            pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)
