"""Files that may have no reference: noted in the database before that can happen, removed once it is certain.

A note is written before a new file is made durable and in the transaction that takes a file's last reference away. So
a crash at any moment leaves a note and never a file that nobody knows of; a note about a file in use does no harm.
"""

import asyncio
from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from footnote.db.engine import Database
from footnote.db.statements import insert_for
from footnote.documents import repository
from footnote.documents.models import BlobErasureRow
from footnote.documents.ports import BlobStore
from footnote.kit.ids import OrganisationId


@dataclass(frozen=True, slots=True)
class Erased:
    """How many files went, and how many bytes that freed."""

    blobs: int
    blob_bytes: int


async def note(session: AsyncSession, organisation_id: str, sha256: str) -> None:
    """Note that the file may have no reference, inside the caller's transaction, and hold the note until its end.

    Held also when it was there before: nobody settles it before this transaction's changes can be seen.
    """
    statement = insert_for(session, BlobErasureRow.__table__)  # type: ignore[arg-type]  # a mapped class's table is a Table
    await session.execute(
        statement.values(organisation_id=organisation_id, sha256=sha256).on_conflict_do_update(
            index_elements=["organisation_id", "sha256"], set_={"sha256": sha256}
        )
    )


async def settle(session: AsyncSession, organisation_id: str, sha256: str) -> None:
    """Drop the note, inside the caller's transaction: it gave the file a reference, or the file is gone."""
    await session.execute(
        delete(BlobErasureRow).where(BlobErasureRow.organisation_id == organisation_id, BlobErasureRow.sha256 == sha256)
    )


async def erase_noted(
    database: Database, blobs: BlobStore, blob_lock: asyncio.Lock, organisation_id: OrganisationId
) -> Erased:
    """Remove the organisation's noted files that have no reference, and drop the notes."""
    async with database.reading() as session:
        noted = await session.execute(
            select(BlobErasureRow.sha256).where(BlobErasureRow.organisation_id == organisation_id)
        )
        hashes = list(noted.scalars())
    count = freed = 0
    for sha256 in hashes:
        # The lock keeps an upload of the same content from coming between the question and the removal.
        async with blob_lock:
            if not await _is_unused(database, organisation_id, sha256):
                continue
            freed += await blobs.delete(organisation_id, sha256)
            count += 1
            async with database.writing() as session:
                await settle(session, organisation_id, sha256)
    return Erased(count, freed)


async def _is_unused(database: Database, organisation_id: OrganisationId, sha256: str) -> bool:
    """Whether the noted file has no reference; a note about one that has is dropped."""
    async with database.writing() as session:
        held = await session.get(BlobErasureRow, (organisation_id, sha256), with_for_update=True)
        if held is None:
            return False
        if await repository.is_referenced(session, organisation_id, sha256):
            await settle(session, organisation_id, sha256)
            return False
    return True
