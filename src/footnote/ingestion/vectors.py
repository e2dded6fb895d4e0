"""Embedding the chunks that the embedder has not seen yet; each batch of vectors is its own checkpoint."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable
from contextlib import aclosing
from dataclasses import dataclass

from footnote.jobs.ports import StepContext
from footnote.kit.ids import ChunkId, VersionId
from footnote.kit.principal import Principal
from footnote.retrieval.ports import Embedder, Vector
from footnote.retrieval.store import ChunkStore, ChunkToEmbed

_BATCH = 16
_IN_FLIGHT = 3
"""Batches at work at once: one for each of two embedding children, and one so that neither waits for the database."""


@dataclass(frozen=True, slots=True, eq=False)
class _Batch:
    chunk_ids: list[ChunkId]
    vectors: asyncio.Task[Vector]


class VectorMaker:
    """Batches never mix documents, and the embedder takes each text alone, so a vector depends on its text only."""

    def __init__(self, chunks: ChunkStore, embedder: Embedder) -> None:
        self._chunks = chunks
        self._embedder = embedder

    async def counts(self, principal: Principal, version_ids: Iterable[VersionId]) -> tuple[int, int]:
        """Return how many chunks the versions have together, and how many of them the embedder has seen."""
        total = done = 0
        for version_id in version_ids:
            chunks, vectors = await self._chunks.counts(principal, version_id, self._embedder.identity.key)
            total, done = total + chunks, done + vectors
        return total, done

    async def make_missing(
        self,
        context: StepContext,
        version_ids: Iterable[VersionId],
        advanced: Callable[[int], Awaitable[None]] | None = None,
    ) -> None:
        """Give every chunk of the versions its vector. advanced: told after each batch how many chunks that were."""
        working: deque[_Batch] = deque()
        async with aclosing(self._texts(context.job.principal, version_ids)) as batches:
            try:
                while await self._begin_next(batches, working):
                    batch = working[0]
                    vectors = await batch.vectors
                    async with context.writing() as session:
                        key = self._embedder.identity.key
                        await self._chunks.add_vectors(session, context.job.principal, key, batch.chunk_ids, vectors)
                    working.popleft()
                    if advanced is not None:
                        await advanced(len(batch.chunk_ids))
            finally:
                for batch in working:
                    batch.vectors.cancel()
                await asyncio.gather(*(batch.vectors for batch in working), return_exceptions=True)

    async def _begin_next(self, batches: AsyncGenerator[list[ChunkToEmbed]], working: deque[_Batch]) -> bool:
        """Start embedding the next batches, up to the number that may be at work; tell whether any is."""
        while len(working) < _IN_FLIGHT and (chunks := await anext(batches, None)):
            vectors = asyncio.create_task(self._embedder.embed_passages([chunk.embedding_text for chunk in chunks]))
            working.append(_Batch([chunk.id for chunk in chunks], vectors))
        return bool(working)

    async def _texts(
        self, principal: Principal, version_ids: Iterable[VersionId]
    ) -> AsyncGenerator[list[ChunkToEmbed]]:
        for version_id in version_ids:
            after = -1
            while chunks := await self._chunks.without_vector(
                principal, version_id, self._embedder.identity.key, after=after, limit=_BATCH
            ):
                yield chunks
                after = chunks[-1].ordinal
