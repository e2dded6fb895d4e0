"""Waiting on conditions with generous deadlines; no test sleeps and hopes."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")

PATIENCE_SECONDS = 180.0
_LOOK_SECONDS = 0.03


def wait_for(look: Callable[[], T | None], what: str, *, seconds: float = PATIENCE_SECONDS) -> T:
    """Return the first truthy value that `look` gives; AssertionError naming `what` when none comes in time."""
    end = time.monotonic() + seconds
    while True:
        found = look()
        if found:
            return found
        assert time.monotonic() < end, f"waited {seconds:.0f} s for {what}; the last look gave {found!r}"
        time.sleep(_LOOK_SECONDS)


async def wait_for_async(look: Callable[[], Awaitable[T | None]], what: str, *, seconds: float = PATIENCE_SECONDS) -> T:
    """Like `wait_for`, for a coroutine function."""
    end = time.monotonic() + seconds
    while True:
        found = await look()
        if found:
            return found
        assert time.monotonic() < end, f"waited {seconds:.0f} s for {what}; the last look gave {found!r}"
        await asyncio.sleep(_LOOK_SECONDS)
