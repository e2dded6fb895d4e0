"""What callers can ask of ingestion: changes that the index must hear of, and a new index."""

from footnote.db.engine import Database
from footnote.documents.schemas import Document, DocumentChange
from footnote.documents.service.library import LibraryService
from footnote.ingestion.reindex import REINDEX
from footnote.ingestion.retitle import RETITLE
from footnote.jobs.schemas import Job, JobStatus
from footnote.jobs.service import JobService
from footnote.kit.ids import DocumentId, JobId, new_id
from footnote.kit.principal import Principal, Scope
from footnote.retrieval.outbox import IndexOutbox


class IngestionService:
    """Joins the library's changes with the index's outbox."""

    def __init__(self, database: Database, library: LibraryService, jobs: JobService, outbox: IndexOutbox) -> None:
        self._database = database
        self._library = library
        self._jobs = jobs
        self._outbox = outbox

    async def change_document(self, principal: Principal, document_id: DocumentId, change: DocumentChange) -> Document:
        """Change title, metadata or collection.

        A move or a new title reaches the index before this returns; a new title's vectors follow by a job.
        """
        async with self._database.writing() as session:
            row = await self._library.change_in(session, principal, document_id, change)
            if change.collection_id is not None:
                await self._outbox.write(
                    session, principal, "move_document", document_id=row.id, collection_id=row.collection_id
                )
            if change.title is not None and row.current_version_id is not None:
                await self._outbox.write(session, principal, "upsert_version", version_id=row.current_version_id)
                await self._jobs.enqueue(session, principal, kind=RETITLE, document_id=document_id)
        self._jobs.announce(principal)
        await self._outbox.drain(principal.organisation_id)
        return await self._library.get(principal, document_id)

    async def rebuild_index(self, principal: Principal) -> Job:
        """Queue a rebuild; one that waits or runs already is returned instead."""
        principal.require(Scope.ADMIN)
        for status in (JobStatus.RUNNING, JobStatus.QUEUED):
            if (job := await self._waiting_rebuild(principal, status)) is not None:
                return job
        async with self._database.writing() as session:
            job_id: JobId = await self._jobs.enqueue(session, principal, kind=REINDEX, subject_id=new_id("idx"))
        self._jobs.announce(principal)
        return await self._jobs.get(principal, job_id)

    async def _waiting_rebuild(self, principal: Principal, status: JobStatus) -> Job | None:
        cursor: str | None = None
        while True:
            page = await self._jobs.list_jobs(principal, status=status, cursor=cursor, limit=200)
            for job in page.items:
                if job.kind == REINDEX:
                    return job
            cursor = page.next_cursor
            if cursor is None:
                return None
