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

    def publish(self, topic: str) -> None:
        """Wake everyone who listens to the topic now."""
        for event in self._waiters.get(topic, ()):
            event.set()

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
            await asyncio.wait_for(self._event.wait(), timeout_seconds)
        except TimeoutError:
            return False
        self._event.clear()
        return True
