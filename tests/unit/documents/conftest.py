"""The library's writing side with a real folder and database; reading files is a job that nobody works on here."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncSession
from tests.support.clock import ManualClock

from footnote.adapters.blob_stores.folder import FolderBlobStore
from footnote.db.engine import Database
from footnote.documents.ports import BlobStore, ErasureParticipant
from footnote.documents.schemas import NewCollection, UploadResult
from footnote.documents.service.collections import CollectionService
from footnote.documents.service.deletion import DeletionService
from footnote.documents.service.uploads import INGEST, UploadService
from footnote.identity.models import MembershipRow, OrganisationRow, UserRow
from footnote.jobs.events import ChangeFeed
from footnote.jobs.ports import ClaimedJob, StepContext, StepSpec
from footnote.jobs.runner import InProcessJobQueue
from footnote.jobs.schemas import JobStatus, Problem
from footnote.jobs.service import JobService
from footnote.kit.events import EventBus
from footnote.kit.ids import CollectionId, DocumentId, OrganisationId, UserId, VersionId
from footnote.kit.principal import Principal, Role, Scope


class _NobodyReads:
    kind = INGEST
    steps = (StepSpec("read", "pages", 60),)

    async def run_step(self, step: str, context: StepContext) -> None: ...

    async def status_changed(
        self, session: AsyncSession, job: ClaimedJob, status: JobStatus, problem: Problem | None
    ) -> None: ...


class _AllIsText:
    async def detect(self, path: Path, filename: str) -> str:
        return "text/plain"


@dataclass
class Shelf:
    """One organisation's collection, and the services that write to it."""

    database: Database
    folder: Path
    clock: ManualClock
    feed: ChangeFeed
    jobs: JobService
    blobs: BlobStore
    ann: Principal
    collection_id: CollectionId
    blob_lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    participants: Sequence[ErasureParticipant] = ()

    @property
    def uploads(self) -> UploadService:
        return UploadService(
            self.database, self.clock, self.feed, self.jobs, self.blobs, self.blob_lock, _AllIsText(),
            limit_bytes=1_000_000, ocr_languages=("eng",),
        )  # fmt: skip

    @property
    def deletion(self) -> DeletionService:
        return DeletionService(
            self.database, self.clock, self.feed, self.jobs, self.blobs, self.blob_lock, self.participants
        )

    async def more_collections(self, count: int) -> list[str]:
        """Make so many further collections and return their ids."""
        service = CollectionService(self.database, self.clock, self.feed, self.deletion)
        made = [await service.create(self.ann, NewCollection(name=f"Shelf {n}")) for n in range(count)]
        return [each.id for each in made]

    def restarted(self) -> "Shelf":
        """Return the shelf as the next process finds it."""
        return replace(self, blobs=FolderBlobStore(self.folder), blob_lock=asyncio.Lock(), participants=())

    def files(self) -> list[Path]:
        """Return the files kept for good."""
        return [path for path in self.folder.rglob("*") if path.is_file() and path.parent.name != "staging"]

    async def upload(
        self, content: bytes, *, filename: str = "a.txt", collection_id: CollectionId | None = None
    ) -> UploadResult:
        async def chunks() -> AsyncIterator[bytes]:
            yield content

        uploads = self.uploads
        staged = await uploads.stage(self.ann, chunks())
        return await uploads.add(self.ann, staged, filename=filename, collection_id=collection_id or self.collection_id)


class Participant:
    """Takes part in erasing as the test says."""

    def __init__(self, error: Exception | None = None) -> None:
        self._error = error

    async def erase_document(
        self, session: AsyncSession, principal: Principal, document_id: DocumentId, version_ids: Sequence[VersionId]
    ) -> dict[str, int]:
        return {"chunks": 3}

    async def finish_erasure(self, principal: Principal, document_id: DocumentId) -> dict[str, int]:
        if self._error is not None:
            raise self._error
        return {"index_entries": 3}


@pytest.fixture
async def shelf(database: Database, tmp_path: Path) -> Shelf:
    clock, bus = ManualClock(), EventBus()
    feed = ChangeFeed(database, clock, bus)
    jobs = JobService(database, clock, feed, bus, InProcessJobQueue(bus), {INGEST: _NobodyReads()}, max_attempts=1)
    ann = Principal(OrganisationId("org_ann"), UserId("usr_ann"), Role.OWNER, frozenset(Scope))
    async with database.writing() as session:
        session.add(OrganisationRow(id="org_ann", name="ann", created_at=clock.now()))
        session.add(UserRow(id="usr_ann", name="ann", is_active=True, created_at=clock.now()))
        await session.flush()
        session.add(MembershipRow(organisation_id="org_ann", user_id="usr_ann", role="owner", created_at=clock.now()))
    blobs = FolderBlobStore(tmp_path / "blobs")
    deletion = DeletionService(database, clock, feed, jobs, blobs, asyncio.Lock(), ())
    collection = await CollectionService(database, clock, feed, deletion).ensure_default(ann)
    return Shelf(
        database, tmp_path / "blobs", clock, feed, jobs, blobs, ann, CollectionId(collection),
        participants=(Participant(),),
    )  # fmt: skip
