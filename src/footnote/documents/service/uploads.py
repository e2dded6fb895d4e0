"""Taking a file into the library: staged, recognised, made durable, and queued for reading in one transaction."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import select, true
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from footnote.db.engine import Database
from footnote.documents import repository
from footnote.documents.models import DocumentRow, VersionRow
from footnote.documents.ports import BlobStore, MediaTypeDetector, StagedBlob
from footnote.documents.schemas import Document, UploadResult
from footnote.documents.service import blob_erasure
from footnote.documents.service.present import present_document
from footnote.jobs.events import ChangeFeed
from footnote.jobs.schemas import JobStatus
from footnote.jobs.service import JobService
from footnote.kit.clock import Clock
from footnote.kit.errors import Conflict, InvalidInput, NotFound, Refused
from footnote.kit.ids import CollectionId, DocumentId, JobId, VersionId, new_id
from footnote.kit.principal import Principal, Scope

INGEST = "ingest"
"""The kind of job that reads a version."""
OCR_LANGUAGES_SEPARATOR = "+"
_MAX_FILENAME = 400

Outcome = Literal["created", "new_version", "unchanged"]


@dataclass(frozen=True, slots=True)
class _Taken:
    outcome: Outcome
    document: DocumentRow
    retry: JobId | None = None


class UploadService:
    """Same name and new content make a new version; a new name for content that the collection has changes nothing.

    Except where reading it again may give more: after a failure its job is tried again, and where OCR could not be done
    or is done in other languages now, the same content is read as a new version. The old one, to which citations lead,
    stays as it was.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        feed: ChangeFeed,
        jobs: JobService,
        blobs: BlobStore,
        blob_lock: asyncio.Lock,
        detector: MediaTypeDetector,
        ocr_languages: tuple[str, ...],
        limit_bytes: int,
    ) -> None:
        self._database = database
        self._clock = clock
        self._feed = feed
        self._jobs = jobs
        self._blobs = blobs
        self._blob_lock = blob_lock
        self._detector = detector
        self.limit_bytes = limit_bytes
        self._ocr_languages = OCR_LANGUAGES_SEPARATOR.join(ocr_languages)

    async def stage(self, principal: Principal, chunks: AsyncIterator[bytes]) -> StagedBlob:
        """Receive the bytes; nothing is in the library yet."""
        principal.require(Scope.WRITE)
        return await self._blobs.stage(chunks, limit_bytes=self.limit_bytes)

    async def discard(self, staged: StagedBlob) -> None:
        """Forget a staged file."""
        await self._blobs.discard(staged)

    async def add(
        self,
        principal: Principal,
        staged: StagedBlob,
        *,
        filename: str,
        collection_id: CollectionId,
        title: str | None = None,
    ) -> UploadResult:
        """Put the staged file into the collection.

        Raises InvalidInput `bad_filename` or `empty_document`, UnsupportedFormat, or NotFound for the collection;
        whatever is raised, the staged file is gone and the library is as it was.
        """
        principal.require(Scope.WRITE)
        try:
            name = clean_filename(filename)
            if staged.size_bytes == 0:
                raise InvalidInput("The file is empty.", code="empty_document")
            media_type = await self._detector.detect(staged.path, name)
            try:
                async with self._blob_lock:
                    taken = await self._keep(principal, staged, name, media_type, collection_id, title)
            except Refused:
                await blob_erasure.erase_noted(self._database, self._blobs, self._blob_lock, principal.organisation_id)
                raise
        finally:
            await self._blobs.discard(staged)
        if taken.retry is not None:
            with suppress(Conflict):  # Somebody else who sent the same content has just retried it.
                await self._jobs.retry(principal, taken.retry)
        self._jobs.announce(principal)
        return UploadResult(outcome=taken.outcome, document=await self._shown(principal, taken.document.id))

    async def _keep(
        self,
        principal: Principal,
        staged: StagedBlob,
        filename: str,
        media_type: str,
        collection_id: CollectionId,
        title: str | None,
    ) -> _Taken:
        """Make the file durable and give it its reference, under the blob lock; noted first, for a crash between."""
        async with self._database.writing() as session:
            await blob_erasure.note(session, principal.organisation_id, staged.sha256)
        await self._blobs.publish(principal.organisation_id, staged)
        return await self._take(principal, staged, filename, media_type, collection_id, title)

    async def _shown(self, principal: Principal, document_id: str) -> Document:
        async with self._database.reading() as session:
            try:
                row = await repository.document(session, principal, DocumentId(document_id))
                return await present_document(session, self._jobs, principal, row)
            except NotFound as error:
                raise Conflict(
                    "The same file was being deleted by someone else right then; try again.", code="upload_race"
                ) from error

    async def _take(
        self,
        principal: Principal,
        staged: StagedBlob,
        filename: str,
        media_type: str,
        collection_id: CollectionId,
        title: str | None,
    ) -> _Taken:
        try:
            async with self._database.writing() as session:
                await repository.collection(session, principal, collection_id)
                named = await self._named(session, collection_id, filename)
                known = await self._same_content(session, principal, staged.sha256, collection_id, named)
                if known is not None:
                    document, version = known
                    if self._would_now_read_more(version):
                        return await self._add_version(
                            session, principal, document, staged, document.filename, media_type, collection_id, title
                        )
                    return await self._unchanged(session, principal, document, version)
                return await self._add_version(
                    session, principal, named, staged, filename, media_type, collection_id, title
                )
        except IntegrityError as error:
            raise Conflict(
                "The same file is being added by someone else right now; try again.", code="upload_race"
            ) from error

    async def _named(self, session: AsyncSession, collection_id: CollectionId, filename: str) -> DocumentRow | None:
        found = await session.execute(
            select(DocumentRow).where(DocumentRow.collection_id == collection_id, DocumentRow.filename == filename)
        )
        return found.scalar_one_or_none()

    async def _same_content(
        self,
        session: AsyncSession,
        principal: Principal,
        sha256: str,
        collection_id: CollectionId,
        named: DocumentRow | None,
    ) -> tuple[DocumentRow, VersionRow] | None:
        """Recognise content that the newest version of a document of this collection has already.

        named: the document of the sent name. Where there is one, only its own content is recognised: other content is
        an update of it, even when another document has that content too.
        """
        found = await session.execute(
            select(DocumentRow, VersionRow)
            .join(VersionRow, VersionRow.id == DocumentRow.latest_version_id)
            .where(
                DocumentRow.organisation_id == principal.organisation_id,
                DocumentRow.collection_id == collection_id,
                VersionRow.organisation_id == principal.organisation_id,
                VersionRow.sha256 == sha256,
                DocumentRow.id == named.id if named is not None else true(),
            )
            .limit(1)
        )
        pair = found.first()
        return (pair[0], pair[1]) if pair is not None else None

    def _would_now_read_more(self, version: VersionRow) -> bool:
        return version.status == "ready" and version.ocr_languages not in (None, self._ocr_languages)

    async def _unchanged(
        self, session: AsyncSession, principal: Principal, document: DocumentRow, version: VersionRow
    ) -> _Taken:
        retry = None
        if version.status in ("failed", "cancelled"):
            jobs = await self._jobs.of_subjects(session, principal, [version.id])
            job = jobs.get(version.id)
            retry = JobId(job.id) if job and job.status in (JobStatus.FAILED, JobStatus.CANCELLED) else None
        return _Taken("unchanged", document, retry)

    async def _add_version(
        self,
        session: AsyncSession,
        principal: Principal,
        document: DocumentRow | None,
        staged: StagedBlob,
        filename: str,
        media_type: str,
        collection_id: CollectionId,
        title: str | None,
    ) -> _Taken:
        now = self._clock.now()
        outcome: Outcome = "created" if document is None else "new_version"
        number = 1
        if document is None:
            document = DocumentRow(
                id=new_id("doc"), organisation_id=principal.organisation_id, collection_id=collection_id,
                filename=filename, title=title or None, custom_metadata={}, created_by=principal.user_id,
                created_at=now, updated_at=now,
            )  # fmt: skip
            session.add(document)
            await session.flush()
        else:
            number = 1 + (await repository.version_counts(session, principal, [document.id])).get(document.id, 0)
            await self._supersede_running(session, principal, document)
        version = VersionRow(
            id=new_id("ver"), organisation_id=principal.organisation_id, document_id=document.id, number=number,
            status="queued", warnings=[], media_type=media_type, sha256=staged.sha256, size_bytes=staged.size_bytes,
            created_at=now,
        )  # fmt: skip
        session.add(version)
        document.latest_version_id, document.updated_at = version.id, now
        await session.flush()
        await self._jobs.enqueue(
            session, principal, kind=INGEST, subject_id=version.id, document_id=DocumentId(document.id)
        )
        await self._feed.append(
            session, principal.organisation_id, "document.created" if number == 1 else "document.updated",
            document_id=document.id, collection_id=collection_id,
        )  # fmt: skip
        # Last, in the order in which a deletion takes its locks: see `DeletionService._locked`.
        await blob_erasure.settle(session, principal.organisation_id, staged.sha256)
        return _Taken(outcome, document)

    async def _supersede_running(self, session: AsyncSession, principal: Principal, document: DocumentRow) -> None:
        """Work on an older version that nobody will see any more is asked to end."""
        if document.latest_version_id is None:
            return
        await self._jobs.request_cancel_of_subject(session, principal, VersionId(document.latest_version_id))


def clean_filename(filename: str) -> str:
    """Return the last part of what the sender called the file; never used as a path.

    Raises InvalidInput `bad_filename` when nothing is left.
    """
    name = filename.replace("\\", "/").rsplit("/", 1)[-1]
    name = "".join(character for character in name if character.isprintable()).strip()
    if name in ("", ".", ".."):
        raise InvalidInput("The file needs a name.", code="bad_filename")
    if len(name) > _MAX_FILENAME:
        raise InvalidInput(f"The file's name is longer than {_MAX_FILENAME} characters.", code="bad_filename")
    return name
