"""Removing, again and again, what is kept for a time only; what that is and for how long, each domain says itself."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping

import structlog

from footnote.kit.errors import Unavailable

log = structlog.get_logger(__name__)

EVERY_SECONDS = 3_600.0
Prune = Callable[[], Awaitable[int]]


class Housekeeping:
    """Runs every domain's pruning at the start and then once an hour.

    Several processes may do it at the same time: what one has removed the other does not find.
    """

    def __init__(
        self, prunes: Mapping[str, Prune], *, pause: Callable[[float], Awaitable[object]] = asyncio.sleep
    ) -> None:
        """prunes: by what they remove, for the log; each returns how much it removed. pause: waits so many seconds."""
        self._prunes = prunes
        self._pause = pause

    async def run(self) -> None:
        """Tidy until cancelled."""
        while True:
            for what, prune in self._prunes.items():
                await self._tidy(what, prune)
            await self._pause(EVERY_SECONDS)

    async def _tidy(self, what: str, prune: Prune) -> None:
        try:
            removed = await prune()
        except Unavailable:
            log.warning("housekeeping.store_unavailable", what=what)
        except Exception:
            # An edge like the job runner's: what fails for one kind must not end the tidying of the others.
            log.exception("housekeeping.failed", what=what)
        else:
            if removed:
                log.info("housekeeping.removed", what=what, count=removed)
