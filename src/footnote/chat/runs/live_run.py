"""A run in the making: its parts so far, whoever follows them, and the batch that goes to the database.

A part is shown once it is stored, never before: whoever reconnects after a crash, naming the last part it saw, finds
that part in the log and reads on from there.
"""

import asyncio
from collections.abc import AsyncGenerator

from footnote.chat.runs.stream import Part
from footnote.kit.ids import RunId
from footnote.kit.principal import Principal


class LiveRun:
    """One run of this process. Parts are numbered from 1; one that was shown never changes."""

    def __init__(self, run_id: RunId, principal: Principal) -> None:
        self.run_id = run_id
        self.principal = principal
        self.stop_requested = False
        self.task: asyncio.Task[None] | None = None
        self.finished = asyncio.Event()
        self._parts: list[Part] = []
        self._shown = 0
        self._is_ending = False
        self._changed = asyncio.Condition()

    @property
    def last_seq(self) -> int:
        """The number of the newest part that anybody may have seen."""
        return self._shown

    async def add(self, *parts: Part) -> None:
        """Append parts; followers see them once they are stored."""
        async with self._changed:
            self._parts.extend(parts)
            self._changed.notify_all()

    def unsaved(self) -> list[tuple[int, Part]]:
        """Return the numbered parts that the database does not have yet."""
        return list(enumerate(self._parts[self._shown :], start=self._shown + 1))

    async def show(self, up_to: int) -> None:
        """Let followers see the parts up to a number, since they are stored."""
        async with self._changed:
            self._shown = max(self._shown, up_to)
            self._changed.notify_all()

    async def has_unsaved(self) -> bool:
        """Wait for parts to store; False once there will be none that are not the ending's own."""
        async with self._changed:
            await self._changed.wait_for(lambda: self._is_ending or len(self._parts) > self._shown)
            return not self._is_ending

    async def begin_ending(self) -> None:
        """Let whoever waits in `has_unsaved` go."""
        async with self._changed:
            self._is_ending = True
            self._changed.notify_all()

    async def break_off(self, *parts: Part) -> None:
        """Put an ending in place of what could not be stored, and show it: nobody may wait for ever."""
        async with self._changed:
            self._parts[self._shown :] = parts
            self._shown = len(self._parts)
            self._changed.notify_all()

    async def close(self) -> None:
        """Let followers end after the last part."""
        async with self._changed:
            self.finished.set()
            self._changed.notify_all()

    async def follow(self, after: int) -> AsyncGenerator[tuple[int, Part]]:
        """Yield the shown parts numbered above `after` and then those to come, until the run has ended."""
        position = max(0, after)
        while True:
            while position < self._shown:
                position += 1
                yield position, self._parts[position - 1]
            if self.finished.is_set():
                return
            async with self._changed:
                await self._changed.wait_for(
                    lambda seen=position: self._shown > seen or self.finished.is_set()  # type: ignore[misc]
                )
