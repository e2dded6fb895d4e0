"""Answering a question as a run: started, followed, stopped, resumed; one transaction makes the answer final."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from datetime import timedelta

import structlog

from footnote.chat.runs import stream
from footnote.chat.runs.answer_maker import AnswerMaker, ChatPorts
from footnote.chat.runs.answer_store import AnswerStore
from footnote.chat.runs.final_answer import Progress, final_answer
from footnote.chat.runs.live_run import LiveRun
from footnote.chat.runs.stream import Part
from footnote.chat.schemas import NewMessage, Run, StartedRun
from footnote.db.engine import Database
from footnote.jobs.schemas import Problem
from footnote.kit.clock import Clock
from footnote.kit.errors import FootnoteError, InvalidInput, Unavailable
from footnote.kit.ids import ConversationId, RunId
from footnote.kit.principal import Principal, Scope

log = structlog.get_logger(__name__)

_SAVE_AGAIN_SECONDS = 0.2
_FINISH_AGAIN_SECONDS = (0.2, 0.5, 1.0, 2.0, 4.0)
_ALIVE_SECONDS = 2.0
DEAD_AFTER = timedelta(seconds=12)
"""Silence after which a run's process counts as dead: six missed signs of life."""
INTERRUPTED = Problem(code="interrupted", message="The server stopped before this answer was finished; ask again.")


class RunService:
    """Runs live in tasks of this process, apart from whoever reads them."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        store: AnswerStore,
        ports: ChatPorts,
        *,
        pause: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        """pause: waits for so many seconds."""
        self._database = database
        self._clock = clock
        self._store = store
        self._ports = ports
        self._maker = AnswerMaker(ports, clock)
        self._pause = pause
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
        progress = Progress()
        live.task = asyncio.create_task(
            self._maker.answer(live, engine, new.text, collection_id, progress), name=f"run:{live.run_id}"
        )
        ending = asyncio.create_task(self._see_through(live, live.task, progress), name=f"run-ending:{live.run_id}")
        self._endings.add(ending)
        ending.add_done_callback(self._endings.discard)
        self._end_if_closed(live)
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
        """Yield the run's parts numbered above `after`, and those to come while it runs here.

        The parts of a run whose log is pruned are made again from the stored answer.
        """
        live = self._live.get(run_id)
        if live is not None and live.principal.organisation_id == principal.organisation_id:
            async with aclosing(live.follow(after)) as parts:
                async for item in parts:
                    yield item
            return
        for item in await self._store.log.replay(run_id, after=after):
            yield item

    async def recover_at_start(self) -> int:
        """Close the runs that no living process works on; returns how many.

        With SQLite that is every run, since one process owns the data folder; with PostgreSQL those gone silent.
        """
        return await self._recover(silent_for=timedelta(0) if self._database.is_sqlite else DEAD_AFTER)

    async def watch(self) -> None:
        """Until cancelled, say that this process's runs are alive and close those of processes that went silent."""
        while True:
            await self._pause(_ALIVE_SECONDS)
            try:
                if self._live:
                    await self._store.keep_alive(list(self._live))
                await self._recover(silent_for=DEAD_AFTER)
            except Unavailable:
                log.warning("chat.store_unavailable")

    async def _recover(self, *, silent_for: timedelta) -> int:
        """Close the runs of a process that died, keeping the sentences they had shown; returns how many."""
        closed = 0
        for run_id in await self._store.abandoned(set(self._live), silent_for=silent_for):
            try:
                await self._store.fail_from_log(run_id, INTERRUPTED)
            except FootnoteError:
                raise
            except Exception:
                # One log that cannot be read must keep neither the server from starting nor others from being closed.
                log.exception("chat.recover_failed", run_id=run_id)
            else:
                closed += 1
        return closed

    async def close(self) -> None:
        """End every run, telling its readers, and wait until that is written."""
        self._is_closed = True
        for live in self._live.values():
            if live.task is not None:
                live.task.cancel()
        await asyncio.gather(*self._endings, return_exceptions=True)

    def _end_if_closed(self, live: LiveRun) -> None:
        """End a run whose question was still being stored when the server began to stop: `close` did not see it."""
        if self._is_closed and live.task is not None:
            live.task.cancel()

    async def _see_through(self, live: LiveRun, answering: "asyncio.Task[None]", progress: Progress) -> None:
        """Store the run's parts as they come and, whatever becomes of the answering, its end.

        A task of its own, because stopping cancels the other: what must be written is never cancelled midway.
        """
        structlog.contextvars.bind_contextvars(run_id=live.run_id)
        started = self._clock.monotonic_seconds()
        saving = asyncio.create_task(self._save_as_it_grows(live))
        await asyncio.wait([answering])
        progress.timings.total = self._maker.ms_since(started)
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

    async def _finish(self, live: LiveRun, progress: Progress, status: str, problem: Problem | None) -> None:
        """Make the answer and its log final in one transaction, then tell the readers."""
        try:
            await self._with_patience(lambda: self._store_end(live, progress, status, problem))
        except Exception:
            # The row still says that it runs: the next start closes it from its log, see `recover`.
            log.exception("chat.finish_failed")
            await live.break_off(stream.error(INTERRUPTED), stream.finish("failed"))

    async def _store_end(self, live: LiveRun, progress: Progress, status: str, problem: Problem | None) -> None:
        unfinished = await self._ports.library.unfinished_count(live.principal)
        final = final_answer(progress, status=status, problem=problem, unfinished_documents=unfinished)
        ending = [*(part for _, part in live.unsaved()), *final.ending()]
        async with self._database.writing() as session:
            numbered = list(enumerate(ending, start=live.last_seq + 1))
            is_stored = await self._store.finish(session, live.principal, live.run_id, final, numbered)
        if not is_stored:
            # Ended before: by another process, which heard nothing of this one, or by a try whose success was not heard
            # of. What is shown is what is stored, whoever stored it; a deleted run has nothing to differ from.
            ending = [part for _, part in await self._store.log.logged(live.run_id, after=live.last_seq)] or ending
        await live.break_off(*ending)

    async def _save_as_it_grows(self, live: LiveRun) -> None:
        while await live.has_unsaved():
            parts = live.unsaved()
            try:
                goes_on = await self._store.log.grow(live.run_id, parts)
            except Unavailable:
                await self._pause(_SAVE_AGAIN_SECONDS)
                continue
            if not goes_on:
                if live.task is not None:
                    live.task.cancel()  # Nobody will see the rest, so it shall cost nothing.
                return
            await live.show(parts[-1][0])

    async def _with_patience(self, work: Callable[[], Awaitable[None]]) -> None:
        """Do the work, again after a while if the database does not answer: an answer is worth some seconds."""
        for seconds in _FINISH_AGAIN_SECONDS:
            try:
                return await work()
            except Unavailable:
                await self._pause(seconds)
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
