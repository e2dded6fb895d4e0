"""Endless work that ends by an error comes back; nobody has to find out by missing it."""

import asyncio

from footnote.app.background import BackgroundWork


async def test_work_that_fails_is_started_again_and_told_of_while_it_is_down() -> None:
    tries, is_down = [], []
    goes_on = asyncio.Event()

    async def work() -> None:
        is_down.append(background.down)
        tries.append(len(tries))
        if len(tries) < 3:
            raise RuntimeError("a fault of our own")
        goes_on.set()
        await asyncio.Event().wait()

    background = BackgroundWork(first_pause_seconds=0.001)
    background.start("worker", work)
    await goes_on.wait()

    assert tries == [0, 1, 2]
    assert is_down == [frozenset()] * 3, "what runs is not down"
    await background.close()


async def test_work_that_waits_for_its_next_try_is_down() -> None:
    failed = asyncio.Event()

    async def work() -> None:
        failed.set()
        raise RuntimeError("a fault of our own")

    background = BackgroundWork(first_pause_seconds=3_600)
    background.start("worker", work)
    await failed.wait()
    await asyncio.sleep(0)

    assert background.down == {"worker"}
    await background.close()


async def test_work_that_is_done_is_not_repeated_and_closing_ends_the_rest() -> None:
    done, ended = [], []

    async def once() -> None:
        done.append(True)

    async def endless() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append(True)

    background = BackgroundWork()
    background.start("once", once)
    background.start("endless", endless)
    await asyncio.sleep(0.01)
    await background.close()

    assert done == [True]
    assert ended == [True]
    assert background.down == frozenset()
