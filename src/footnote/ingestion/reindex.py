"""The job that builds an organisation's search index anew beside the serving one, and switches when it is complete."""

from sqlalchemy.ext.asyncio import AsyncSession

from footnote.documents.service.storing import StoringService
from footnote.jobs.ports import ClaimedJob, StepContext, StepSpec
from footnote.jobs.schemas import JobStatus, Problem
from footnote.retrieval.outbox import IndexOutbox

REINDEX = "reindex"


class ReindexHandler:
    """No text is embedded again: vectors are the truth's, not the index's."""

    kind = REINDEX
    steps = (
        StepSpec("build", "documents", timeout_seconds=6 * 3600),
        StepSpec("switch", "documents", timeout_seconds=600),
    )

    def __init__(self, storing: StoringService, outbox: IndexOutbox) -> None:
        self._storing = storing
        self._outbox = outbox

    async def run_step(self, step: str, context: StepContext) -> None:
        organisation_id = context.job.principal.organisation_id
        building = await self._outbox.start_building(organisation_id)
        versions = await self._storing.current_versions(context.job.principal)
        if step == "build":
            for done, version_id in enumerate(versions, start=1):
                await self._outbox.add_version_to(organisation_id, building, version_id)
                await context.progress(done, len(versions))
            return
        await self._outbox.switch_to(organisation_id, building)
        await context.progress(len(versions), len(versions))

    async def status_changed(
        self, session: AsyncSession, job: ClaimedJob, status: JobStatus, problem: Problem | None
    ) -> None:
        """Nothing of the library changes with an index."""
