"""embed: a vector for every chunk that has none yet; each batch is its own checkpoint."""

import asyncio
from collections import deque
from dataclasses import dataclass

from footnote.documents.service.storing import VersionInWork
from footnote.jobs.ports import StepContext
from footnote.kit.ids import ChunkId
from footnote.retrieval.ports import Embedder, Vector
from footnote.retrieval.store import ChunkStore

_BATCH = 16
_IN_FLIGHT = 3
"""Batches at work at once: one for each of two embedding children, and one so that neither waits for the database."""


@dataclass(frozen=True, slots=True, eq=False)
class _Batch:
    chunk_ids: list[ChunkId]
    last_ordinal: int
    vectors: asyncio.Task[Vector]


class EmbedStep:
    """Batches never mix documents, and the embedder takes each text alone, so a vector depends on its text only."""

    def __init__(self, chunks: ChunkStore, embedder: Embedder) -> None:
        self._chunks = chunks
        self._embedder = embedder

    async def run(self, context: StepContext, version: VersionInWork) -> None:
        principal, key = context.job.principal, self._embedder.identity.key
        total, done = await self._chunks.counts(principal, version.id, key)
        await context.progress(done, total)
        working: deque[_Batch] = deque()
        try:
            while await self._begin_next(context, version, working):
                batch = working[0]
                vectors = await batch.vectors
                async with context.writing() as session:
                    await self._chunks.add_vectors(session, key, batch.chunk_ids, vectors)
                working.popleft()
                done += len(batch.chunk_ids)
                await context.progress(done, total)
        finally:
            for batch in working:
                batch.vectors.cancel()
            await asyncio.gather(*(batch.vectors for batch in working), return_exceptions=True)

    async def _begin_next(self, context: StepContext, version: VersionInWork, working: deque[_Batch]) -> bool:
        """Start embedding the next batches, up to the number that may be at work; tell whether any is."""
        principal, key = context.job.principal, self._embedder.identity.key
        while len(working) < _IN_FLIGHT:
            after = working[-1].last_ordinal if working else -1
            chunks = await self._chunks.without_vector(principal, version.id, key, after=after, limit=_BATCH)
            if not chunks:
                break
            vectors = asyncio.create_task(self._embedder.embed_passages([chunk.embedding_text for chunk in chunks]))
            working.append(_Batch([chunk.id for chunk in chunks], chunks[-1].ordinal, vectors))
        return bool(working)
