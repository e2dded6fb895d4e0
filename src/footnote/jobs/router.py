"""Routes of jobs and of the change feed."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from sse_starlette import EventSourceResponse, ServerSentEvent

from footnote.jobs.events import ChangeFeed, topic
from footnote.jobs.schemas import EventList, Job, JobList, JobStatus
from footnote.jobs.service import JobService
from footnote.kit.events import EventBus
from footnote.kit.http import Paging, PrincipalDep, problem_responses, provided
from footnote.kit.ids import JobId
from footnote.kit.principal import Principal
from footnote.kit.sse import MAX_SEQ, event, event_stream, resume_point

router = APIRouter(tags=["jobs"], responses=problem_responses())
Jobs = Annotated[JobService, Depends(provided(JobService))]
Feed = Annotated[ChangeFeed, Depends(provided(ChangeFeed))]
_BATCH = 200
_LOOK_AGAIN_SECONDS = 2.0


@router.get("/jobs")
async def list_jobs(
    principal: PrincipalDep, jobs: Jobs, paging: Annotated[Paging, Query()], status: JobStatus | None = None
) -> JobList:
    """List jobs, newest first."""
    page = await jobs.list_jobs(principal, status=status, cursor=paging.cursor, limit=paging.limit)
    return JobList(items=list(page.items), next_cursor=page.next_cursor)


@router.get("/jobs/{job_id}", responses=problem_responses(404))
async def get_job(principal: PrincipalDep, jobs: Jobs, job_id: str) -> Job:
    """Return one job."""
    return await jobs.get(principal, JobId(job_id))


@router.post("/jobs/{job_id}/cancel", responses=problem_responses(404))
async def cancel_job(principal: PrincipalDep, jobs: Jobs, job_id: str) -> Job:
    """End a waiting or running job."""
    return await jobs.cancel(principal, JobId(job_id))


@router.post("/jobs/{job_id}/retry", responses=problem_responses(404, 409))
async def retry_job(principal: PrincipalDep, jobs: Jobs, job_id: str) -> Job:
    """Queue a failed or cancelled job again; it goes on at the step where it stopped."""
    return await jobs.retry(principal, JobId(job_id))


@router.get("/events/poll")
async def poll_events(
    principal: PrincipalDep,
    feed: Feed,
    after: Annotated[int, Query(ge=0, le=MAX_SEQ)] = 0,
    limit: Annotated[int, Query(ge=1, le=500)] = 200,
) -> EventList:
    """Return what changed after a number; the fall-back where streams do not pass."""
    return await feed.read(principal, after=after, limit=limit)


@router.get(
    "/events",
    response_class=EventSourceResponse,
    responses={200: {"content": {"text/event-stream": {"schema": {"$ref": "#/components/schemas/Event"}}}}},
)
async def stream_events(
    request: Request,
    principal: PrincipalDep,
    feed: Feed,
    bus: Annotated[EventBus, Depends(provided(EventBus))],
    after: Annotated[int | None, Query(ge=0, le=MAX_SEQ)] = None,
) -> EventSourceResponse:
    """Stream what changes in the organisation; without `after` or Last-Event-ID from now on."""
    position = resume_point(request, after)
    if position is None:
        position = await feed.last_seq(principal)
    return event_stream(_follow(principal, feed, bus, position))


async def _follow(principal: Principal, feed: ChangeFeed, bus: EventBus, after: int) -> AsyncIterator[ServerSentEvent]:
    with bus.listen(topic(principal.organisation_id)) as news:
        while not bus.is_closed:
            found = await feed.read(principal, after=after, limit=_BATCH)
            for item in found.events:
                yield event(item.model_dump(mode="json", exclude_none=True), seq=item.seq, name=item.type.split(".")[0])
            after = found.last_seq
            if len(found.events) < _BATCH:
                await news.wait(_LOOK_AGAIN_SECONDS)
