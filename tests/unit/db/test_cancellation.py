"""A task that is cancelled inside a transaction leaves no lock behind and no half-written row."""

import asyncio
import random
from pathlib import Path

import pytest
from sqlalchemy import text

from footnote.db.engine import Database, open_database


async def _write_two(database: Database) -> None:
    async with database.writing() as session:
        await session.execute(text("INSERT INTO t VALUES (1)"))
        await session.execute(text("INSERT INTO t VALUES (2)"))


async def _count(database: Database) -> int:
    async with database.reading() as session:
        return int((await session.execute(text("SELECT count(*) FROM t"))).scalar_one())


@pytest.mark.parametrize("seed", range(4))
async def test_writers_cancelled_at_any_moment_never_keep_the_write_lock(tmp_path: Path, seed: int) -> None:
    database = open_database(None, tmp_path)
    async with database.writing() as session:
        await session.execute(text("CREATE TABLE t (a INTEGER)"))
    moments = random.Random(seed)
    for _ in range(25):
        tasks = [asyncio.create_task(_write_two(database) if i % 2 else _count(database)) for i in range(6)]
        for task in tasks:
            await asyncio.sleep(moments.uniform(0, 0.003))
            if moments.random() < 0.8:
                task.cancel()
            if moments.random() < 0.4:
                await asyncio.sleep(moments.uniform(0, 0.001))
                task.cancel()
        results = await asyncio.gather(*tasks, return_exceptions=True)
        assert [r for r in results if isinstance(r, BaseException) and not isinstance(r, asyncio.CancelledError)] == []
        before = await _count(database)
        await asyncio.wait_for(_write_two(database), 10)
        assert await _count(database) == before + 2
        assert before % 2 == 0
    await database.close()


async def test_a_timeout_around_a_transaction_still_reads_as_a_timeout(tmp_path: Path) -> None:
    database = open_database(None, tmp_path)
    async with database.writing() as session:
        await session.execute(text("CREATE TABLE t (a INTEGER)"))

    async def write_for_ever() -> None:
        async with asyncio.timeout(0.05):
            while True:
                await _write_two(database)
                await asyncio.sleep(0)

    with pytest.raises(TimeoutError):
        await write_for_ever()
    await asyncio.wait_for(_write_two(database), 10)
    await database.close()
