"""Rows of jobs; every call names the organisation, except a runner's, who serves all of them."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from footnote.jobs.errors import JobCancelled, LeaseLost
from footnote.jobs.models import JobRow, JobStepRow
from footnote.jobs.ports import ClaimedJob, StepSpec
from footnote.jobs.schemas import Job, JobStatus, JobStep, Problem, Progress, StepStatus
from footnote.kit.ids import JobId, OrganisationId, UserId, new_id
from footnote.kit.principal import Principal, Role, Scope

_WORKER_SCOPES = frozenset({Scope.READ, Scope.WRITE})


async def insert_job(
    session: AsyncSession,
    principal: Principal,
    *,
    kind: str,
    steps: Sequence[StepSpec],
    subject_id: str | None,
    document_id: str | None,
    max_attempts: int,
    now: datetime,
) -> JobRow:
    """Add a queued job with all its steps waiting."""
    job = JobRow(
        id=new_id("job"),
        organisation_id=principal.organisation_id,
        created_by=principal.user_id,
        kind=kind,
        subject_id=subject_id,
        document_id=document_id,
        status=JobStatus.QUEUED,
        attempt=0,
        max_attempts=max_attempts,
        run_after=now,
        cancel_requested=False,
        lease_token=0,
        created_at=now,
    )
    session.add(job)
    await session.flush()
    session.add_all(
        JobStepRow(
            job_id=job.id, position=position, name=spec.name, status=StepStatus.WAITING, done=0, unit=spec.unit,
            duration_ms=0,
        )
        for position, spec in enumerate(steps)
    )  # fmt: skip
    await session.flush()
    return job


async def get_job(
    session: AsyncSession, organisation_id: OrganisationId, job_id: JobId, *, lock: bool = False
) -> JobRow | None:
    """Return the job if it is the organisation's, locked until commit if asked for."""
    row = await session.get(JobRow, job_id, populate_existing=True, with_for_update=lock)
    return row if row is not None and row.organisation_id == organisation_id else None


async def views(session: AsyncSession, rows: Sequence[JobRow]) -> list[Job]:
    """Return what callers see of the jobs, with their steps, in one further query."""
    if not rows:
        return []
    found = await session.execute(
        select(JobStepRow)
        .where(JobStepRow.job_id.in_([row.id for row in rows]))
        .order_by(JobStepRow.job_id, JobStepRow.position)
        .execution_options(populate_existing=True)
    )
    by_job: dict[str, list[JobStepRow]] = {}
    for step in found.scalars():
        by_job.setdefault(step.job_id, []).append(step)
    return [_view(row, by_job.get(row.id, [])) for row in rows]


def _view(row: JobRow, steps: Sequence[JobStepRow]) -> Job:
    current = next((step for step in steps if step.name == row.step), None)
    if row.status == JobStatus.SUCCEEDED or current is None:
        finished = sum(step.status == StepStatus.DONE for step in steps)
        progress = Progress(done=finished, total=len(steps), unit="steps")
    else:
        progress = Progress(done=current.done, total=current.total, unit=current.unit)
    waiting = row.status == JobStatus.QUEUED and row.attempt > 0
    return Job(
        id=row.id,
        kind=row.kind,
        status=JobStatus(row.status),
        step=row.step,
        attempt=row.attempt,
        max_attempts=row.max_attempts,
        progress=progress,
        steps=[JobStep.model_validate(step) for step in steps],
        error=Problem(code=row.error_code, message=row.error_message or "") if row.error_code else None,
        retry_at=row.run_after if waiting else None,
        created_at=row.created_at,
        started_at=row.started_at,
        finished_at=row.finished_at,
        document_id=row.document_id,
    )


async def claim_next(
    session: AsyncSession, *, kinds: Collection[str], owner: str, now: datetime, lease: timedelta, postgres: bool
) -> JobRow | None:
    """Take the next job of the kinds that is due, or whose holder went silent; None when there is none.

    Fair between organisations: the one with the fewest jobs in work comes first, then the one served longest ago.
    """
    due = is_due(kinds, now)
    waiting = select(JobRow.organisation_id).where(due).distinct().subquery()
    running = (
        select(JobRow.organisation_id, func.count().label("running"))
        .where(JobRow.status == JobStatus.RUNNING, JobRow.lease_expires_at >= now)
        .group_by(JobRow.organisation_id)
        .subquery()
    )
    served = (
        select(JobRow.organisation_id, func.max(JobRow.started_at).label("served_at"))
        .group_by(JobRow.organisation_id)
        .subquery()
    )
    turn = await session.execute(
        select(waiting.c.organisation_id)
        .outerjoin(running, running.c.organisation_id == waiting.c.organisation_id)
        .outerjoin(served, served.c.organisation_id == waiting.c.organisation_id)
        .order_by(func.coalesce(running.c.running, 0), served.c.served_at.nulls_first(), waiting.c.organisation_id)
    )
    for organisation_id in turn.scalars().all():
        statement = (
            select(JobRow)
            .where(JobRow.organisation_id == organisation_id, due)
            .order_by(JobRow.created_at, JobRow.id)
            .limit(1)
        )
        if postgres:
            statement = statement.with_for_update(skip_locked=True)
        job = (await session.execute(statement)).scalar_one_or_none()
        if job is not None:
            _take(job, owner=owner, now=now, lease=lease)
            await session.flush()
            return job
    return None


def is_due(kinds: Collection[str], now: datetime) -> ColumnElement[bool]:
    """Return the condition on jobs of the kinds whose time has come, or whose holder went silent."""
    return and_(
        JobRow.kind.in_(kinds),
        or_(
            and_(JobRow.status == JobStatus.QUEUED, JobRow.run_after <= now),
            and_(JobRow.status == JobStatus.RUNNING, JobRow.lease_expires_at < now),
        ),
    )


def _take(job: JobRow, *, owner: str, now: datetime, lease: timedelta) -> None:
    job.status = JobStatus.RUNNING
    job.attempt += 1
    job.lease_owner = owner
    job.lease_token += 1
    job.lease_expires_at = now + lease
    job.started_at = now
    job.finished_at = None


def claimed(job: JobRow) -> ClaimedJob:
    """Return the job as its worker knows it, acting for whoever asked for it, with a member's rights."""
    organisation_id = OrganisationId(job.organisation_id)
    return ClaimedJob(
        id=JobId(job.id),
        principal=Principal(organisation_id, UserId(job.created_by), Role.MEMBER, _WORKER_SCOPES),
        kind=job.kind,
        subject_id=job.subject_id,
        document_id=job.document_id,
        attempt=job.attempt,
        max_attempts=job.max_attempts,
        token=job.lease_token,
    )


async def renew_lease(session: AsyncSession, job: ClaimedJob, *, expires_at: datetime) -> None:
    """Prove the lease and prolong it, locking the row until commit.

    Raises LeaseLost when another holder came since, JobCancelled when somebody asked for the end.
    """
    result = await session.execute(
        update(JobRow)
        .where(JobRow.id == job.id, JobRow.lease_token == job.token, JobRow.status == JobStatus.RUNNING)
        .values(lease_expires_at=expires_at)
        .returning(JobRow.cancel_requested)
        .execution_options(synchronize_session=False)
    )
    row = result.first()
    if row is None:
        raise LeaseLost
    if row.cancel_requested:
        raise JobCancelled


async def steps_of(session: AsyncSession, job_id: JobId) -> list[JobStepRow]:
    """Return the job's steps in order."""
    rows = await session.execute(
        select(JobStepRow)
        .where(JobStepRow.job_id == job_id)
        .order_by(JobStepRow.position)
        .execution_options(populate_existing=True)
    )
    return list(rows.scalars())


async def update_step(session: AsyncSession, job_id: JobId, name: str, **values: object) -> None:
    """Change one step's row."""
    await session.execute(
        update(JobStepRow)
        .where(JobStepRow.job_id == job_id, JobStepRow.name == name)
        .values(**values)
        .execution_options(synchronize_session=False)
    )


async def update_job(session: AsyncSession, job_id: JobId, **values: object) -> None:
    """Change the job's row."""
    await session.execute(
        update(JobRow).where(JobRow.id == job_id).values(**values).execution_options(synchronize_session=False)
    )
