"""The two scopes, the same on both databases: who may write, what is rolled back, and which fault is whose."""

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import text

from footnote.app.migrate import migrate, schema_differences
from footnote.db.engine import Database, open_database
from footnote.kit.errors import Conflict, InvalidInput, StoreUnavailable


@pytest.fixture
async def notes(database: Database) -> Database:
    async with database.writing() as session:
        await session.execute(text("CREATE TABLE notes (id INTEGER PRIMARY KEY, words VARCHAR(10), amount BIGINT)"))
        await session.execute(text("INSERT INTO notes VALUES (1, 'one', 1)"))
    return database


async def _count(database: Database) -> int:
    async with database.reading() as session:
        return int(await session.scalar(text("SELECT count(*) FROM notes")) or 0)


async def test_a_write_inside_of_reading_fails(notes: Database) -> None:
    with pytest.raises(Exception):  # noqa: B017, PT011  # each database has an error of its own; that it fails is the rule
        async with notes.reading() as session:
            await session.execute(text("INSERT INTO notes VALUES (2, 'two', 2)"))
    assert await _count(notes) == 1


async def test_what_a_failing_block_wrote_is_gone(notes: Database) -> None:
    with pytest.raises(RuntimeError):  # noqa: PT012  # the block is what is tested
        async with notes.writing() as session:
            await session.execute(text("INSERT INTO notes VALUES (2, 'two', 2)"))
            raise RuntimeError
    assert await _count(notes) == 1


async def test_a_cancelled_block_leaves_nothing_and_the_next_writer_goes_on(notes: Database) -> None:
    begun = asyncio.Event()

    async def write() -> None:
        async with notes.writing() as session:
            await session.execute(text("INSERT INTO notes VALUES (2, 'two', 2)"))
            begun.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(write())
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with notes.writing() as session:
        await session.execute(text("INSERT INTO notes VALUES (3, 'three', 3)"))
    assert await _count(notes) == 2


async def test_many_writers_at_once_all_write_and_readers_never_wait_for_them(notes: Database) -> None:
    async def add(_: int) -> None:
        async with notes.writing() as session:
            await session.execute(text("UPDATE notes SET amount = amount + 1 WHERE id = 1"))

    async with notes.writing() as session:
        await session.execute(text("UPDATE notes SET words = 'held' WHERE id = 1"))
        async with asyncio.timeout(10):
            assert await _count(notes) == 1
    await asyncio.gather(*(add(number) for number in range(40)))
    async with notes.reading() as session:
        assert await session.scalar(text("SELECT amount FROM notes WHERE id = 1")) == 41


@pytest.mark.parametrize("value", [10**30, -(10**30)])
async def test_a_number_beyond_every_column_is_the_callers_fault(notes: Database, value: int) -> None:
    with pytest.raises(InvalidInput) as refused:
        async with notes.reading() as session:
            await session.execute(text("SELECT * FROM notes WHERE amount = :value"), {"value": value})
    assert refused.value.error_code == "unstorable_value"


async def test_half_a_character_is_the_callers_fault(notes: Database) -> None:
    with pytest.raises(InvalidInput):
        async with notes.writing() as session:
            await session.execute(text("UPDATE notes SET words = :value"), {"value": "\ud800"})


@pytest.mark.parametrize("profile", ["scaled"], indirect=True)
@pytest.mark.parametrize("value", ["a\x00b", "x" * 11])
async def test_what_postgresql_cannot_store_is_the_callers_fault(notes: Database, value: str) -> None:
    with pytest.raises(InvalidInput):
        async with notes.writing() as session:
            await session.execute(text("UPDATE notes SET words = :value"), {"value": value})


@pytest.mark.parametrize("profile", ["scaled"], indirect=True)
async def test_two_transactions_that_wait_for_each_other_end_as_unavailable_not_as_a_fault(notes: Database) -> None:
    async with notes.writing() as session:
        await session.execute(text("INSERT INTO notes VALUES (2, 'two', 2)"))

    async def cross(first: int, second: int, mine: asyncio.Event, other: asyncio.Event) -> None:
        async with notes.writing() as session:
            await session.execute(text("UPDATE notes SET amount = 0 WHERE id = :id"), {"id": first})
            mine.set()
            await other.wait()
            await session.execute(text("UPDATE notes SET amount = 0 WHERE id = :id"), {"id": second})

    here, there = asyncio.Event(), asyncio.Event()
    ended = await asyncio.gather(cross(1, 2, here, there), cross(2, 1, there, here), return_exceptions=True)
    (fault,) = [error for error in ended if error is not None]
    assert isinstance(fault, StoreUnavailable)
    assert fault.retry_after_seconds


@pytest.mark.parametrize("address", ["footnote@127.0.0.1:1/x", "footnote@/x?host=/nowhere/at/all"])
async def test_a_server_that_nobody_runs_is_unavailable(tmp_path: Path, address: str) -> None:
    database = open_database(f"postgresql+asyncpg://{address}", tmp_path)
    with pytest.raises(StoreUnavailable):
        await database.ping()
    await database.close()


async def test_the_migrations_make_what_the_models_say_and_may_run_again(database: Database) -> None:
    assert await schema_differences(database) == []
    await migrate(database)
    assert await schema_differences(database) == []


async def test_a_database_of_a_later_release_is_refused(database: Database) -> None:
    async with database.writing() as session:
        await session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(Conflict) as refused:
        await migrate(database)
    assert refused.value.error_code == "database_too_new"


async def test_a_deleted_row_leaves_no_trace_in_the_files_of_sqlite(tmp_path: Path) -> None:
    database = open_database(None, tmp_path)
    async with database.writing() as session:
        await session.execute(text("CREATE TABLE notes (words TEXT)"))
        await session.execute(text("INSERT INTO notes VALUES ('a very private remark')"))
    async with database.writing() as session:
        await session.execute(text("DELETE FROM notes"))
    assert _files_with(tmp_path, b"a very private remark") == ["footnote.db-wal"]

    is_empty = await database.forget_overwritten()

    assert is_empty
    assert _files_with(tmp_path, b"a very private remark") == []
    async with database.writing() as session:
        await session.execute(text("INSERT INTO notes VALUES ('life goes on')"))
    await database.close()


async def test_the_log_of_postgresql_is_its_own_business(database: Database) -> None:
    assert await database.forget_overwritten()


async def test_a_failing_statement_does_not_tell_its_values(notes: Database) -> None:
    with pytest.raises(Exception) as raised:  # noqa: PT011  # whichever error: what it says is tested
        async with notes.writing() as session:
            await session.execute(text("INSERT INTO notes VALUES (:id, :words, 1)"), {"id": 1, "words": "my secret"})

    assert "INSERT INTO notes" in str(raised.value)
    assert "my secret" not in str(raised.value)


def _files_with(folder: Path, words: bytes) -> list[str]:
    return sorted(file.name for file in folder.iterdir() if words in file.read_bytes())


async def test_what_is_read_in_one_scope_is_of_one_moment(notes: Database) -> None:
    async with notes.reading() as session:
        before = await session.scalar(text("SELECT count(*) FROM notes"))
        async with notes.writing() as other:
            await other.execute(text("INSERT INTO notes VALUES (2, 'two', 2)"))
        after = await session.scalar(text("SELECT count(*) FROM notes"))

    assert (before, after) == (1, 1)
    assert await _count(notes) == 2
