"""The job that builds an organisation's search index anew beside the serving one, and switches when it is complete."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from footnote.documents.service.storing import StoringService
from footnote.ingestion.vectors import VectorMaker
from footnote.jobs.ports import ClaimedJob, StepContext, StepSpec
from footnote.jobs.schemas import JobStatus, Problem
from footnote.kit.errors import Unavailable
from footnote.kit.ids import VersionId
from footnote.retrieval.index_versions import IndexVersion, IndexVersions
from footnote.retrieval.outbox import IndexOutbox

REINDEX = "reindex"


class ReindexHandler:
    """The job's subject is the index version that it makes, so that a resumed job knows its own.

    Only what the configured embedder has never seen is embedded: nothing, unless the embedder was changed. Every step
    makes up for what the steps before it did not see: documents that came since, or yet another embedder.
    """

    kind = REINDEX
    steps = (
        StepSpec("embed", "chunks", timeout_seconds=48 * 3600),
        StepSpec("build", "documents", timeout_seconds=6 * 3600),
        StepSpec("switch", "documents", timeout_seconds=6 * 3600),
    )

    def __init__(
        self, storing: StoringService, versions: IndexVersions, outbox: IndexOutbox, vectors: VectorMaker
    ) -> None:
        self._storing = storing
        self._versions = versions
        self._outbox = outbox
        self._vectors = vectors

    async def run_step(self, step: str, context: StepContext) -> None:
        assert context.job.subject_id is not None, "a rebuild names the index version that it makes"
        building = await self._outbox.begin_building(context.job.principal.organisation_id, context.job.subject_id)
        if building.status != "building":
            # The process ended between the switch and the note that it was done.
            return
        current = await self._storing.current_versions(context.job.principal)
        if step == "embed":
            await self._embed(context, current)
            return
        await self._vectors.make_missing(context, current)
        if step == "build":
            await self._build(context, building, current)
        else:
            await self._complete(context, building, current)
            await self._outbox.switch_to(context.job.principal.organisation_id, building)

    async def status_changed(
        self, session: AsyncSession, job: ClaimedJob, status: JobStatus, problem: Problem | None
    ) -> None:
        """Give up the half-built index of a rebuild that ended without success; vectors are kept for the next one."""
        if status in (JobStatus.FAILED, JobStatus.CANCELLED) and job.subject_id is not None:
            await self._versions.abandon(session, job.subject_id)

    async def _embed(self, context: StepContext, current: Sequence[VersionId]) -> None:
        total, done = await self._vectors.counts(context.job.principal, current)
        await context.progress(done, total)

        async def advanced(count: int) -> None:
            nonlocal done
            done += count
            await context.progress(done, total)

        await self._vectors.make_missing(context, current, advanced)

    async def _build(self, context: StepContext, building: IndexVersion, current: Sequence[VersionId]) -> None:
        for done, version_id in enumerate(current, start=1):
            await self._outbox.add_version_to(context.job.principal.organisation_id, building, version_id)
            await context.progress(done, len(current))

    async def _complete(self, context: StepContext, building: IndexVersion, current: Sequence[VersionId]) -> None:
        organisation_id = context.job.principal.organisation_id
        for done, version_id in enumerate(current, start=1):
            if await self._outbox.is_incomplete(organisation_id, building, version_id):
                await self._outbox.add_version_to(organisation_id, building, version_id)
                if await self._outbox.is_incomplete(organisation_id, building, version_id):
                    raise Unavailable("The new index did not take all chunks of a document.", code="index_incomplete")
            await context.progress(done, len(current))
