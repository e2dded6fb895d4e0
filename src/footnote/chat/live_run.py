"""A run in the making: its parts so far, whoever follows them, and the batch that goes to the database."""

import asyncio
from collections.abc import AsyncGenerator

from footnote.chat.stream import Part
from footnote.kit.ids import RunId
from footnote.kit.principal import Principal


class LiveRun:
    """One run of this process. Parts are numbered from 1 and never change."""

    def __init__(self, run_id: RunId, principal: Principal) -> None:
        self.run_id = run_id
        self.principal = principal
        self.stop_requested = False
        self.task: asyncio.Task[None] | None = None
        self.saved = 0
        self.finished = asyncio.Event()
        self._parts: list[Part] = []
        self._grown = asyncio.Condition()

    @property
    def last_seq(self) -> int:
        return len(self._parts)

    async def add(self, *parts: Part) -> None:
        """Append parts and wake the followers."""
        async with self._grown:
            self._parts.extend(parts)
            self._grown.notify_all()

    async def close(self) -> None:
        """Let followers end after the last part."""
        async with self._grown:
            self.finished.set()
            self._grown.notify_all()

    def unsaved(self) -> list[tuple[int, Part]]:
        """Return the numbered parts that the database does not have yet."""
        return list(enumerate(self._parts[self.saved :], start=self.saved + 1))

    async def follow(self, after: int) -> AsyncGenerator[tuple[int, Part]]:
        """Yield the parts numbered above `after` and then those to come, until the run has ended."""
        position = max(0, after)
        while True:
            while position < len(self._parts):
                position += 1
                yield position, self._parts[position - 1]
            if self.finished.is_set():
                return
            async with self._grown:
                await self._grown.wait_for(
                    lambda seen=position: len(self._parts) > seen or self.finished.is_set()  # type: ignore[misc]
                )
