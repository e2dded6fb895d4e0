"""chunk: the text to chunks with spans and boxes, stored in place of whatever a broken-off try left."""

from footnote.documents.service.storing import StoringService, VersionInWork
from footnote.ingestion.ports import ChunkRequest, DocumentShaper
from footnote.jobs.ports import StepContext
from footnote.kit.errors import InvalidInput
from footnote.kit.principal import Principal
from footnote.retrieval.chunks import NewChunk
from footnote.retrieval.store import ChunkStore


class ChunkStep:
    """Cuts the version by the preset of its collection, else of the installation, else of its kind."""

    def __init__(
        self, storing: StoringService, shaper: DocumentShaper, chunks: ChunkStore, *, default_preset: str
    ) -> None:
        self._storing = storing
        self._shaper = shaper
        self._chunks = chunks
        self._default_preset = default_preset

    async def run(self, context: StepContext, version: VersionInWork) -> None:
        principal = context.job.principal
        chunks = await self.made(principal, version)
        async with context.writing() as session:
            await self._chunks.replace(session, principal, version.document_id, version.id, chunks)
        await context.progress(len(chunks), len(chunks))

    async def made(self, principal: Principal, version: VersionInWork) -> list[NewChunk]:
        """Return the version's chunks without storing them; InvalidInput `no_text_found` if there are none."""
        request = ChunkRequest(
            text=await self._storing.text(principal, version.id),
            title=version.title,
            language=version.language,
            preset=self._preset(version),
            blocks=list(await self._storing.blocks(principal, version.id)),
            words=await self._storing.encoded_words(principal, version.id),
            has_pages=bool(version.has_pages),
        )
        chunks = await self._shaper.chunk(request)
        if not chunks:
            raise InvalidInput("No text was found in this file.", code="no_text_found")
        return chunks

    def _preset(self, version: VersionInWork) -> str:
        for choice in (version.preset, self._default_preset):
            if choice != "auto":
                return choice
        return "pdf" if version.has_pages else "kb"
