"""What the runner promises: order, retries, ends, fencing; each with steps that the test scripts."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta

import pytest
from sqlalchemy import update
from tests.support.waiting import wait_for_async
from tests.unit.jobs.conftest import Workshop, nothing

from footnote.jobs import repository
from footnote.jobs.errors import JobCancelled, LeaseLost
from footnote.jobs.models import JobRow
from footnote.jobs.ports import StepContext
from footnote.jobs.schemas import JobStatus, StepStatus
from footnote.kit.errors import Conflict, InvalidInput, NotFound, Unavailable
from footnote.kit.ids import JobId, OrganisationId

LEASE = timedelta(seconds=30)


@asynccontextmanager
async def working(workshop: Workshop, *, concurrency: int = 1, sole_owner: bool = False) -> AsyncIterator[None]:
    task = asyncio.create_task(workshop.runner(concurrency=concurrency, sole_owner=sole_owner).run())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _claim(workshop: Workshop, owner: str = "worker") -> JobRow | None:
    async with workshop.database.writing() as session:
        return await repository.claim_next(
            session,
            kinds=[workshop.handler.kind],
            owner=owner,
            now=workshop.clock.now(),
            lease=LEASE,
            postgres=not workshop.database.is_sqlite,
        )


async def test_an_organisation_with_many_jobs_does_not_keep_another_waiting(workshop: Workshop) -> None:
    for _ in range(4):
        await workshop.enqueue(workshop.ann)
    await workshop.enqueue(workshop.bob)
    await workshop.enqueue(workshop.bob)
    order: list[str] = []
    for _ in range(6):
        job = await _claim(workshop)
        assert job is not None
        order.append(job.organisation_id)
        workshop.clock.advance(1)
        async with workshop.database.writing() as session:
            row = await repository.get_job(session, OrganisationId(job.organisation_id), JobId(job.id))
            assert row is not None
            await workshop.jobs.end(session, row, JobStatus.SUCCEEDED, None)
    assert order == ["org_ann", "org_bob", "org_ann", "org_bob", "org_ann", "org_ann"]


async def test_the_organisation_with_the_fewest_jobs_in_work_comes_first(workshop: Workshop) -> None:
    for principal in (workshop.ann, workshop.ann, workshop.ann, workshop.bob):
        await workshop.enqueue(principal)
    claimed = [await _claim(workshop) for _ in range(4)]
    assert [job.organisation_id for job in claimed if job] == ["org_ann", "org_bob", "org_ann", "org_ann"]
    assert await _claim(workshop) is None


async def test_jobs_of_one_organisation_come_in_the_order_of_their_making(workshop: Workshop) -> None:
    made = [await workshop.enqueue(workshop.ann) for _ in range(4)]
    claimed = [await _claim(workshop) for _ in range(4)]
    assert [job.id for job in claimed if job] == made


async def test_workers_who_claim_at_the_same_moment_never_get_the_same_job(workshop: Workshop) -> None:
    made = {await workshop.enqueue(workshop.ann) for _ in range(8)}
    claimed = await asyncio.gather(*(_claim(workshop, f"worker {n}") for n in range(8)))
    got = [job.id for job in claimed if job is not None]
    assert len(got) == len(set(got))
    while (job := await _claim(workshop)) is not None:
        got.append(job.id)
    assert sorted(got) == sorted(made)


async def test_a_silent_workers_job_is_given_to_another_who_fences_the_first_off(workshop: Workshop) -> None:
    await workshop.enqueue(workshop.ann)
    first = await _claim(workshop, "first")
    assert first is not None
    early = repository.claimed(first)
    assert await _claim(workshop, "second") is None, "the lease holds"
    workshop.clock.advance(31)
    second = await _claim(workshop, "second")
    assert second is not None
    late = repository.claimed(second)
    assert late.token == early.token + 1
    expires = workshop.clock.now() + LEASE
    with pytest.raises(LeaseLost):
        async with workshop.database.writing() as session:
            await repository.renew_lease(session, early, expires_at=expires)
    async with workshop.database.writing() as session:
        await repository.renew_lease(session, late, expires_at=expires)


async def test_a_cancel_is_told_at_the_next_write(workshop: Workshop) -> None:
    job_id = await workshop.enqueue(workshop.ann)
    row = await _claim(workshop)
    assert row is not None
    await workshop.jobs.cancel(workshop.ann, job_id)
    with pytest.raises(JobCancelled):
        async with workshop.database.writing() as session:
            await repository.renew_lease(session, repository.claimed(row), expires_at=workshop.clock.now() + LEASE)


async def test_all_steps_are_run_in_order_with_true_counts(workshop: Workshop) -> None:
    async def count(step: str, context: StepContext) -> None:
        for done in range(6):
            await context.progress(done, 5)

    workshop.handler.work = count
    job_id = await workshop.enqueue(workshop.ann)
    async with working(workshop):
        job = await workshop.until(job_id, JobStatus.SUCCEEDED)
    assert workshop.handler.ran == ["first", "second"]
    assert [(step.status, step.done, step.total) for step in job.steps] == [(StepStatus.DONE, 5, 5)] * 2
    assert workshop.handler.statuses == [JobStatus.RUNNING, JobStatus.SUCCEEDED]
    assert job.error is None


async def test_a_refusal_ends_the_job_at_once_with_its_reason(workshop: Workshop) -> None:
    async def refuse(step: str, context: StepContext) -> None:
        raise InvalidInput("This cannot be read.", code="unreadable")

    workshop.handler.work = refuse
    job_id = await workshop.enqueue(workshop.ann)
    async with working(workshop):
        job = await workshop.until(job_id, JobStatus.FAILED)
    assert workshop.handler.ran == ["first"]
    assert job.error is not None
    assert (job.error.code, job.error.message) == ("unreadable", "This cannot be read.")
    assert [step.status for step in job.steps] == [StepStatus.FAILED, StepStatus.WAITING]


@pytest.mark.parametrize("fault", [Unavailable("The store is away."), RuntimeError("a fault of ours"), TimeoutError()])
async def test_any_other_fault_is_tried_again_later_and_then_given_up(workshop: Workshop, fault: Exception) -> None:
    async def fail(step: str, context: StepContext) -> None:
        raise fault

    workshop.handler.work = fail
    job_id = await workshop.enqueue(workshop.ann)
    waits: list[float] = []
    async with working(workshop):
        for attempt in (1, 2):

            async def look(attempt: int = attempt) -> object:
                job = await workshop.jobs.get(workshop.ann, job_id)
                return job if job.status is JobStatus.QUEUED and job.attempt == attempt else None

            await wait_for_async(look, f"try {attempt} to fail")
            job = await workshop.jobs.get(workshop.ann, job_id)
            assert job.retry_at is not None
            waits.append((job.retry_at - workshop.clock.now()).total_seconds())
            assert workshop.handler.ran == ["first"] * attempt, "nothing is tried before its time"
            workshop.clock.advance(600)
            workshop.jobs.announce(workshop.ann)
        job = await workshop.until(job_id, JobStatus.FAILED)
    assert workshop.handler.ran == ["first"] * 3
    assert 1 <= waits[0] <= 3 <= waits[1] <= 5, "the pause doubles"
    assert job.error is not None
    assert "a fault of ours" not in job.error.message, "what broke inside is for the log"


async def test_a_finished_step_gives_the_next_one_all_its_tries(workshop: Workshop) -> None:
    tries: list[str] = []

    async def fail_twice_each(step: str, context: StepContext) -> None:
        tries.append(step)
        if tries.count(step) < 3:
            raise Unavailable("Not yet.")

    workshop.handler.work = fail_twice_each
    job_id = await workshop.enqueue(workshop.ann)
    async with working(workshop):

        async def look() -> bool:
            workshop.clock.advance(600)
            workshop.jobs.announce(workshop.ann)
            return (await workshop.jobs.get(workshop.ann, job_id)).status is JobStatus.SUCCEEDED

        await wait_for_async(look, "the job to succeed")
    assert tries == ["first"] * 3 + ["second"] * 3


async def test_a_step_that_takes_too_long_is_broken_off(workshop: Workshop) -> None:
    async def sleep(step: str, context: StepContext) -> None:
        await asyncio.Event().wait()

    workshop.handler.work = sleep
    workshop.handler.steps = tuple(type(step)(step.name, step.unit, 0.05) for step in workshop.handler.steps)
    job_id = await workshop.enqueue(workshop.ann)
    async with working(workshop):

        async def look() -> object:
            job = await workshop.jobs.get(workshop.ann, job_id)
            return job.error if job.attempt == 1 and job.error else None

        assert (await wait_for_async(look, "the first try to end")).code == "step_timeout"  # type: ignore[attr-defined]


async def test_a_running_job_is_cancelled_at_once_and_the_runner_goes_on(workshop: Workshop) -> None:
    begun, ended = asyncio.Event(), asyncio.Event()

    async def wait(step: str, context: StepContext) -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    workshop.handler.work = wait
    job_id = await workshop.enqueue(workshop.ann)
    async with working(workshop):
        await begun.wait()
        await workshop.jobs.cancel(workshop.ann, job_id)
        job = await workshop.until(job_id, JobStatus.CANCELLED)
        assert ended.is_set()
        assert job.error is not None
        assert job.error.code == "cancelled"
        workshop.handler.work = nothing
        await workshop.until(await workshop.enqueue(workshop.ann), JobStatus.SUCCEEDED)


async def test_a_waiting_job_is_cancelled_without_ever_running(workshop: Workshop) -> None:
    job_id = await workshop.enqueue(workshop.ann)
    assert (await workshop.jobs.cancel(workshop.ann, job_id)).status is JobStatus.CANCELLED
    async with working(workshop):
        await workshop.until(await workshop.enqueue(workshop.ann), JobStatus.SUCCEEDED)
    assert workshop.handler.ran == ["first", "second"]


async def test_a_stopped_runner_gives_the_job_back_and_the_try_does_not_count(workshop: Workshop) -> None:
    begun = asyncio.Event()

    async def wait_in_second(step: str, context: StepContext) -> None:
        if step == "second":
            begun.set()
            await asyncio.Event().wait()

    workshop.handler.work = wait_in_second
    job_id = await workshop.enqueue(workshop.ann)
    async with working(workshop):
        await begun.wait()
    job = await workshop.jobs.get(workshop.ann, job_id)
    assert (job.status, job.attempt) == (JobStatus.QUEUED, 0)
    workshop.handler.work = nothing
    async with working(workshop):
        await workshop.until(job_id, JobStatus.SUCCEEDED)
    assert workshop.handler.ran == ["first", "second", "second"], "a done step is never run again"


async def test_a_stop_that_comes_together_with_news_stops_all_the_same(workshop: Workshop) -> None:
    for _ in range(20):
        task = asyncio.create_task(workshop.runner().run())
        await asyncio.sleep(0.01)
        workshop.jobs.announce(workshop.ann)
        task.cancel()
        with suppress(asyncio.CancelledError):
            async with asyncio.timeout(10):
                await task
        assert task.done()


async def test_the_sole_owner_of_a_folder_takes_over_at_once_what_its_dead_forerunner_held(workshop: Workshop) -> None:
    job_id = await workshop.enqueue(workshop.ann)
    assert await _claim(workshop, "dead") is not None
    async with working(workshop, sole_owner=True):
        await workshop.until(job_id, JobStatus.SUCCEEDED)


async def test_a_job_whose_worker_died_too_often_is_given_up(workshop: Workshop) -> None:
    job_id = await workshop.enqueue(workshop.ann)
    for _ in range(3):
        assert await _claim(workshop, "dies") is not None
        workshop.clock.advance(31)
    async with working(workshop):
        job = await workshop.until(job_id, JobStatus.FAILED)
    assert job.error is not None
    assert job.error.code == "worker_died"
    assert workshop.handler.ran == []
    assert (await workshop.jobs.retry(workshop.ann, job_id)).status is JobStatus.QUEUED
    async with working(workshop):
        await workshop.until(job_id, JobStatus.SUCCEEDED)


async def test_no_more_jobs_run_at_once_than_allowed(workshop: Workshop) -> None:
    running = most = 0
    two_run, may_end = asyncio.Event(), asyncio.Event()

    async def count(step: str, context: StepContext) -> None:
        nonlocal running, most
        running += 1
        most = max(most, running)
        if running == 2:
            two_run.set()
        await may_end.wait()
        running -= 1

    workshop.handler.work = count
    made = [await workshop.enqueue(workshop.ann) for _ in range(6)]
    async with working(workshop, concurrency=2):
        await asyncio.wait_for(two_run.wait(), 60)
        for _ in range(20):  # The runner has every occasion to begin a third.
            workshop.jobs.announce(workshop.ann)
            await workshop.jobs.counts()
        assert most == 2
        may_end.set()
        for job_id in made:
            await workshop.until(job_id, JobStatus.SUCCEEDED)
    assert most == 2


async def test_another_organisations_job_is_not_found_whatever_is_asked_of_it(workshop: Workshop) -> None:
    job_id = await workshop.enqueue(workshop.ann)
    for ask in (workshop.jobs.get, workshop.jobs.cancel, workshop.jobs.retry):
        with pytest.raises(NotFound):
            await ask(workshop.bob, job_id)
    page = await workshop.jobs.list_jobs(workshop.bob, status=None, cursor=None, limit=10)
    assert page.items == ()


async def test_only_what_failed_or_was_cancelled_can_be_retried(workshop: Workshop) -> None:
    job_id = await workshop.enqueue(workshop.ann)
    with pytest.raises(Conflict):
        await workshop.jobs.retry(workshop.ann, job_id)


async def test_the_feed_is_numbered_without_gaps_for_each_organisation_alone(workshop: Workshop) -> None:
    async def enqueue_many(principal: object) -> None:
        for _ in range(5):
            await workshop.enqueue(principal)  # type: ignore[arg-type]

    await asyncio.gather(*(enqueue_many(principal) for principal in (workshop.ann, workshop.bob, workshop.ann)))
    for principal, count in ((workshop.ann, 10), (workshop.bob, 5)):
        found = await workshop.feed.read(principal, after=0, limit=100)
        assert [event.seq for event in found.events] == list(range(1, count + 1))
        later = await workshop.feed.read(principal, after=count - 2, limit=100)
        assert [event.seq for event in later.events] == [count - 1, count]
    assert (await workshop.feed.read(workshop.ann, after=10, limit=100)).last_seq == 10


async def test_a_job_of_a_kind_that_this_release_does_not_know_keeps_no_other_waiting(workshop: Workshop) -> None:
    unknown = await workshop.enqueue(workshop.ann)
    async with workshop.database.writing() as session:
        await session.execute(update(JobRow).where(JobRow.id == unknown).values(kind="of a later release"))
    known = [await workshop.enqueue(principal) for principal in (workshop.ann, workshop.bob)]
    async with working(workshop):
        await workshop.until(known[0], JobStatus.SUCCEEDED)
        await workshop.until(known[1], JobStatus.SUCCEEDED, workshop.bob)
    assert (await workshop.jobs.get(workshop.ann, unknown)).status is JobStatus.QUEUED


async def test_a_job_that_is_retried_by_many_at_once_is_queued_once(workshop: Workshop) -> None:
    job_id = await workshop.enqueue(workshop.ann)
    async with workshop.database.writing() as session:
        row = await repository.get_job(session, workshop.ann.organisation_id, job_id)
        assert row is not None
        await workshop.jobs.end(session, row, JobStatus.FAILED, None)
    tries = await asyncio.gather(*(workshop.jobs.retry(workshop.ann, job_id) for _ in range(5)), return_exceptions=True)
    assert sorted(isinstance(each, Conflict) for each in tries) == [False, True, True, True, True]
