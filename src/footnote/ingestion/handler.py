"""The job that reads one version of a document: its steps, and what its status means for the version."""

from collections.abc import Mapping

from sqlalchemy.ext.asyncio import AsyncSession

from footnote.documents.schemas import DocumentStatus
from footnote.documents.service.storing import StoringService
from footnote.documents.service.uploads import INGEST
from footnote.ingestion.steps import Step
from footnote.jobs.events import ChangeFeed
from footnote.jobs.ports import ClaimedJob, StepContext, StepSpec
from footnote.jobs.schemas import JobStatus, Problem
from footnote.kit.ids import VersionId

_STEPS = (
    StepSpec("parse", "pages", timeout_seconds=6 * 3600),
    StepSpec("structure", "pages", timeout_seconds=1800),
    StepSpec("chunk", "chunks", timeout_seconds=1800),
    StepSpec("embed", "chunks", timeout_seconds=12 * 3600),
    StepSpec("index", "chunks", timeout_seconds=1800),
)
_VERSION_STATUS: Mapping[JobStatus, DocumentStatus] = {
    JobStatus.QUEUED: "queued",
    JobStatus.RUNNING: "processing",
    JobStatus.SUCCEEDED: "ready",
    JobStatus.FAILED: "failed",
    JobStatus.CANCELLED: "cancelled",
}


class IngestHandler:
    """parse -> structure -> chunk -> embed -> index; one object a step, each with its own checkpoint."""

    kind = INGEST
    steps = _STEPS

    def __init__(self, storing: StoringService, feed: ChangeFeed, steps: Mapping[str, Step]) -> None:
        self._storing = storing
        self._feed = feed
        self._step_of = steps

    async def run_step(self, step: str, context: StepContext) -> None:
        job = context.job
        assert job.subject_id is not None, "an ingest job names its version"
        version = await self._storing.in_work(job.principal, VersionId(job.subject_id))
        await self._step_of[step].run(context, version)

    async def status_changed(
        self, session: AsyncSession, job: ClaimedJob, status: JobStatus, problem: Problem | None
    ) -> None:
        assert job.subject_id is not None, "an ingest job names its version"
        shown = problem if status in (JobStatus.FAILED, JobStatus.CANCELLED) else None
        await self._storing.set_status(
            session, job.principal, VersionId(job.subject_id), _VERSION_STATUS[status], shown
        )
        await self._feed.append(session, job.principal.organisation_id, "document.updated", document_id=job.document_id)
