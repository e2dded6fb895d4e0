"""What the library needs from outside, and what it asks of the domains above it."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncSession

from footnote.kit.ids import DocumentId, OrganisationId, VersionId
from footnote.kit.principal import Principal


@dataclass(frozen=True, slots=True)
class StagedBlob:
    """A received file that is not yet part of the library."""

    path: Path
    sha256: str
    size_bytes: int


class BlobStore(Protocol):
    """Keeps files by organisation and content hash, so the same content is kept once an organisation."""

    async def stage(self, chunks: AsyncIterator[bytes], *, limit_bytes: int) -> StagedBlob:
        """Write the stream to a private temporary file; TooLarge beyond the limit, leaving nothing behind."""
        ...

    async def publish(self, organisation_id: OrganisationId, staged: StagedBlob) -> None:
        """Make the staged file durable under its hash; a file that is there already is left as it is."""
        ...

    async def discard(self, staged: StagedBlob) -> None:
        """Remove the temporary file; no error when it is gone."""
        ...

    def open_path(self, organisation_id: OrganisationId, sha256: str) -> AbstractAsyncContextManager[Path]:
        """Lend the file as a local path for as long as the block runs; NotFound when it is not kept."""
        ...

    async def delete(self, organisation_id: OrganisationId, sha256: str) -> int:
        """Remove the file and return how many bytes that freed; 0 when it was gone."""
        ...


class MediaTypeDetector(Protocol):
    """Tells a file's kind by its content."""

    async def detect(self, path: Path, filename: str) -> str:
        """Return the media type; UnsupportedFormat when no parser reads it, InvalidInput `empty_document` for none."""
        ...


class PageRenderer(Protocol):
    """Draws pages."""

    async def render(self, path: Path, media_type: str, page: int, *, scale: float) -> bytes:
        """Return one page as PNG, `scale` pixels per point."""
        ...


class ErasureParticipant(Protocol):
    """A domain that keeps something made from documents; it removes that with them."""

    async def erase_document(
        self, session: AsyncSession, principal: Principal, document_id: DocumentId, version_ids: Sequence[VersionId]
    ) -> dict[str, int]:
        """Remove the domain's rows inside the deleting transaction; return what was removed, by kind."""
        ...

    async def finish_erasure(self, principal: Principal, document_id: DocumentId) -> dict[str, int]:
        """Remove what stands outside the database, after the commit; return what was removed, by kind."""
        ...
