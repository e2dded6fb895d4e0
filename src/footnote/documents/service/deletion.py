"""Deleting a document: rows in one transaction, then files and index, and a receipt that counts what went."""

import asyncio
from collections import Counter
from collections.abc import Sequence

import structlog
from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from footnote.db.engine import Database
from footnote.documents import repository
from footnote.documents.models import (
    BlockRow,
    DeletionReceiptRow,
    DocumentRow,
    PageRow,
    SourceRow,
    VersionRow,
)
from footnote.documents.ports import BlobStore, ErasureParticipant
from footnote.documents.schemas import DeletionReceipt
from footnote.documents.service import blob_erasure
from footnote.jobs.events import ChangeFeed
from footnote.jobs.service import JobService
from footnote.kit.clock import Clock
from footnote.kit.errors import NotFound
from footnote.kit.ids import DocumentId, OrganisationId, VersionId, new_id
from footnote.kit.principal import Principal, Scope

log = structlog.get_logger(__name__)


class DeletionService:
    """Removes documents with everything made from them.

    `participants` are the domains above that keep something of their own; the list is filled by the wiring.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        feed: ChangeFeed,
        jobs: JobService,
        blobs: BlobStore,
        blob_lock: asyncio.Lock,
        participants: Sequence[ErasureParticipant],
    ) -> None:
        self._database = database
        self._clock = clock
        self._feed = feed
        self._jobs = jobs
        self._blobs = blobs
        self._blob_lock = blob_lock
        self._participants = participants

    async def delete(self, principal: Principal, document_id: DocumentId) -> DeletionReceipt:
        """Remove the document for good and say what went. Running work on it ends and writes nothing more."""
        principal.require(Scope.WRITE)
        counts: Counter[str] = Counter()
        async with self._database.writing() as session:
            row = await self._locked(session, principal, document_id)
            versions = list(
                (await session.execute(select(VersionRow).where(VersionRow.document_id == document_id))).scalars()
            )
            version_ids = [VersionId(version.id) for version in versions]
            job_ids = await self._jobs.cancel_for_document(session, principal, document_id)
            counts["jobs"] = len(job_ids)
            await self._feed.append(session, principal.organisation_id, "document.deleted", document_id=document_id)
            for participant in self._participants:
                counts.update(await participant.erase_document(session, principal, document_id, version_ids))
            counts.update(await self._erase_rows(session, document_id, versions))
            await session.delete(row)
            receipt = self._receipt(principal, document_id, counts)
            session.add(receipt)
        self._jobs.stop_work(job_ids)
        self._feed.wake(principal.organisation_id)
        counts.update(await self.erase_blobs(principal.organisation_id))
        for participant in self._participants:
            counts.update(await participant.finish_erasure(principal, document_id))
        async with self._database.writing() as session:
            await session.execute(
                update(DeletionReceiptRow).where(DeletionReceiptRow.id == receipt.id).values(counts=dict(counts))
            )
        if not await self._database.forget_overwritten():
            log.warning("document.deleted_rows_still_in_log", document_id=document_id)
        log.info("document.deleted", document_id=document_id, **counts)
        return DeletionReceipt(document_id=document_id, deleted_at=receipt.deleted_at, counts=dict(counts))

    async def _locked(self, session: AsyncSession, principal: Principal, document_id: DocumentId) -> DocumentRow:
        """Return the document, so locked that no job and no upload adds to it any more.

        Rows are locked in one order everywhere, so that no two transactions wait for each other: jobs, documents, the
        change feed's counter, the index outbox's counter, notes about files.
        """
        await repository.document(session, principal, document_id)
        await self._jobs.lock_for_document(session, principal, document_id)
        row = await session.get(DocumentRow, document_id, with_for_update=True, populate_existing=True)
        if row is None:
            raise NotFound("There is no such document.", code="document_not_found")
        return row

    async def erase_blobs(self, organisation_id: OrganisationId) -> dict[str, int]:
        """Remove the files whose last reference went; run again at start, so a crash in between leaves none behind."""
        erased = await blob_erasure.erase_noted(self._database, self._blobs, self._blob_lock, organisation_id)
        return {"blobs": erased.blobs, "blob_bytes": erased.blob_bytes}

    async def _erase_rows(
        self, session: AsyncSession, document_id: DocumentId, versions: Sequence[VersionRow]
    ) -> dict[str, int]:
        ids = [version.id for version in versions]
        pages = await session.scalar(select(func.count()).select_from(PageRow).where(PageRow.version_id.in_(ids)))
        blocks = await session.scalar(select(func.count()).select_from(BlockRow).where(BlockRow.version_id.in_(ids)))
        withdrawn = await session.execute(
            update(SourceRow)
            .where(SourceRow.document_id == document_id)
            .values(
                status="withdrawn",
                quote=None,
                boxes=[],
                pages=[],
                span_start=None,
                span_end=None,
                chunk_id=None,
                filename=None,
                title=None,
            )
            .execution_options(synchronize_session=False)
        )
        for version in versions:
            await blob_erasure.note(session, version.organisation_id, version.sha256)
        await session.execute(delete(VersionRow).where(VersionRow.document_id == document_id))
        await session.flush()
        return {
            "versions": len(ids),
            "pages": int(pages or 0),
            "blocks": int(blocks or 0),
            "sources": int(withdrawn.rowcount),  # type: ignore[attr-defined]  # an UPDATE's result carries it
        }

    def _receipt(self, principal: Principal, document_id: DocumentId, counts: Counter[str]) -> DeletionReceiptRow:
        """Return the proof as it stands with the rows gone; what goes outside the database is counted in later."""
        for kind in ("chunks", "vectors", "index_entries", "cached_answers"):
            counts.setdefault(kind, 0)
        return DeletionReceiptRow(
            id=new_id("rcp"),
            organisation_id=principal.organisation_id,
            document_id=document_id,
            deleted_by=principal.user_id,
            counts=dict(counts),
            deleted_at=self._clock.now(),
        )
