"""Jobs with handlers of the test's own, a clock that stands still, and two organisations."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import pytest
from sqlalchemy.ext.asyncio import AsyncSession
from tests.support.clock import ManualClock
from tests.support.waiting import wait_for_async

from footnote.db.engine import Database
from footnote.identity.models import MembershipRow, OrganisationRow, UserRow
from footnote.jobs.events import ChangeFeed
from footnote.jobs.ports import ClaimedJob, StepContext, StepSpec
from footnote.jobs.runner import InProcessJobQueue, JobRunner
from footnote.jobs.schemas import Job, JobStatus, Problem
from footnote.jobs.service import JobService
from footnote.kit.events import EventBus
from footnote.kit.ids import JobId, OrganisationId, UserId
from footnote.kit.principal import Principal, Role, Scope

Work = Callable[[str, StepContext], Awaitable[None]]


@dataclass
class ScriptedHandler:
    """Two steps that do what the test says, and a record of what happened."""

    work: Work
    kind: str = "scripted"
    steps: tuple[StepSpec, ...] = (StepSpec("first", "things", 60), StepSpec("second", "things", 60))
    ran: list[str] = field(default_factory=list)
    statuses: list[JobStatus] = field(default_factory=list)

    async def run_step(self, step: str, context: StepContext) -> None:
        self.ran.append(step)
        await self.work(step, context)

    async def status_changed(
        self, session: AsyncSession, job: ClaimedJob, status: JobStatus, problem: Problem | None
    ) -> None:
        self.statuses.append(status)


@dataclass
class Workshop:
    """Everything around the runner."""

    database: Database
    clock: ManualClock
    bus: EventBus
    feed: ChangeFeed
    jobs: JobService
    handler: ScriptedHandler
    ann: Principal
    bob: Principal

    def runner(self, *, concurrency: int = 1, sole_owner: bool = False) -> JobRunner:
        return JobRunner(
            self.database, self.clock, self.bus, self.feed, self.jobs, {self.handler.kind: self.handler},
            concurrency=concurrency, lease_seconds=30, sole_owner=sole_owner,
        )  # fmt: skip

    async def enqueue(self, principal: Principal) -> JobId:
        async with self.database.writing() as session:
            job_id = await self.jobs.enqueue(session, principal, kind=self.handler.kind)
        self.jobs.announce(principal)
        self.clock.advance(0.001)
        return job_id

    async def until(self, job_id: JobId, status: JobStatus, principal: Principal | None = None) -> Job:
        async def look() -> Job | None:
            job = await self.jobs.get(principal or self.ann, job_id)
            return job if job.status is status else None

        return await wait_for_async(look, f"the job to be {status}")


async def nothing(step: str, context: StepContext) -> None:
    """A step that is done at once."""
    await asyncio.sleep(0)


@pytest.fixture
async def workshop(database: Database) -> Workshop:
    clock, bus = ManualClock(), EventBus()
    feed = ChangeFeed(database, clock, bus)
    handler = ScriptedHandler(nothing)
    jobs = JobService(database, clock, feed, bus, InProcessJobQueue(bus), {handler.kind: handler}, max_attempts=3)
    async with database.writing() as session:
        for name in ("ann", "bob"):
            session.add(OrganisationRow(id=f"org_{name}", name=name, created_at=clock.now()))
            session.add(UserRow(id=f"usr_{name}", name=name, is_active=True, created_at=clock.now()))
            await session.flush()
            session.add(
                MembershipRow(
                    organisation_id=f"org_{name}", user_id=f"usr_{name}", role="owner", created_at=clock.now()
                )
            )
    ann, bob = (
        Principal(OrganisationId(f"org_{name}"), UserId(f"usr_{name}"), Role.OWNER, frozenset(Scope))
        for name in ("ann", "bob")
    )
    return Workshop(database, clock, bus, feed, jobs, handler, ann, bob)
