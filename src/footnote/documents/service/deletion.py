"""Deleting a document: rows in one transaction, then files and index, and a receipt that counts what went."""

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
from footnote.documents.ports import ErasureParticipant
from footnote.documents.schemas import DeletionReceipt
from footnote.documents.service.files import FileKeeper
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
        files: FileKeeper,
        participants: Sequence[ErasureParticipant],
    ) -> None:
        self._database = database
        self._clock = clock
        self._feed = feed
        self._jobs = jobs
        self._files = files
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
        self._jobs.stop_work(job_ids)
        self._feed.wake(principal.organisation_id)
        counts.update(await self._files.erase_unreferenced(principal.organisation_id))
        for participant in self._participants:
            counts.update(await participant.finish_erasure(principal, document_id))
        if not await self._database.forget_overwritten():
            log.warning("document.deleted_rows_still_in_log", document_id=document_id)
        return await self._receipt(principal, document_id, dict(counts))

    async def _locked(self, session: AsyncSession, principal: Principal, document_id: DocumentId) -> DocumentRow:
        """Return the document, so locked that no job and no upload adds to it any more.

        Rows are locked in one order everywhere, so that no two transactions wait for each other: jobs, documents, the
        change feed's counter, the index outbox's counter.
        """
        await repository.document(session, principal, document_id)
        await self._jobs.lock_for_document(session, principal, document_id)
        row = await session.get(DocumentRow, document_id, with_for_update=True, populate_existing=True)
        if row is None:
            raise NotFound("There is no such document.", code="document_not_found")
        return row

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
            await self._files.doubt(session, OrganisationId(version.organisation_id), version.sha256)
        await session.execute(delete(VersionRow).where(VersionRow.document_id == document_id))
        await session.flush()
        return {
            "versions": len(ids),
            "pages": int(pages or 0),
            "blocks": int(blocks or 0),
            "sources": int(withdrawn.rowcount),  # type: ignore[attr-defined]  # an UPDATE's result carries it
        }

    async def _receipt(self, principal: Principal, document_id: DocumentId, counts: dict[str, int]) -> DeletionReceipt:
        for kind in ("chunks", "vectors", "index_entries", "cached_answers"):
            counts.setdefault(kind, 0)
        now = self._clock.now()
        async with self._database.writing() as session:
            session.add(
                DeletionReceiptRow(
                    id=new_id("rcp"),
                    organisation_id=principal.organisation_id,
                    document_id=document_id,
                    deleted_by=principal.user_id,
                    counts=counts,
                    deleted_at=now,
                )
            )
        log.info("document.deleted", document_id=document_id, **counts)
        return DeletionReceipt(document_id=document_id, deleted_at=now, counts=counts)
