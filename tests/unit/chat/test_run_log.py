"""The log of a run is kept for a time; whoever resumes later gets the same answer from what is stored for good."""

from typing import Any

import pytest
from sqlalchemy import func, select
from tests.unit.chat.conftest import KEPT_FOR, Chat

from footnote.chat.models import RunEventRow
from footnote.chat.runs.run_log import RunLog
from footnote.chat.runs.service import RunService
from footnote.chat.schemas import StartedRun
from footnote.documents.service.sources import SourceService
from footnote.kit.errors import ProviderTimeout
from footnote.kit.ids import RunId

ENDINGS = ("completed", "stopped", "failed", "nothing written", "abandoned")


async def _ended(chat: Chat, service: RunService, how: str) -> StartedRun:
    if how == "nothing written":
        chat.engine.sentences = ()
    started = await chat.ask(service)
    run_id = RunId(started.run.id)
    if chat.engine.sentences:
        await chat.shown(service, run_id, sentences=2)
    if how == "stopped":
        await service.stop(chat.ann, run_id)
    elif how == "abandoned":
        chat.clock.advance(60)
        await chat.service().recover_at_start()
        return started
    else:
        chat.engine.error = ProviderTimeout("The model did not answer in time.") if how == "failed" else None
        chat.engine.goes_on.set()
    await chat.whole(service, run_id)
    return started


async def _stored_parts(chat: Chat) -> int:
    async with chat.database.reading() as session:
        return int(await session.scalar(select(func.count()).select_from(RunEventRow)) or 0)


def _lasting(numbered: list[tuple[int, dict[str, Any]]]) -> list[tuple[int, dict[str, Any]]]:
    """Drop what was only said while the answer was made."""
    return [(seq, part) for seq, part in numbered if part["type"] != "data-status"]


@pytest.mark.parametrize("how", ENDINGS[:-1])
async def test_a_pruned_run_replays_its_answer_with_the_numbers_it_had(chat: Chat, how: str) -> None:
    service = chat.service()
    started = await _ended(chat, service, how)
    before = await chat.whole(service, started.run.id)
    last_seq = (await service.get(chat.ann, RunId(started.run.id))).last_seq
    chat.clock.advance(KEPT_FOR.total_seconds() + 1)
    assert await chat.log.prune() == len(before)
    assert await _stored_parts(chat) == 0
    after = await chat.whole(service, started.run.id)
    assert _lasting(after) == _lasting(before)
    assert (await service.get(chat.ann, RunId(started.run.id))).last_seq == last_seq == len(after)
    for seen in range(last_seq + 2):
        assert await chat.whole(service, started.run.id, after=seen) == after[seen:]
    await service.close()


async def test_a_pruned_run_whose_process_died_still_says_how_it_ended(chat: Chat) -> None:
    service = chat.service()
    started = await _ended(chat, service, "abandoned")
    before = await chat.log.logged(RunId(started.run.id), after=0)
    chat.clock.advance(KEPT_FOR.total_seconds() + 1)
    await chat.log.prune()
    after = await chat.whole(chat.service(), started.run.id)
    until_text_end = next(seq for seq, part in before if part["type"] == "text-end")
    assert _lasting(after)[: until_text_end - 2] == _lasting(before)[: until_text_end - 2]
    assert [part["type"] for _, part in after][-2:] == ["error", "finish"]
    assert after[-2][1]["code"] == "interrupted"
    await service.close()


async def test_what_ended_lately_and_what_still_runs_is_not_pruned(chat: Chat) -> None:
    service = chat.service()
    old = await _ended(chat, service, "completed")
    chat.clock.advance(KEPT_FOR.total_seconds() + 1)
    late = await _ended(chat, service, "completed")
    chat.engine.goes_on.clear()
    running = await chat.ask(service)
    await chat.shown(service, running.run.id, sentences=2)
    chat.clock.advance(5)
    kept = [await chat.log.logged(RunId(each.run.id), after=0) for each in (late, running)]
    await chat.log.prune()
    assert await chat.log.logged(RunId(old.run.id), after=0) == []
    assert [await chat.log.logged(RunId(each.run.id), after=0) for each in (late, running)] == kept
    assert await chat.log.prune() == 0
    await service.close()


async def test_more_runs_than_one_transaction_takes_are_all_pruned(chat: Chat) -> None:
    service = chat.service()
    chat.engine.goes_on.set()
    for _ in range(7):
        await chat.whole(service, (await chat.ask(service)).run.id)
    chat.clock.advance(KEPT_FOR.total_seconds() + 1)
    in_steps = RunLog(chat.database, chat.clock, SourceService(chat.clock), kept_for=KEPT_FOR, runs_at_a_time=3)
    assert await in_steps.prune() > 0
    assert await _stored_parts(chat) == 0
    await service.close()
