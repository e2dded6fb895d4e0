"""Housekeeping goes through what every domain prunes, and one failure does not end it."""

import asyncio
from contextlib import suppress

from footnote.jobs.housekeeping import EVERY_SECONDS, Housekeeping
from footnote.kit.errors import StoreUnavailable


async def test_everything_is_pruned_at_the_start_and_again_each_hour_whatever_one_of_them_raises() -> None:
    done: list[str] = []
    waits: list[float] = []
    twice = asyncio.Event()

    async def unavailable() -> int:
        done.append("unavailable")
        raise StoreUnavailable("The database did not answer.")

    async def broken() -> int:
        done.append("broken")
        raise ValueError("a fault of ours")

    async def sound() -> int:
        done.append("sound")
        return 3

    async def pause(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 2:
            twice.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(
        Housekeeping({"a": unavailable, "b": broken, "c": sound}, pause=pause).run(), name="housekeeping"
    )
    await asyncio.wait_for(twice.wait(), 60)
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    assert done == ["unavailable", "broken", "sound"] * 2
    assert waits == [EVERY_SECONDS] * 2
