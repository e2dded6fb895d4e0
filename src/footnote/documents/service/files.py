"""The bytes behind versions: kept while a version refers to them, gone once none does, whatever breaks in between."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from footnote.db.engine import Database
from footnote.db.statements import insert_for
from footnote.documents import repository
from footnote.documents.models import BlobErasureRow
from footnote.documents.ports import BlobStore, StagedBlob
from footnote.kit.ids import OrganisationId


class FileKeeper:
    """Notes every file that may be without a version before it can be so, and looks at the notes afterwards."""

    def __init__(self, database: Database, blobs: BlobStore) -> None:
        self._database = database
        self._blobs = blobs
        # Keeps an upload of the same content from coming between the question whether a file is needed and its removal.
        self._lock = asyncio.Lock()

    @asynccontextmanager
    async def published(self, organisation_id: OrganisationId, staged: StagedBlob) -> AsyncIterator[None]:
        """Make the staged file durable for a block that commits a version of it, with `settle` in the same transaction.

        When the block raises, the file goes again unless a version refers to it; after a crash, at the next start.
        """
        try:
            async with self._lock:
                async with self._database.writing() as session:
                    await self.doubt(session, organisation_id, staged.sha256)
                await self._blobs.publish(organisation_id, staged)
                yield
        except Exception:
            await self.erase_unreferenced(organisation_id)
            raise

    async def doubt(self, session: AsyncSession, organisation_id: OrganisationId, sha256: str) -> None:
        """Note that perhaps nothing refers to a file any more, or not yet."""
        statement = insert_for(session, BlobErasureRow.__table__)  # type: ignore[arg-type]
        await session.execute(statement.values(organisation_id=organisation_id, sha256=sha256).on_conflict_do_nothing())

    async def settle(self, session: AsyncSession, organisation_id: OrganisationId, sha256: str) -> None:
        """Take the note back: the same transaction refers to the file, or it is gone."""
        await session.execute(
            delete(BlobErasureRow).where(
                BlobErasureRow.organisation_id == organisation_id, BlobErasureRow.sha256 == sha256
            )
        )

    async def erase_unreferenced(self, organisation_id: OrganisationId) -> dict[str, int]:
        """Remove the noted files that no version refers to; return how many `blobs` and `blob_bytes` went."""
        counts = {"blobs": 0, "blob_bytes": 0}
        async with self._database.reading() as session:
            noted = await session.execute(
                select(BlobErasureRow.sha256).where(BlobErasureRow.organisation_id == organisation_id)
            )
            hashes = list(noted.scalars())
        for sha256 in hashes:
            async with self._lock:
                async with self._database.reading() as session:
                    wanted = await repository.is_referenced(session, organisation_id, sha256)
                if not wanted:
                    counts["blob_bytes"] += await self._blobs.delete(organisation_id, sha256)
                    counts["blobs"] += 1
                async with self._database.writing() as session:
                    await self.settle(session, organisation_id, sha256)
        return counts
