"""When a run counts as alive, as dead, and who ends it; time passes only as the test says."""

import asyncio
from datetime import datetime, timedelta

from sqlalchemy import select
from tests.unit.chat.conftest import Chat, ClockedPause, cancelled

from footnote.chat.models import RunEventRow, RunRow
from footnote.chat.runs.service import INTERRUPTED, RunService
from footnote.chat.schemas import NewConversation, NewMessage
from footnote.kit.ids import ConversationId, RunId


async def _alive_at(chat: Chat, run_id: str) -> datetime:
    async with chat.database.reading() as session:
        return (await session.execute(select(RunRow.alive_at).where(RunRow.id == run_id))).scalar_one()


async def _status(chat: Chat, service: RunService, run_id: str) -> str:
    return (await service.get(chat.ann, RunId(run_id))).status


async def test_a_living_run_says_so_every_two_seconds(chat: Chat) -> None:
    pause = ClockedPause(chat.clock)
    service = chat.service(pause)
    started = await chat.ask(service)
    begun = chat.clock.now()
    watch = asyncio.create_task(service.watch())
    try:
        for beat in range(1, 5):
            await pause.let_pass()
            assert await _alive_at(chat, started.run.id) == begun + timedelta(seconds=2 * beat)
    finally:
        await cancelled(watch)
        await service.close()
    assert set(pause.waits) == {2.0}


async def test_a_run_that_goes_on_for_long_is_never_taken_for_dead_by_another_process(chat: Chat) -> None:
    mine, others = ClockedPause(chat.clock), ClockedPause(chat.clock)
    service, other = chat.service(mine), chat.service(others)
    started = await chat.ask(service)
    watches = [asyncio.create_task(each.watch()) for each in (service, other)]
    try:
        for _ in range(20):
            await mine.let_pass()
            await others.let_pass()
        assert await _status(chat, other, started.run.id) == "running"
    finally:
        for watch in watches:
            await cancelled(watch)
        await service.close()


async def test_a_run_of_which_nobody_says_anything_is_closed_after_twelve_seconds_and_not_before(chat: Chat) -> None:
    dead = chat.service()
    started = await chat.ask(dead)
    shown = await chat.shown(dead, started.run.id, sentences=2)
    pause = ClockedPause(chat.clock)
    other = chat.service(pause)
    watch = asyncio.create_task(other.watch())
    try:
        await pause.let_pass(5)
        assert await _status(chat, other, started.run.id) == "running"
        await pause.let_pass()
        assert await _status(chat, other, started.run.id) == "failed"
    finally:
        await cancelled(watch)
        await dead.close()
    answer = await chat.message(started)
    assert (answer.status, answer.text) == ("failed", "One. Two.")
    assert answer.problem is not None
    assert answer.problem.code == "interrupted"
    assert [part for _, part in await chat.whole(other, started.run.id)][: len(shown)] == shown


async def test_at_the_start_a_dead_run_is_closed_at_once_where_one_process_owns_all_else_after_the_silence(
    chat: Chat,
) -> None:
    dead = chat.service()
    started = await chat.ask(dead)
    await chat.shown(dead, started.run.id, sentences=2)
    assert await chat.service().recover_at_start() == (1 if chat.database.is_sqlite else 0)
    chat.clock.advance(12)
    assert await chat.service().recover_at_start() == (0 if chat.database.is_sqlite else 1)
    assert await _status(chat, chat.service(), started.run.id) == "failed"
    await dead.close()


async def test_a_run_that_another_process_closed_ends_here_too_and_shows_what_is_stored(chat: Chat) -> None:
    service = chat.service()
    chat.engine.sentences = ("One.",)
    started = await chat.ask(service)
    shown = await chat.shown(service, started.run.id, sentences=1)
    await chat.store.fail_from_log(RunId(started.run.id), INTERRUPTED)
    chat.engine.goes_on.set()
    seen = await chat.whole(service, started.run.id)
    assert [part for _, part in seen][: len(shown)] == shown
    assert seen == await chat.log.logged(RunId(started.run.id), after=0)
    assert (await chat.message(started)).status == "failed"
    await service.close()


async def test_the_work_on_a_run_that_another_process_closed_is_ended(chat: Chat) -> None:
    service = chat.service()
    chat.engine.late, chat.engine.hangs = ("Three.",), True
    started = await chat.ask(service)
    await chat.shown(service, started.run.id, sentences=2)
    await chat.store.fail_from_log(RunId(started.run.id), INTERRUPTED)
    chat.engine.goes_on.set()
    seen = await asyncio.wait_for(chat.whole(service, started.run.id), 60)
    assert "Three." not in str(seen)
    assert chat.engine.has_ended
    await service.close()


async def test_a_question_that_was_being_stored_when_the_server_began_to_stop_is_ended_too(chat: Chat) -> None:
    service = chat.service()
    conversation = await chat.conversations.create(chat.ann, NewConversation())
    asking = asyncio.create_task(service.start(chat.ann, ConversationId(conversation.id), NewMessage(text="What?")))
    await asyncio.sleep(0)  # It has been let in and is being stored.
    await service.close()
    started = await asking
    await asyncio.wait_for(chat.whole(service, started.run.id), 60)
    assert await _status(chat, service, started.run.id) == "failed"


async def test_one_log_that_cannot_be_read_keeps_no_other_run_from_being_closed(chat: Chat) -> None:
    dead = chat.service()
    runs = [(await chat.ask(dead)).run.id for _ in range(2)]
    for run_id in runs:
        await chat.shown(dead, run_id, sentences=2)
    async with chat.database.writing() as session:
        row = (await session.execute(select(RunEventRow).where(RunEventRow.run_id == runs[0]).limit(1))).scalar_one()
        row.part = {"type": "data-sentence", "data": {"of": "another release"}}
    chat.clock.advance(60)
    assert await chat.service().recover_at_start() == 1
    assert await _status(chat, chat.service(), runs[1]) == "failed"
    await dead.close()
