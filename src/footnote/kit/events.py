"""In-process wake-ups: whoever waits for news of a topic is woken; the news itself stands in the database.

A lost wake-up costs a poll interval, never an event, so other processes need no bus to stay correct.
"""

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager


class EventBus:
    """Wakes waiters of a topic. Use from one event loop."""

    def __init__(self) -> None:
        self._waiters: dict[str, set[asyncio.Event]] = defaultdict(set)
        self.is_closed = False

    def publish(self, topic: str) -> None:
        """Wake everyone who listens to the topic now."""
        for event in self._waiters.get(topic, ()):
            event.set()

    def close(self) -> None:
        """Wake everyone for the last time: the process stops, and streams that follow a topic end."""
        self.is_closed = True
        for topic in self._waiters:
            self.publish(topic)

    @contextmanager
    def listen(self, topic: str) -> Iterator["Listener"]:
        """Register before reading the database, so nothing between the read and the wait is missed."""
        event = asyncio.Event()
        self._waiters[topic].add(event)
        try:
            yield Listener(event)
        finally:
            self._waiters[topic].discard(event)
            if not self._waiters[topic]:
                del self._waiters[topic]


class Listener:
    """One registration; see EventBus.listen."""

    def __init__(self, event: asyncio.Event) -> None:
        self._event = event

    async def wait(self, timeout_seconds: float) -> bool:
        """Return True when woken since the last wait, False when the time ran out."""
        try:
            # Not `wait_for`: in Python 3.11 it swallows a cancellation that comes together with the wake-up.
            async with asyncio.timeout(timeout_seconds):
                await self._event.wait()
        except TimeoutError:
            return False
        self._event.clear()
        return True
