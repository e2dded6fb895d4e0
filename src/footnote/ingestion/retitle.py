"""The job that embeds a document anew after its title changed: the title stands before every chunk that is embedded."""

from sqlalchemy.ext.asyncio import AsyncSession

from footnote.documents.service.storing import StoringService
from footnote.ingestion.steps.chunk import ChunkStep
from footnote.jobs.ports import ClaimedJob, StepContext, StepSpec
from footnote.jobs.schemas import JobStatus, Problem
from footnote.kit.ids import DocumentId
from footnote.retrieval.outbox import IndexOutbox
from footnote.retrieval.ports import Embedder, Vector
from footnote.retrieval.store import ChunkStore

RETITLE = "retitle"
_BATCH = 16


class RetitleHandler:
    """Nothing is parsed again. The old chunks answer until all new ones have their vectors."""

    kind = RETITLE
    steps = (StepSpec("embed", "chunks", timeout_seconds=12 * 3600),)

    def __init__(
        self, storing: StoringService, chunking: ChunkStep, chunks: ChunkStore, embedder: Embedder, outbox: IndexOutbox
    ) -> None:
        self._storing = storing
        self._chunking = chunking
        self._chunks = chunks
        self._embedder = embedder
        self._outbox = outbox

    async def run_step(self, step: str, context: StepContext) -> None:
        principal = context.job.principal
        assert context.job.document_id is not None, "a retitle job names its document"
        version = await self._storing.current(principal, DocumentId(context.job.document_id))
        if version is None:
            return
        made = await self._chunking.made(principal, version)
        vectors: list[Vector] = []
        await context.progress(0, len(made))
        for start in range(0, len(made), _BATCH):
            texts = [chunk.embedding_text for chunk in made[start : start + _BATCH]]
            vectors.append(await self._embedder.embed_passages(texts))
            await context.progress(min(start + _BATCH, len(made)), len(made))
        total_before, _ = await self._chunks.counts(principal, version.id, self._embedder.identity.key)
        async with context.writing() as session:
            answers, _ = await self._storing.make_current(session, principal, version.id)
            if not answers:
                # A newer version, whose chunks have the new title, answers by now.
                return
            ids = await self._chunks.replace(session, principal, version.document_id, version.id, made, keeps_ids=True)
            for start, batch in enumerate(vectors):
                await self._chunks.add_vectors(
                    session,
                    principal,
                    self._embedder.identity.key,
                    ids[start * _BATCH : start * _BATCH + len(batch)],
                    batch,
                )
            if len(made) < total_before:
                await self._outbox.write(session, principal, "remove_version", version_id=version.id)
            await self._outbox.write(session, principal, "upsert_version", version_id=version.id)
        await self._outbox.drain(principal.organisation_id)

    async def status_changed(
        self, session: AsyncSession, job: ClaimedJob, status: JobStatus, problem: Problem | None
    ) -> None:
        """The document's own status does not change: it answers all the time."""
