"""Answering a question as a run: started, followed, stopped, resumed; one transaction makes the answer final."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import timedelta

import structlog

from footnote.chat.checking.citing import PassageOrigin, SentenceBinder
from footnote.chat.checking.verification import CitationCheck
from footnote.chat.passages import Passage
from footnote.chat.ports import AnswerEngine, EngineReport, Question
from footnote.chat.runs import stream
from footnote.chat.runs.answer_store import AnswerStore
from footnote.chat.runs.final_answer import final_answer
from footnote.chat.runs.live_run import LiveRun
from footnote.chat.runs.stream import Part
from footnote.chat.schemas import NewMessage, Run, StartedRun, Timings
from footnote.db.engine import Database
from footnote.documents.service.library import LibraryService
from footnote.documents.service.storing import StoringService
from footnote.jobs.schemas import Problem
from footnote.kit.clock import Clock
from footnote.kit.errors import FootnoteError, InvalidInput, Unavailable
from footnote.kit.ids import CollectionId, ConversationId, RunId
from footnote.kit.principal import Principal, Scope
from footnote.retrieval.passages import FoundPassage
from footnote.retrieval.service import SearchService

log = structlog.get_logger(__name__)

_SAVE_AGAIN_SECONDS = 0.2
_FINISH_AGAIN_SECONDS = (0.2, 0.5, 1.0, 2.0, 4.0)
_CONTEXT_CHARACTERS = 300
_ALIVE_SECONDS = 2.0
DEAD_AFTER = timedelta(seconds=12)
"""Silence after which a run's process counts as dead: six missed signs of life."""
INTERRUPTED = Problem(code="interrupted", message="The server stopped before this answer was finished; ask again.")


@dataclass(frozen=True, slots=True)
class ChatPorts:
    """What answering needs from elsewhere. engines: by name; `default` is always among them."""

    search: SearchService
    library: LibraryService
    storing: StoringService
    engines: Mapping[str, AnswerEngine]
    top_k: int
    drop_unsupported: bool


@dataclass(slots=True)
class _Progress:
    """What a run has so far, for the final write however it ends."""

    timings: Timings = field(default_factory=Timings)
    binder: SentenceBinder | None = None
    report: EngineReport | None = None


class RunService:
    """Runs live in tasks of this process, apart from whoever reads them."""

    def __init__(self, database: Database, clock: Clock, store: AnswerStore, ports: ChatPorts) -> None:
        self._database = database
        self._clock = clock
        self._store = store
        self._ports = ports
        self._live: dict[RunId, LiveRun] = {}
        self._endings: set[asyncio.Task[None]] = set()
        self._is_closed = False

    async def start(self, principal: Principal, conversation_id: ConversationId, new: NewMessage) -> StartedRun:
        """Store the question and begin to answer.

        Conflict `run_in_progress` while the conversation's last question is still being answered.
        """
        principal.require(Scope.WRITE)
        if self._is_closed:
            raise Unavailable("The server is stopping; ask again in a moment.", code="server_stopping")
        engine = self._ports.engines.get(new.model)
        if engine is None:
            raise InvalidInput(f"There is no model named {new.model!r} here.", code="unknown_model")
        started, collection_id = await self._store.begin(principal, conversation_id, new)
        live = LiveRun(RunId(started.run.id), principal)
        self._live[live.run_id] = live
        await live.add(stream.start(started.answer.id, live.run_id))
        progress = _Progress()
        live.task = asyncio.create_task(
            self._answer(live, engine, new.text, collection_id, progress), name=f"run:{live.run_id}"
        )
        ending = asyncio.create_task(self._see_through(live, live.task, progress), name=f"run-ending:{live.run_id}")
        self._endings.add(ending)
        ending.add_done_callback(self._endings.discard)
        return started

    async def get(self, principal: Principal, run_id: RunId) -> Run:
        """Return where the run stands."""
        principal.require(Scope.READ)
        live = self._live.get(run_id)
        return await self._store.run(principal, run_id, last_seq=live.last_seq if live else None)

    async def stop(self, principal: Principal, run_id: RunId) -> Run:
        """End the work and the model call behind it; what was checked so far stays, marked stopped."""
        principal.require(Scope.WRITE)
        await self.get(principal, run_id)
        live = self._live.get(run_id)
        if live is not None and live.task is not None and not live.finished.is_set():
            live.stop_requested = True
            live.task.cancel()
            await live.finished.wait()
        return await self.get(principal, run_id)

    async def stop_conversation(self, principal: Principal, conversation_id: ConversationId) -> None:
        """End whatever is being answered in a conversation that is about to be removed."""
        for run_id in await self._store.running_in(principal, conversation_id):
            await self.stop(principal, run_id)

    async def events(self, principal: Principal, run_id: RunId, *, after: int) -> AsyncGenerator[tuple[int, Part]]:
        """Yield the run's parts numbered above `after`, and those to come while it runs here."""
        live = self._live.get(run_id)
        if live is not None and live.principal.organisation_id == principal.organisation_id:
            async with aclosing(live.follow(after)) as parts:
                async for item in parts:
                    yield item
            return
        for item in await self._store.logged(run_id, after):
            yield item

    async def recover(self, *, silent_for: timedelta) -> int:
        """Close the runs of a process that died, keeping the sentences they had shown; returns how many.

        silent_for: how long nobody must have said that a run is alive; zero where no other process may work here.
        """
        abandoned = await self._store.abandoned(set(self._live), silent_for=silent_for)
        for run_id in abandoned:
            await self._store.fail_from_log(run_id, INTERRUPTED)
        return len(abandoned)

    async def watch(self) -> None:
        """Until cancelled, say that this process's runs are alive and close those of processes that went silent."""
        while True:
            await asyncio.sleep(_ALIVE_SECONDS)
            try:
                if self._live:
                    await self._store.keep_alive(list(self._live))
                await self.recover(silent_for=DEAD_AFTER)
            except Unavailable:
                log.warning("chat.store_unavailable")

    async def close(self) -> None:
        """End every run, telling its readers, and wait until that is written."""
        self._is_closed = True
        for live in self._live.values():
            if live.task is not None:
                live.task.cancel()
        await asyncio.gather(*self._endings, return_exceptions=True)

    async def _see_through(self, live: LiveRun, answering: "asyncio.Task[None]", progress: _Progress) -> None:
        """Store the run's parts as they come and, whatever becomes of the answering, its end.

        A task of its own, because stopping cancels the other: what must be written is never cancelled midway.
        """
        structlog.contextvars.bind_contextvars(run_id=live.run_id)
        started = self._clock.monotonic_seconds()
        saving = asyncio.create_task(self._save_as_it_grows(live))
        await asyncio.wait([answering])
        progress.timings.total = self._ms_since(started)
        await live.begin_ending()
        await asyncio.wait([saving])
        if (fault := saving.exception()) is not None:
            log.error("chat.log_failed", exc_info=fault)
        status, problem = _outcome(answering, stop_requested=live.stop_requested)
        try:
            await self._finish(live, progress, status, problem)
        finally:
            await live.close()
            self._live.pop(live.run_id, None)

    async def _answer(
        self,
        live: LiveRun,
        engine: AnswerEngine,
        text: str,
        collection_id: CollectionId | None,
        progress: _Progress,
    ) -> None:
        await live.add(stream.status("retrieving"))
        clock, timings = self._clock, progress.timings
        mark = clock.monotonic_seconds()
        found, language = await self._ports.search.passages(
            live.principal, text, collection_id=collection_id, top_k=self._ports.top_k,
            context_characters=_CONTEXT_CHARACTERS,
        )  # fmt: skip
        timings.retrieve, mark = self._ms_since(mark), clock.monotonic_seconds()
        passages = [_passage(number, item) for number, item in enumerate(found, start=1)]
        origins = [PassageOrigin(item.filename, item.title, item.chunk.pages) for item in found]
        binder = progress.binder = SentenceBinder(
            live.principal, self._ports.storing, CitationCheck(passages), passages, origins,
            drop_unsupported=self._ports.drop_unsupported,
        )  # fmt: skip
        timings.assemble, mark = self._ms_since(mark), clock.monotonic_seconds()
        await live.add(stream.status("writing", searching_count=len(passages)), stream.text_start())
        async with aclosing(engine.answer(Question(text, passages, language))) as items:  # type: ignore[type-var]
            async for item in items:
                timings.answer += self._ms_since(mark)
                mark = clock.monotonic_seconds()
                if isinstance(item, EngineReport):
                    progress.report = item
                    continue
                shown = await binder.bind(item)
                timings.verify += self._ms_since(mark)
                mark = clock.monotonic_seconds()
                if shown is not None:
                    await live.add(stream.sentence(shown[0]), stream.text_delta(shown[1]))

    async def _finish(self, live: LiveRun, progress: _Progress, status: str, problem: Problem | None) -> None:
        """Make the answer and its log final in one transaction, then tell the readers."""
        try:
            await _with_patience(lambda: self._store_end(live, progress, status, problem))
        except Exception:
            # The row still says that it runs: the next start closes it from its log, see `recover`.
            log.exception("chat.finish_failed")
            await live.break_off(stream.error(INTERRUPTED), stream.finish("failed"))

    async def _store_end(self, live: LiveRun, progress: _Progress, status: str, problem: Problem | None) -> None:
        unfinished = await self._ports.library.unfinished_count(live.principal)
        final = final_answer(progress.binder, progress.report, progress.timings, status, problem, unfinished)
        ending = [*(part for _, part in live.unsaved()), *final.ending()]
        async with self._database.writing() as session:
            numbered = list(enumerate(ending, start=live.last_seq + 1))
            await self._store.finish(session, live.principal, live.run_id, final, numbered)
        await live.break_off(*ending)

    async def _save_as_it_grows(self, live: LiveRun) -> None:
        while await live.has_unsaved():
            parts = live.unsaved()
            try:
                async with self._database.writing() as session:
                    await self._store.log(session, live.run_id, parts)
            except FootnoteError:
                await asyncio.sleep(_SAVE_AGAIN_SECONDS)
            else:
                await live.show(parts[-1][0])

    def _ms_since(self, mark: float) -> float:
        return round((self._clock.monotonic_seconds() - mark) * 1000, 2)


async def _with_patience(work: Callable[[], Awaitable[None]]) -> None:
    """Do the work, again after a while if the database does not answer: an answer is worth some seconds."""
    for pause in _FINISH_AGAIN_SECONDS:
        try:
            return await work()
        except Unavailable:
            await asyncio.sleep(pause)
    return await work()


def _outcome(answering: "asyncio.Task[None]", *, stop_requested: bool) -> tuple[str, Problem | None]:
    """Return the run's status and, when it failed, why."""
    if answering.cancelled():
        return ("stopped", None) if stop_requested else ("failed", INTERRUPTED)
    error = answering.exception()
    if error is None:
        return "completed", None
    if isinstance(error, FootnoteError):
        log.warning("chat.run_failed", code=error.error_code)
        return "failed", Problem(code=error.error_code, message=error.message)
    log.error("chat.run_failed", code="internal_error", exc_info=error)
    return "failed", Problem(code="internal_error", message="Something went wrong on our side; ask again.")


def _passage(number: int, item: FoundPassage) -> Passage:
    return Passage(
        number=number,
        chunk_id=item.chunk.id,
        document_id=item.chunk.document_id,
        version_id=item.chunk.version_id,
        title=item.title,
        heading_path=item.chunk.heading_path,
        text=item.chunk.text,
        span=item.chunk.span,
        score=item.ranked.score,
        dense_score=item.ranked.dense.raw,
        keyword_score=item.ranked.keyword.raw,
        language=item.chunk.language,
        before=item.before,
        after=item.after,
    )
