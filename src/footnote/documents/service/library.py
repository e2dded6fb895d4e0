"""Listing, reading and changing documents."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import undefer

from footnote.db.engine import Database
from footnote.db.statements import is_of
from footnote.documents import repository
from footnote.documents.layout import StoredBlock, decode_words
from footnote.documents.models import DocumentRow, PageRow, VersionRow
from footnote.documents.ports import BlobStore, PageRenderer
from footnote.documents.schemas import (
    BoxOut,
    Document,
    DocumentChange,
    DocumentList,
    DocumentStatus,
    PageOut,
    VersionList,
    VersionText,
    WordOut,
)
from footnote.documents.service.present import display_title, present_document, present_documents, present_version
from footnote.jobs.events import ChangeFeed
from footnote.jobs.service import JobService
from footnote.kit.clock import Clock
from footnote.kit.errors import Conflict, NotFound
from footnote.kit.ids import CollectionId, DocumentId, VersionId
from footnote.kit.pagination import decode_cursor, encode_cursor, paginate
from footnote.kit.principal import Principal, Scope


@dataclass(frozen=True, slots=True)
class DocumentFile:
    """A lent original: valid while the context that gave it is open."""

    path: Path
    filename: str
    media_type: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class DocumentNames:
    """What a document is called, and the version that answers for it."""

    filename: str
    title: str
    current_version_id: VersionId


@dataclass(frozen=True, slots=True)
class VersionContent:
    """A version's text and blocks, for making renditions."""

    document_id: DocumentId
    version_id: VersionId
    text: str
    language: str | None
    blocks: tuple[StoredBlock, ...]


class LibraryService:
    """The reader's side of the library."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        feed: ChangeFeed,
        jobs: JobService,
        blobs: BlobStore,
        renderer: PageRenderer,
    ) -> None:
        self._database = database
        self._clock = clock
        self._feed = feed
        self._jobs = jobs
        self._blobs = blobs
        self._renderer = renderer

    async def list_documents(
        self,
        principal: Principal,
        *,
        collection_id: CollectionId | None,
        status: DocumentStatus | None,
        text: str | None,
        cursor: str | None,
        limit: int,
    ) -> DocumentList:
        """Return documents, newest first."""
        principal.require(Scope.READ)
        statement = repository.documents_matching(principal, collection_id=collection_id, status=status, text=text)
        after = decode_cursor(cursor, 1)
        if after is not None:
            statement = statement.where(DocumentRow.id < after[0])
        async with self._database.reading() as session:
            rows = (await session.execute(statement.order_by(DocumentRow.id.desc()).limit(limit + 1))).scalars().all()
            page = paginate(rows, limit, lambda row: encode_cursor(row.id))
            items = await present_documents(session, self._jobs, principal, page.items)
        return DocumentList(items=items, next_cursor=page.next_cursor)

    async def get(self, principal: Principal, document_id: DocumentId) -> Document:
        """Return one document."""
        principal.require(Scope.READ)
        async with self._database.reading() as session:
            row = await repository.document(session, principal, document_id)
            return await present_document(session, self._jobs, principal, row)

    async def change_in(
        self, session: AsyncSession, principal: Principal, document_id: DocumentId, change: DocumentChange
    ) -> DocumentRow:
        """Change title, metadata or collection inside the caller's transaction, who tells the index about it.

        Conflict `document_exists` when the target collection has a document of that name already.
        """
        principal.require(Scope.WRITE)
        row = await repository.document(session, principal, document_id)
        if change.title is not None:
            row.title = change.title or None
        if change.metadata is not None:
            row.custom_metadata = change.metadata
        if change.collection_id is not None:
            target = await repository.collection(session, principal, CollectionId(change.collection_id))
            row.collection_id = target.id
        row.updated_at = self._clock.now()
        try:
            await session.flush()
        except IntegrityError as error:
            raise Conflict("That collection holds a document of this name already.", code="document_exists") from error
        await self._feed.append(
            session,
            principal.organisation_id,
            "document.updated",
            document_id=row.id,
            collection_id=row.collection_id,
        )
        return row

    async def versions(self, principal: Principal, document_id: DocumentId) -> VersionList:
        """Return every version, newest first."""
        principal.require(Scope.READ)
        async with self._database.reading() as session:
            row = await repository.document(session, principal, document_id)
            found = await session.execute(
                select(VersionRow).where(VersionRow.document_id == document_id).order_by(VersionRow.number.desc())
            )
            return VersionList(items=[present_version(version, row.current_version_id) for version in found.scalars()])

    async def text(self, principal: Principal, document_id: DocumentId, version_id: VersionId | None) -> VersionText:
        """Return the text that spans refer to; NotFound `not_read_yet` before it exists."""
        content = await self._version_text(principal, document_id, version_id)
        return VersionText(
            document_id=document_id,
            version_id=content.id,
            language=content.language,
            length=len(content.text or ""),
            text=content.text or "",
        )

    async def content(
        self, principal: Principal, document_id: DocumentId, version_id: VersionId | None
    ) -> VersionContent:
        """Return text and blocks together."""
        version = await self._version_text(principal, document_id, version_id)
        async with self._database.reading() as session:
            blocks = await repository.blocks(session, principal, VersionId(version.id))
        return VersionContent(document_id, VersionId(version.id), version.text or "", version.language, blocks)

    async def page(
        self, principal: Principal, document_id: DocumentId, version_id: VersionId | None, number: int
    ) -> PageOut:
        """Return one page's words; NotFound `no_pages` for formats without, `page_not_found` beyond the last."""
        version = await self._paged(principal, document_id, version_id)
        async with self._database.reading() as session:
            found = await session.execute(
                select(PageRow)
                .where(PageRow.version_id == version.id, PageRow.number == number)
                .options(undefer(PageRow.words))
            )
            page = found.scalar_one_or_none()
            text = await session.scalar(select(VersionRow.text).where(VersionRow.id == version.id)) or ""
        if page is None or page.width is None or page.height is None:
            raise NotFound(f"This document has no page {number}.", code="page_not_found")
        words = [
            WordOut(text=text[word.start : word.end], span=(word.start, word.end), box=BoxOut.model_validate(word.box))
            for word in decode_words(page.words)
        ]
        return PageOut.model_validate(
            {
                "document_id": document_id,
                "version_id": version.id,
                "number": number,
                "page_count": version.page_count or 0,
                "width": page.width,
                "height": page.height,
                "rotation": page.rotation,
                "origin": page.origin,
                "warning": page.warning,
                "words": words,
                "image_url": f"/api/v1/documents/{document_id}/pages/{number}/image?version={version.id}",
            }
        )

    async def page_image(
        self, principal: Principal, document_id: DocumentId, version_id: VersionId | None, number: int, scale: float
    ) -> bytes:
        """Return one page as PNG, `scale` pixels per point."""
        version = await self._paged(principal, document_id, version_id)
        if not 1 <= number <= (version.page_count or 0):
            raise NotFound(f"This document has no page {number}.", code="page_not_found")
        async with self._blobs.open_path(principal.organisation_id, version.sha256) as path:
            return await self._renderer.render(path, version.media_type, number, scale=scale)

    @asynccontextmanager
    async def file(
        self, principal: Principal, document_id: DocumentId, version_id: VersionId | None
    ) -> AsyncIterator[DocumentFile]:
        """Lend the original bytes of a version."""
        principal.require(Scope.READ)
        async with self._database.reading() as session:
            row, version = await repository.shown_version(session, principal, document_id, version_id)
        async with self._blobs.open_path(principal.organisation_id, version.sha256) as path:
            yield DocumentFile(path, row.filename, version.media_type, version.size_bytes)

    async def names(self, principal: Principal, document_ids: Sequence[str]) -> dict[str, DocumentNames]:
        """Return what each document is called and which version answers; only documents that answer are in it."""
        async with self._database.reading() as session:
            return await self.names_in(session, principal, document_ids)

    async def names_in(
        self, session: AsyncSession, principal: Principal, document_ids: Sequence[str]
    ) -> dict[str, DocumentNames]:
        """Like `names`, inside the caller's scope."""
        principal.require(Scope.READ)
        rows = await session.execute(
            select(DocumentRow, VersionRow)
            .join(VersionRow, VersionRow.id == DocumentRow.current_version_id)
            .where(DocumentRow.id.in_(document_ids), is_of(DocumentRow.organisation_id, principal.organisation_id))
        )
        return {
            row.id: DocumentNames(row.filename, display_title(row, version), VersionId(version.id))
            for row, version in rows
        }

    async def unfinished_count(self, principal: Principal) -> int:
        """Return how many documents are still being read, so that an answer can say what it may miss."""
        async with self._database.reading() as session:
            value = await session.scalar(
                select(func.count())
                .select_from(VersionRow)
                .join(DocumentRow, DocumentRow.latest_version_id == VersionRow.id)
                .where(
                    DocumentRow.organisation_id == principal.organisation_id,
                    VersionRow.status.in_(["queued", "processing"]),
                )
            )
        return int(value or 0)

    async def _version_text(
        self, principal: Principal, document_id: DocumentId, version_id: VersionId | None
    ) -> VersionRow:
        principal.require(Scope.READ)
        async with self._database.reading() as session:
            _, version = await repository.shown_version(session, principal, document_id, version_id)
            await session.refresh(version, ["text"])
        if version.text is None:
            raise NotFound("This version has not been read yet.", code="not_read_yet")
        return version

    async def _paged(self, principal: Principal, document_id: DocumentId, version_id: VersionId | None) -> VersionRow:
        principal.require(Scope.READ)
        async with self._database.reading() as session:
            _, version = await repository.shown_version(session, principal, document_id, version_id)
        if version.has_pages is None:
            raise NotFound("This version has not been read yet.", code="not_read_yet")
        if not version.has_pages:
            raise NotFound("This format has no pages; ask for its rendition or text.", code="no_pages")
        return version
