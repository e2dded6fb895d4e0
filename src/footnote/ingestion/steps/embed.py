"""embed: a vector for every chunk that has none yet; each batch is its own checkpoint."""

from footnote.documents.service.storing import VersionInWork
from footnote.jobs.ports import StepContext
from footnote.retrieval.ports import Embedder
from footnote.retrieval.store import ChunkStore

_BATCH = 32


class EmbedStep:
    """Batches never mix documents, and the embedder takes each text alone, so a vector depends on its text only."""

    def __init__(self, chunks: ChunkStore, embedder: Embedder) -> None:
        self._chunks = chunks
        self._embedder = embedder

    async def run(self, context: StepContext, version: VersionInWork) -> None:
        principal, key = context.job.principal, self._embedder.identity.key
        total, done = await self._chunks.counts(principal, version.id, key)
        await context.progress(done, total)
        while batch := await self._chunks.without_vector(principal, version.id, key, limit=_BATCH):
            vectors = await self._embedder.embed_passages([text for _, text in batch])
            async with context.writing() as session:
                await self._chunks.add_vectors(session, key, [chunk_id for chunk_id, _ in batch], vectors)
            done += len(batch)
            await context.progress(done, total)
            if len(batch) < _BATCH:
                return
