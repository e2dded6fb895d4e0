"""Answering a question as a run: started, followed, stopped, resumed; one transaction makes the answer final."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing, suppress
from dataclasses import dataclass, field

import structlog
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from footnote.chat import stream
from footnote.chat.answer_store import AnswerStore, FinalAnswer
from footnote.chat.citing import Check, PassageOrigin, SentenceBinder
from footnote.chat.live_run import LiveRun
from footnote.chat.models import RunEventRow
from footnote.chat.passages import Passage
from footnote.chat.ports import AnswerEngine, EngineReport, Question
from footnote.chat.schemas import NewMessage, Run, StartedRun, Timings
from footnote.chat.stream import Part
from footnote.db.engine import Database
from footnote.documents.service.library import LibraryService
from footnote.documents.service.storing import StoringService
from footnote.jobs.schemas import Problem
from footnote.kit.clock import Clock
from footnote.kit.errors import FootnoteError, InvalidInput
from footnote.kit.ids import CollectionId, ConversationId, RunId
from footnote.kit.principal import Principal, Scope
from footnote.retrieval.service import FoundPassage, SearchService

log = structlog.get_logger(__name__)

_SAVE_INTERVAL_SECONDS = 0.1
_CONTEXT_CHARACTERS = 300
INTERRUPTED = Problem(code="interrupted", message="The server stopped before this answer was finished; ask again.")


@dataclass(frozen=True, slots=True)
class ChatPorts:
    """What answering needs from elsewhere. engines: by name; `default` is always among them."""

    search: SearchService
    library: LibraryService
    storing: StoringService
    engines: Mapping[str, AnswerEngine]
    check: Check
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

    async def start(self, principal: Principal, conversation_id: ConversationId, new: NewMessage) -> StartedRun:
        """Store the question and begin to answer.

        Conflict `run_in_progress` while the conversation's last question is still being answered.
        """
        principal.require(Scope.WRITE)
        engine = self._ports.engines.get(new.model)
        if engine is None:
            raise InvalidInput(f"There is no model named {new.model!r} here.", code="unknown_model")
        started, collection_id = await self._store.begin(principal, conversation_id, new)
        live = LiveRun(RunId(started.run.id), principal)
        self._live[live.run_id] = live
        await live.add(stream.start(started.answer.id, live.run_id))
        live.task = asyncio.create_task(
            self._run(live, engine, new.text, collection_id), name=f"run:{live.run_id}"
        )
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
        for item in await self._saved(run_id, after):
            yield item

    async def recover(self) -> int:
        """Close the runs of a process that died, keeping the sentences they had shown; returns how many."""
        abandoned = await self._store.abandoned(set(self._live))
        for run_id in abandoned:
            await self._store.fail_from_log(run_id, INTERRUPTED)
        return len(abandoned)

    async def close(self) -> None:
        """End every run, telling its readers."""
        tasks = [live.task for live in self._live.values() if live.task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _run(self, live: LiveRun, engine: AnswerEngine, text: str, collection_id: CollectionId | None) -> None:
        structlog.contextvars.bind_contextvars(run_id=live.run_id)
        progress = _Progress()
        saver = asyncio.create_task(self._save_regularly(live))
        started = self._clock.monotonic_seconds()
        status, problem = "completed", None
        try:
            await self._answer(live, engine, text, collection_id, progress)
        except asyncio.CancelledError:
            status = "stopped" if live.stop_requested else "failed"
            problem = None if live.stop_requested else INTERRUPTED
        except FootnoteError as error:
            status, problem = "failed", Problem(code=error.error_code, message=error.message)
            log.warning("chat.run_failed", code=error.error_code)
        except Exception:
            status, problem = "failed", Problem(code="internal_error", message="Something went wrong on our side.")
            log.exception("chat.run_failed", code="internal_error")
        finally:
            progress.timings.total = self._ms_since(started)
            saver.cancel()
            with suppress(asyncio.CancelledError):
                await saver
        await asyncio.shield(self._finish(live, progress, status, problem))

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
            live.principal, self._ports.storing, self._ports.check, passages, origins,
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
        """Make the answer final and tell the readers, in this order, so that what is shown is stored."""
        try:
            unfinished = await self._ports.library.unfinished_count(live.principal)
            final = final_answer(progress.binder, progress.report, progress.timings, status, problem, unfinished)
            ending = self._ending(final, status, problem)
            await live.add(*ending[:-1])
            async with self._database.writing() as session:
                await self._store.finish(session, live.principal, live.run_id, final)
                await self._save(session, live)
        except Exception:
            log.exception("chat.finish_failed", run_id=live.run_id)
            ending = [stream.error(INTERRUPTED), stream.finish("failed")]
        await live.add(ending[-1])
        with suppress(FootnoteError):
            async with self._database.writing() as session:
                await self._save(session, live)
        await live.close()
        self._live.pop(live.run_id, None)

    def _ending(self, final: FinalAnswer, status: str, problem: Problem | None) -> list[Part]:
        parts = [stream.text_end(), stream.answer(final.facts(), final.timings)]
        if problem is not None:
            parts.append(stream.error(problem))
        if status == "stopped":
            parts.append(stream.abort())
        return [*parts, stream.finish(status)]

    async def _save_regularly(self, live: LiveRun) -> None:
        while True:
            await asyncio.sleep(_SAVE_INTERVAL_SECONDS)
            if live.unsaved():
                with suppress(FootnoteError):
                    async with self._database.writing() as session:
                        await self._save(session, live)

    async def _save(self, session: AsyncSession, live: LiveRun) -> None:
        parts = live.unsaved()
        session.add_all(RunEventRow(run_id=live.run_id, seq=seq, part=part) for seq, part in parts)
        await session.flush()
        live.saved += len(parts)

    async def _saved(self, run_id: RunId, after: int) -> list[tuple[int, Part]]:
        async with self._database.reading() as session:
            rows = await session.execute(
                select(RunEventRow)
                .where(RunEventRow.run_id == run_id, RunEventRow.seq > after)
                .order_by(RunEventRow.seq)
            )
            return [(row.seq, row.part) for row in rows.scalars()]

    def _ms_since(self, mark: float) -> float:
        return round((self._clock.monotonic_seconds() - mark) * 1000, 2)


def final_answer(
    binder: SentenceBinder | None,
    report: EngineReport | None,
    timings: Timings,
    status: str,
    problem: Problem | None,
    unfinished_documents: int,
) -> FinalAnswer:
    """Put together what is stored of an answer, however it ended."""
    sentences = binder.sentences if binder else []
    supported = [s for s in sentences if s.verdict != "unsupported"]
    notes = list(report.notes) if report else []
    if binder and binder.dropped:
        notes.append(f"{binder.dropped} sentences were left out because no passage supports them.")
    if unfinished_documents:
        notes.append(f"{unfinished_documents} documents are still being read; the answer may miss them.")
    abstained = bool(report and (report.abstained or not sentences)) and status == "completed"
    reason = (report.reason or "no_evidence") if report and abstained else None
    return FinalAnswer(
        status={"completed": "complete", "stopped": "stopped"}.get(status, "failed"),
        run_status=status,
        text=binder.text if binder else "",
        sentences=tuple(sentences),
        abstained=abstained,
        abstention_reason=reason,
        confidence=_confidence(report, len(supported), len(sentences)),
        model=report.model if report else None,
        prompt_version=report.prompt_version if report else None,
        cost_nano_usd=report.cost_nano_usd if report else None,
        input_tokens=report.input_tokens if report else None,
        output_tokens=report.output_tokens if report else None,
        timings=timings,
        notes=tuple(notes),
        problem=problem,
    )


def _confidence(report: EngineReport | None, supported: int, written: int) -> int:
    """The engine's own calibrated figure, else the share of sentences that the check supports."""
    if report is None or report.abstained or not written:
        return round(report.confidence or 0) if report else 0
    share = supported / written
    return round((100.0 if report.confidence is None else report.confidence) * share)


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
