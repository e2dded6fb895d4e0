"""What of retrieval goes with a document: chunks, vectors, and its entries in the index."""

from collections.abc import Sequence

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from footnote.kit.ids import DocumentId, VersionId
from footnote.kit.principal import Principal
from footnote.retrieval.models import ChunkRow, ChunkVectorRow
from footnote.retrieval.outbox import IndexOutbox


class RetrievalErasure:
    """Retrieval's part in deleting a document."""

    def __init__(self, outbox: IndexOutbox) -> None:
        self._outbox = outbox

    async def erase_document(
        self, session: AsyncSession, principal: Principal, document_id: DocumentId, version_ids: Sequence[VersionId]
    ) -> dict[str, int]:
        of_document = ChunkRow.document_id == document_id
        vectors = await session.scalar(
            select(func.count()).select_from(ChunkVectorRow).join(ChunkRow).where(of_document)
        )
        removed = await session.execute(delete(ChunkRow).where(of_document))
        await self._outbox.write(session, principal, "remove_document", document_id=document_id)
        # Counted before the commit, since right after it the background feeder may be the one who removes them.
        entries = await self._outbox.entries_of_document(session, principal.organisation_id, document_id)
        return {"chunks": int(removed.rowcount), "vectors": int(vectors or 0), "index_entries": entries}  # type: ignore[attr-defined]

    async def finish_erasure(self, principal: Principal, document_id: DocumentId) -> dict[str, int]:
        await self._outbox.drain(principal.organisation_id)
        return {}
