"""embed: a vector for every chunk that has none yet."""

from footnote.documents.service.storing import VersionInWork
from footnote.ingestion.vectors import VectorMaker
from footnote.jobs.ports import StepContext


class EmbedStep:
    """Goes on at the batch where it was broken off."""

    def __init__(self, vectors: VectorMaker) -> None:
        self._vectors = vectors

    async def run(self, context: StepContext, version: VersionInWork) -> None:
        total, done = await self._vectors.counts(context.job.principal, [version.id])
        await context.progress(done, total)

        async def advanced(count: int) -> None:
            nonlocal done
            done += count
            await context.progress(done, total)

        await self._vectors.make_missing(context, [version.id], advanced)
