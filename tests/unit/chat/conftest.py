"""Runs with an engine of the test's own, a search that finds nothing, and a clock that stands still."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from tests.support.clock import ManualClock

from footnote.adapters.blob_stores.folder import FolderBlobStore
from footnote.chat.conversations import ConversationService
from footnote.chat.passages import DraftSentence
from footnote.chat.ports import EngineReport, Question
from footnote.chat.runs.answer_maker import ChatPorts
from footnote.chat.runs.answer_store import AnswerStore
from footnote.chat.runs.run_log import RunLog
from footnote.chat.runs.service import RunService
from footnote.chat.schemas import Message, NewConversation, NewMessage, StartedRun
from footnote.db.engine import Database
from footnote.documents.service.collections import CollectionService
from footnote.documents.service.deletion import DeletionService
from footnote.documents.service.sources import SourceService
from footnote.identity.models import MembershipRow, OrganisationRow, UserRow
from footnote.jobs.events import ChangeFeed
from footnote.jobs.runner import InProcessJobQueue
from footnote.jobs.service import JobService
from footnote.kit.events import EventBus
from footnote.kit.ids import ConversationId, MessageId, OrganisationId, RunId, UserId
from footnote.kit.principal import Principal, Role, Scope

KEPT_FOR = timedelta(days=7)


@dataclass
class ScriptedEngine:
    """Writes its sentences, waits until it is told to go on, writes the late ones, and reports unless it hangs."""

    sentences: Sequence[str] = ("One.", "Two.")
    goes_on: asyncio.Event = field(default_factory=asyncio.Event)
    late: Sequence[str] = ()
    hangs: bool = False
    error: Exception | None = None
    has_ended: bool = False
    name: str = "scripted"

    async def answer(self, question: Question) -> AsyncIterator[DraftSentence | EngineReport]:
        try:
            for text in self.sentences:
                yield DraftSentence(text, ())
            await self.goes_on.wait()
            for text in self.late:
                yield DraftSentence(text, ())
            if self.hangs:
                await asyncio.Event().wait()
            if self.error is not None:
                raise self.error
            yield EngineReport(self.name, confidence=50.0)
        finally:
            self.has_ended = True


class ClockedPause:
    """Waits by moving the clock: each wait lasts until the test lets the next one begin."""

    def __init__(self, clock: ManualClock) -> None:
        self._clock = clock
        self._may_pass = asyncio.Semaphore(0)
        self._passed = asyncio.Semaphore(0)
        self._has_begun = False
        self.waits: list[float] = []

    async def __call__(self, seconds: float) -> None:
        if self._has_begun:
            self._passed.release()
        self._has_begun = True
        self.waits.append(seconds)
        await self._may_pass.acquire()
        self._clock.advance(seconds)

    async def let_pass(self, times: int = 1) -> None:
        """Let waits end, and return when what followed each of them is done."""
        for _ in range(times):
            self._may_pass.release()
            await self._passed.acquire()


class _NothingFound:
    async def passages(self, *args: object, **options: object) -> tuple[list[Any], str]:
        return [], "en"


class _AllRead:
    async def unfinished_count(self, principal: Principal) -> int:
        return 0


@dataclass
class Chat:
    """Everything around the runs of one person."""

    database: Database
    clock: ManualClock
    engine: ScriptedEngine
    log: RunLog
    store: AnswerStore
    conversations: ConversationService
    ann: Principal

    def service(self, pause: ClockedPause | None = None) -> RunService:
        """Return the runs of one more process."""
        engines = {"default": self.engine, "local": self.engine}
        # Fakes of the two services of which runs use one method each; nothing is cited, so nothing is read again.
        ports = ChatPorts(cast("Any", _NothingFound()), cast("Any", _AllRead()), cast("Any", None), engines, 5, False)
        return RunService(
            self.database, self.clock, self.store, ports, pause=pause if pause is not None else asyncio.sleep
        )

    async def ask(self, service: RunService) -> StartedRun:
        conversation = await self.conversations.create(self.ann, NewConversation())
        return await service.start(self.ann, ConversationId(conversation.id), NewMessage(text="What?"))

    async def shown(self, service: RunService, run_id: str, *, sentences: int) -> list[dict[str, Any]]:
        """Return the parts up to the last of so many sentences, once they are shown."""
        parts: list[dict[str, Any]] = []
        async for _, part in service.events(self.ann, RunId(run_id), after=0):
            parts.append(part)
            if sum(p["type"] == "text-delta" for p in parts) == sentences:
                break
        return parts

    async def whole(self, service: RunService, run_id: str, *, after: int = 0) -> list[tuple[int, dict[str, Any]]]:
        return [item async for item in service.events(self.ann, RunId(run_id), after=after)]

    async def message(self, started: StartedRun) -> Message:
        return await self.conversations.message(self.ann, MessageId(started.answer.id))


@pytest.fixture
async def chat(database: Database, tmp_path: Path) -> Chat:
    clock, bus, sources = ManualClock(), EventBus(), SourceService(ManualClock())
    feed = ChangeFeed(database, clock, bus)
    jobs = JobService(database, clock, feed, bus, InProcessJobQueue(bus), {}, max_attempts=1)
    deletion = DeletionService(database, clock, feed, jobs, FolderBlobStore(tmp_path / "blobs"), asyncio.Lock(), [])
    collections = CollectionService(database, clock, feed, deletion)
    async with database.writing() as session:
        session.add(OrganisationRow(id="org_ann", name="ann", created_at=clock.now()))
        session.add(UserRow(id="usr_ann", name="ann", is_active=True, created_at=clock.now()))
        await session.flush()
        session.add(MembershipRow(organisation_id="org_ann", user_id="usr_ann", role="owner", created_at=clock.now()))
    log = RunLog(database, clock, sources, kept_for=KEPT_FOR)
    return Chat(
        database, clock, ScriptedEngine(), log, AnswerStore(database, clock, collections, sources, log),
        ConversationService(database, clock, collections, sources),
        Principal(OrganisationId("org_ann"), UserId("usr_ann"), Role.OWNER, frozenset(Scope)),
    )  # fmt: skip


async def cancelled(task: "asyncio.Task[None]") -> None:
    """End a task that runs for ever."""
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
