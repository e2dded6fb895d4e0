"""The worker: claims jobs, keeps their leases alive, runs their steps from the checkpoint, and ends them truly."""

import asyncio
import random
import uuid
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from datetime import timedelta

import structlog
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from footnote.db.engine import Database
from footnote.jobs import repository
from footnote.jobs.errors import JobCancelled, LeaseLost
from footnote.jobs.events import ChangeFeed
from footnote.jobs.models import JobRow
from footnote.jobs.ports import ClaimedJob, JobHandler, StepSpec
from footnote.jobs.schemas import JobStatus, Problem, StepStatus
from footnote.jobs.service import CANCELLED, JobService, cancel_topic
from footnote.kit.clock import Clock
from footnote.kit.errors import Defect, FootnoteError, Refused, Unavailable
from footnote.kit.events import EventBus
from footnote.kit.ids import JobId

log = structlog.get_logger(__name__)

QUEUE_TOPIC = "jobs"
_POLL_SECONDS = 1.0
_PROGRESS_INTERVAL_SECONDS = 0.4
_BACKOFF_BASE_SECONDS = 2.0
_BACKOFF_MAX_SECONDS = 300.0


class InProcessJobQueue:
    """The embedded queue: wakes the runner of this process."""

    def __init__(self, bus: EventBus) -> None:
        self._bus = bus

    def announce(self) -> None:
        self._bus.publish(QUEUE_TOPIC)


class JobRunner:
    """Runs jobs of every organisation. The same code serves the embedded and the scaled-out profile."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        bus: EventBus,
        feed: ChangeFeed,
        jobs: JobService,
        handlers: Mapping[str, JobHandler],
        *,
        concurrency: int,
        lease_seconds: float,
        sole_owner: bool,
    ) -> None:
        self._database = database
        self._clock = clock
        self._bus = bus
        self._feed = feed
        self._jobs = jobs
        self._handlers = handlers
        self._concurrency = concurrency
        self._lease = timedelta(seconds=lease_seconds)
        self._sole_owner = sole_owner
        self._owner = uuid.uuid4().hex
        self._tasks: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Work until cancelled; then give unfinished jobs back, so that the next start goes on at once."""
        if self._sole_owner:
            await self._free_abandoned_leases()
        try:
            with self._bus.listen(QUEUE_TOPIC) as news:
                while True:
                    if not await self._start_next():
                        await news.wait(_POLL_SECONDS)
        finally:
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _start_next(self) -> bool:
        if len(self._tasks) >= self._concurrency:
            return False
        try:
            job = await self._claim()
        except Unavailable:
            log.warning("jobs.store_unavailable")
            return False
        except Exception:
            # The worker's edge: one claim that fails must never end the work of all organisations.
            log.exception("jobs.claim_failed")
            return False
        if job is None:
            return False
        task = asyncio.create_task(self._work(job), name=f"job:{job.id}")
        self._tasks.add(task)
        task.add_done_callback(self._finished)
        return True

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self._bus.publish(QUEUE_TOPIC)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("job.runner_failed", exc_info=error)

    async def _free_abandoned_leases(self) -> None:
        """Expire the leases of a process that died: only one process may own the data folder, so they are stale."""
        async with self._database.writing() as session:
            rows = await session.execute(select(JobRow).where(JobRow.status == JobStatus.RUNNING))
            for row in rows.scalars():
                row.lease_expires_at = self._clock.now() - timedelta(seconds=1)

    async def _claim(self) -> ClaimedJob | None:
        now = self._clock.now()
        async with self._database.reading() as session:
            due = await session.execute(select(JobRow.id).where(repository.is_due(self._handlers, now)).limit(1))
            if due.first() is None:
                return None
        async with self._database.writing() as session:
            row = await repository.claim_next(
                session, kinds=self._handlers, owner=self._owner, now=now, lease=self._lease,
                postgres=not self._database.is_sqlite,
            )  # fmt: skip
            if row is None:
                return None
            if row.attempt > row.max_attempts:
                problem = _gave_up(row)
                await self._end(session, row, JobStatus.FAILED, problem)
                log.warning("job.dead_letter", job_id=row.id, kind=row.kind, code=problem.code)
                self._bus.publish(QUEUE_TOPIC)
                return None
            job = repository.claimed(row)
            await self._handlers[job.kind].status_changed(session, job, JobStatus.RUNNING, None)
            await self._jobs.emit(session, job.id)
        self._feed.wake(job.principal.organisation_id)
        return job

    async def _work(self, job: ClaimedJob) -> None:
        structlog.contextvars.bind_contextvars(job_id=job.id)
        work = asyncio.create_task(self._run_steps(job))
        heartbeat = asyncio.create_task(self._keep_lease(job, work))
        cancel = asyncio.create_task(self._watch_cancel(job, work))
        try:
            await work
        except asyncio.CancelledError:
            await self._interrupted(job, work)
            if asyncio.current_task() is not None and asyncio.current_task().cancelling():  # type: ignore[union-attr]
                raise
        except LeaseLost:
            log.warning("job.lease_lost", kind=job.kind)
        except JobCancelled:
            await self._settle(job, JobStatus.CANCELLED, CANCELLED)
        except Exception as error:  # noqa: BLE001  # the worker's edge: whatever a step raised becomes the job's reason
            await self._failed(job, error)
        else:
            await self._settle(job, JobStatus.SUCCEEDED, None)
        finally:
            for task in (heartbeat, cancel):
                task.cancel()
            await asyncio.gather(heartbeat, cancel, return_exceptions=True)

    async def _interrupted(self, job: ClaimedJob, work: "asyncio.Task[None]") -> None:
        """Tell apart: somebody cancelled the job, another holder came, or this process is stopping."""
        work.cancel()
        with suppress(asyncio.CancelledError, Exception):
            await work
        async with self._database.writing() as session:
            row = await self._still_ours(session, job)
            if row is None:
                return
            if row.cancel_requested:
                await self._end(session, row, JobStatus.CANCELLED, CANCELLED)
            else:
                # The process stops: the try does not count, and the next start goes on at once.
                row.status, row.lease_owner, row.lease_expires_at = JobStatus.QUEUED, None, None
                row.attempt, row.run_after = max(0, row.attempt - 1), self._clock.now()
        self._feed.wake(job.principal.organisation_id)

    async def _run_steps(self, job: ClaimedJob) -> None:
        handler = self._handlers[job.kind]
        async with self._database.reading() as session:
            done = {row.name for row in await repository.steps_of(session, job.id) if row.status == StepStatus.DONE}
        left = [spec for spec in handler.steps if spec.name not in done]
        for position, spec in enumerate(left):
            context = _Context(self, job, spec)
            if position == 0:
                async with context.writing() as session:
                    await self._begin(session, job, spec)
                    await self._jobs.emit(session, job.id)
                self._feed.wake(job.principal.organisation_id)
            following = left[position + 1] if position + 1 < len(left) else None
            await self._run_step(handler, context, spec, following)

    async def _begin(self, session: AsyncSession, job: ClaimedJob, spec: StepSpec) -> None:
        await repository.update_job(session, job.id, step=spec.name)
        await repository.update_step(
            session, job.id, spec.name, status=StepStatus.RUNNING, started_at=self._clock.now(), finished_at=None
        )

    async def _run_step(
        self, handler: JobHandler, context: "_Context", spec: StepSpec, following: StepSpec | None
    ) -> None:
        """Do one step that has been begun; the end of it and the beginning of the following one are one transaction."""
        job = context.job
        started = self._clock.monotonic_seconds()
        log.info("job.step_started", kind=job.kind, step=spec.name, attempt=job.attempt)
        async with asyncio.timeout(spec.timeout_seconds):
            await handler.run_step(spec.name, context)
        elapsed_ms = int((self._clock.monotonic_seconds() - started) * 1000)
        async with context.writing() as session:
            await context.write_counts(session)
            await repository.update_step(
                session, job.id, spec.name, status=StepStatus.DONE, finished_at=self._clock.now(),
                duration_ms=elapsed_ms,
            )  # fmt: skip
            # A finished step is progress: the next one has all its tries, however often the process was stopped.
            await repository.update_job(session, job.id, attempt=1)
            if following is not None:
                await self._begin(session, job, following)
            await self._jobs.emit(session, job.id)
        self._feed.wake(job.principal.organisation_id)
        log.info("job.step_finished", kind=job.kind, step=spec.name, duration_ms=elapsed_ms)

    async def _keep_lease(self, job: ClaimedJob, work: "asyncio.Task[None]") -> None:
        while True:
            await asyncio.sleep(self._lease.total_seconds() / 3)
            try:
                async with self._database.writing() as session:
                    await repository.renew_lease(session, job, expires_at=self._clock.now() + self._lease)
            except (LeaseLost, JobCancelled):
                work.cancel()
                return
            except Unavailable:
                log.warning("job.heartbeat_missed")

    async def _watch_cancel(self, job: ClaimedJob, work: "asyncio.Task[None]") -> None:
        with self._bus.listen(cancel_topic(job.id)) as listener:
            while not await listener.wait(3600):
                continue
        work.cancel()

    async def _failed(self, job: ClaimedJob, error: Exception) -> None:
        problem = _problem_of(error)
        async with self._database.writing() as session:
            row = await self._still_ours(session, job)
            if row is None:
                return
            final = isinstance(error, Refused) or row.attempt >= row.max_attempts
            if final:
                await self._end(session, row, JobStatus.FAILED, problem)
            else:
                row.status, row.lease_owner, row.lease_expires_at = JobStatus.QUEUED, None, None
                row.run_after = self._clock.now() + _backoff(row.attempt)
                row.error_code, row.error_message = problem.code, problem.message
                await session.flush()
                await self._handlers[job.kind].status_changed(session, job, JobStatus.QUEUED, problem)
                await self._jobs.emit(session, job.id)
            attempt = row.attempt
        self._feed.wake(job.principal.organisation_id)
        unexpected = None if isinstance(error, FootnoteError) and not isinstance(error, Defect) else error
        report = log.error if unexpected else log.info
        report("job.step_failed", kind=job.kind, code=problem.code, attempt=attempt, final=final, exc_info=unexpected)

    async def _settle(self, job: ClaimedJob, status: JobStatus, problem: Problem | None) -> None:
        """Write the final status, unless another holder came since."""
        async with self._database.writing() as session:
            row = await self._still_ours(session, job)
            if row is None:
                return
            await self._end(session, row, status, problem)
        self._feed.wake(job.principal.organisation_id)
        log.info("job.ended", kind=job.kind, status=status.value, code=problem.code if problem else None)

    async def _still_ours(self, session: AsyncSession, job: ClaimedJob) -> JobRow | None:
        row = await session.get(JobRow, job.id, with_for_update=not self._database.is_sqlite)
        if row is None or row.lease_token != job.token or row.status != JobStatus.RUNNING:
            log.warning("job.lease_lost", kind=job.kind)
            return None
        return row

    async def _end(self, session: AsyncSession, row: JobRow, status: JobStatus, problem: Problem | None) -> None:
        if status is JobStatus.FAILED and row.step is not None:
            await repository.update_step(session, JobId(row.id), row.step, status=StepStatus.FAILED)
        await self._jobs.end(session, row, status, problem)


class _Context:
    """The StepContext of one step of one claimed job."""

    def __init__(self, runner: JobRunner, job: ClaimedJob, spec: StepSpec) -> None:
        self._runner = runner
        self._job = job
        self._spec = spec
        self._counts: tuple[int, int | None] | None = None
        # The step's beginning has just been written; a step that ends at once needs no further word in between.
        self._written_at = runner._clock.monotonic_seconds()  # noqa: SLF001  # the context is the runner's own half

    @property
    def job(self) -> ClaimedJob:
        return self._job

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncSession]:
        runner = self._runner
        async with runner._database.writing() as session:  # noqa: SLF001  # the context is the runner's own half
            await repository.renew_lease(session, self._job, expires_at=runner._clock.now() + runner._lease)  # noqa: SLF001
            yield session

    async def progress(self, done: int, total: int | None) -> None:
        runner = self._runner
        self._counts = (done, total)
        now = runner._clock.monotonic_seconds()  # noqa: SLF001
        if now - self._written_at < _PROGRESS_INTERVAL_SECONDS:
            return
        self._written_at = now
        async with self.writing() as session:
            await self.write_counts(session)
            await runner._jobs.emit(session, self._job.id)  # noqa: SLF001
        runner._feed.wake(self._job.principal.organisation_id)  # noqa: SLF001

    async def write_counts(self, session: AsyncSession) -> None:
        """Store the newest counts of the step."""
        if self._counts is not None:
            await repository.update_step(
                session, self._job.id, self._spec.name, done=self._counts[0], total=self._counts[1]
            )


def _backoff(attempt: int) -> timedelta:
    """Doubling from two seconds to five minutes, with jitter so that failures do not march in step."""
    delay = min(_BACKOFF_MAX_SECONDS, _BACKOFF_BASE_SECONDS * 2.0 ** (attempt - 1))
    return timedelta(seconds=delay * random.uniform(0.75, 1.25))  # noqa: S311  # jitter, not a secret


def _problem_of(error: Exception) -> Problem:
    if isinstance(error, FootnoteError):
        return Problem(code=error.error_code, message=error.message)
    if isinstance(error, TimeoutError):
        return Problem(code="step_timeout", message="This step took longer than it may; it can be retried.")
    return Problem(code="internal_error", message="Something went wrong on our side; the server's log has the details.")


def _gave_up(row: JobRow) -> Problem:
    message = f"Given up after {row.max_attempts} tries at the step {row.step!r}."
    if row.error_message:
        return Problem(code=row.error_code or "gave_up", message=f"{message} Last reason: {row.error_message}")
    return Problem(code="worker_died", message=f"{message} The server died or was stopped each time.")
