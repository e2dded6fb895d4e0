"""index: the version answers from now on; the change reaches the index through the outbox before the job is done."""

from sqlalchemy.ext.asyncio import AsyncSession

from footnote.documents.service.storing import StoringService, VersionInWork
from footnote.ingestion.vectors import VectorMaker
from footnote.jobs.ports import StepContext
from footnote.kit.ids import VersionId
from footnote.retrieval.outbox import IndexOutbox
from footnote.retrieval.store import ChunkStore


class IndexStep:
    """One transaction makes the version current, hands it to the index and takes the earlier one out."""

    def __init__(self, storing: StoringService, chunks: ChunkStore, outbox: IndexOutbox, vectors: VectorMaker) -> None:
        self._storing = storing
        self._chunks = chunks
        self._outbox = outbox
        self._vectors = vectors

    async def run(self, context: StepContext, version: VersionInWork) -> None:
        principal = context.job.principal
        # The server may have been started with another embedder since the step before.
        await self._vectors.make_missing(context, [version.id])
        total, _ = await self._vectors.counts(principal, [version.id])
        async with context.writing() as session:
            await self._publish(session, context, version)
        await self._outbox.drain(principal.organisation_id)
        await context.progress(total, total)

    async def _publish(self, session: AsyncSession, context: StepContext, version: VersionInWork) -> None:
        principal = context.job.principal
        answers, previous = await self._storing.make_current(session, principal, version.id)
        if not answers:
            # A newer version was read first; this one is kept for reading, not for finding.
            await self._chunks.drop_version(session, context.job.principal, version.id)
            return
        await self._outbox.write(session, principal, "upsert_version", version_id=version.id)
        if previous is not None:
            await self._outbox.write(session, principal, "remove_version", version_id=previous)
            await self._chunks.drop_version(session, context.job.principal, VersionId(previous))
