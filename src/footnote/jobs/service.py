"""Making, reading, cancelling and retrying jobs, for callers."""

from collections.abc import Mapping

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from footnote.db.engine import Database
from footnote.jobs import repository
from footnote.jobs.events import ChangeFeed
from footnote.jobs.models import JobRow
from footnote.jobs.ports import JobHandler, JobQueue
from footnote.jobs.schemas import Job, JobStatus, Problem, StepStatus
from footnote.kit.clock import Clock
from footnote.kit.errors import Conflict, NotFound
from footnote.kit.events import EventBus
from footnote.kit.ids import DocumentId, JobId, OrganisationId
from footnote.kit.pagination import Page, decode_cursor, encode_cursor, paginate
from footnote.kit.principal import Principal, Scope

_FINISHED = frozenset({JobStatus.SUCCEEDED, JobStatus.FAILED, JobStatus.CANCELLED})
CANCELLED = Problem(code="cancelled", message="This was cancelled before it was finished.")


def cancel_topic(job_id: str) -> str:
    """The bus topic on which a running job of this process is told to end at once."""
    return f"job-cancel:{job_id}"


class JobService:
    """Callers' side of jobs; the runner's side is `JobRunner`."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        feed: ChangeFeed,
        bus: EventBus,
        queue: JobQueue,
        handlers: Mapping[str, JobHandler],
        *,
        max_attempts: int,
    ) -> None:
        self._database = database
        self._clock = clock
        self._feed = feed
        self._bus = bus
        self._queue = queue
        self._handlers = handlers
        self._max_attempts = max_attempts

    async def enqueue(
        self,
        session: AsyncSession,
        principal: Principal,
        *,
        kind: str,
        subject_id: str | None = None,
        document_id: DocumentId | None = None,
    ) -> JobId:
        """Add a job inside the caller's transaction, so that work and its cause stand or fall together.

        Call `announce` after the commit.
        """
        row = await repository.insert_job(
            session,
            principal,
            kind=kind,
            steps=self._handlers[kind].steps,
            subject_id=subject_id,
            document_id=document_id,
            max_attempts=self._max_attempts,
            now=self._clock.now(),
        )
        await self._emit(session, row)
        return JobId(row.id)

    def announce(self, principal: Principal) -> None:
        """Wake the runner and the organisation's watchers; call after the commit."""
        self._queue.announce()
        self._feed.wake(principal.organisation_id)

    async def get(self, principal: Principal, job_id: JobId) -> Job:
        """Return one job; NotFound when it is not the caller's organisation's."""
        principal.require(Scope.READ)
        async with self._database.reading() as session:
            row = await self._found(session, principal, job_id)
            return (await repository.views(session, [row]))[0]

    async def list_jobs(
        self, principal: Principal, *, status: JobStatus | None, cursor: str | None, limit: int
    ) -> Page[Job]:
        """Return jobs, newest first."""
        principal.require(Scope.READ)
        statement = select(JobRow).where(JobRow.organisation_id == principal.organisation_id)
        if status is not None:
            statement = statement.where(JobRow.status == status)
        after = decode_cursor(cursor, 1)
        if after is not None:
            statement = statement.where(JobRow.id < after[0])
        async with self._database.reading() as session:
            rows = list((await session.execute(statement.order_by(JobRow.id.desc()).limit(limit + 1))).scalars())
            page = paginate(rows, limit, lambda row: encode_cursor(row.id))
            return Page(tuple(await repository.views(session, page.items)), page.next_cursor)

    async def of_subjects(self, session: AsyncSession, principal: Principal, subject_ids: list[str]) -> dict[str, Job]:
        """Return the newest job of each subject, for showing beside it."""
        if not subject_ids:
            return {}
        rows = await session.execute(
            select(JobRow)
            .where(JobRow.organisation_id == principal.organisation_id, JobRow.subject_id.in_(subject_ids))
            .order_by(JobRow.id)
        )
        newest = {row.subject_id: row for row in rows.scalars() if row.subject_id is not None}
        found = await repository.views(session, list(newest.values()))
        return dict(zip(newest, found, strict=True))

    async def cancel(self, principal: Principal, job_id: JobId) -> Job:
        """End the job: a waiting one at once, a running one as soon as its worker hears of it, here at once too.

        A finished job is left as it is and returned.
        """
        principal.require(Scope.WRITE)
        async with self._database.writing() as session:
            row = await self._found(session, principal, job_id, lock=True)
            if row.status == JobStatus.QUEUED:
                await self.end(session, row, JobStatus.CANCELLED, CANCELLED)
            elif row.status == JobStatus.RUNNING:
                row.cancel_requested = True
                await session.flush()
            view = (await repository.views(session, [row]))[0]
        self._bus.publish(cancel_topic(job_id))
        self._feed.wake(principal.organisation_id)
        return view

    async def request_cancel_of_subject(self, session: AsyncSession, principal: Principal, subject_id: str) -> None:
        """End whatever still waits or runs for the subject, inside the caller's transaction."""
        rows = await session.execute(
            select(JobRow).where(
                JobRow.organisation_id == principal.organisation_id,
                JobRow.subject_id == subject_id,
                JobRow.status.in_([JobStatus.QUEUED, JobStatus.RUNNING]),
            )
        )
        for row in rows.scalars():
            if row.status == JobStatus.QUEUED:
                await self.end(session, row, JobStatus.CANCELLED, CANCELLED)
            else:
                row.cancel_requested = True
        await session.flush()

    async def lock_for_document(self, session: AsyncSession, principal: Principal, document_id: DocumentId) -> None:
        """Hold the rows of a document's jobs until the caller's transaction ends, as a working job's writes do."""
        await session.execute(
            select(JobRow.id)
            .where(JobRow.organisation_id == principal.organisation_id, JobRow.document_id == document_id)
            .order_by(JobRow.id)
            .with_for_update()
        )

    async def cancel_for_document(
        self, session: AsyncSession, principal: Principal, document_id: DocumentId
    ) -> list[JobId]:
        """End and remove every job of a document that is being deleted; returns their ids.

        A worker that still holds one finds its lease gone and writes nothing more.
        """
        rows = await session.execute(
            select(JobRow.id).where(
                JobRow.organisation_id == principal.organisation_id, JobRow.document_id == document_id
            )
        )
        ids = [JobId(value) for value in rows.scalars()]
        await session.execute(delete(JobRow).where(JobRow.id.in_(ids)))
        return ids

    def stop_work(self, job_ids: list[JobId]) -> None:
        """Tell this process's runner to drop the jobs; call after the commit."""
        for job_id in job_ids:
            self._bus.publish(cancel_topic(job_id))

    async def retry(self, principal: Principal, job_id: JobId) -> Job:
        """Queue a failed or cancelled job again; it goes on at the step where it stopped. Conflict otherwise."""
        principal.require(Scope.WRITE)
        now = self._clock.now()
        async with self._database.writing() as session:
            row = await self._found(session, principal, job_id, lock=True)
            if row.status not in (JobStatus.FAILED, JobStatus.CANCELLED):
                raise Conflict(
                    f"Only a failed or cancelled job can be retried; this one is {row.status}.", code="not_retryable"
                )
            row.status, row.attempt, row.run_after, row.cancel_requested = JobStatus.QUEUED, 0, now, False
            row.error_code = row.error_message = row.finished_at = None
            for step in await repository.steps_of(session, job_id):
                if step.status != StepStatus.DONE:
                    step.status = StepStatus.WAITING
            await session.flush()
            await self._handlers[row.kind].status_changed(session, repository.claimed(row), JobStatus.QUEUED, None)
            view = await self._emit(session, row)
        self.announce(principal)
        return view

    async def end(self, session: AsyncSession, row: JobRow, status: JobStatus, problem: Problem | None) -> Job:
        """Give the job its final status, and its handler's rows with it."""
        row.status = status
        row.finished_at = self._clock.now()
        row.lease_owner = row.lease_expires_at = None
        row.error_code = problem.code if problem else None
        row.error_message = problem.message if problem else None
        await session.flush()
        await self._handlers[row.kind].status_changed(session, repository.claimed(row), status, problem)
        return await self._emit(session, row)

    async def emit(self, session: AsyncSession, job_id: JobId) -> None:
        """Put the job's present state into the change feed."""
        row = await session.get(JobRow, job_id, populate_existing=True)
        if row is not None:
            await self._emit(session, row)

    async def counts(self) -> dict[str, int]:
        """Return how many jobs stand in each status, over all organisations; for health and metrics only."""
        async with self._database.reading() as session:
            rows = await session.execute(select(JobRow.status, func.count()).group_by(JobRow.status))
            found = {status: int(count) for status, count in rows}
        return {status.value: found.get(status.value, 0) for status in JobStatus}

    async def _emit(self, session: AsyncSession, row: JobRow) -> Job:
        view = (await repository.views(session, [row]))[0]
        await self._feed.append(
            session, OrganisationId(row.organisation_id), "job.updated", document_id=row.document_id, job=view
        )
        return view

    async def _found(self, session: AsyncSession, principal: Principal, job_id: JobId, *, lock: bool = False) -> JobRow:
        row = await repository.get_job(session, principal.organisation_id, job_id, lock=lock)
        if row is None:
            raise NotFound("There is no such job.", code="job_not_found")
        return row
