"""Recording and reading Sources: the footnotes themselves."""

from collections.abc import Sequence

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from footnote.documents.models import SourceRow, VersionRow
from footnote.documents.schemas import Source
from footnote.kit.clock import Clock
from footnote.kit.ids import DocumentId
from footnote.kit.principal import Principal


class SourceService:
    """Sources outlive what cites them least: deleting a document withdraws them, see `DeletionService`."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    async def record(self, session: AsyncSession, principal: Principal, sources: Sequence[Source]) -> set[str]:
        """Store verified sources inside the caller's transaction.

        A source whose document was deleted since it was verified is stored as withdrawn, without its quote; returns
        the ids of those.
        """
        now = self._clock.now()
        alive = await _alive_versions(session, [s.version_id for s in sources if s.version_id])
        for source in sources:
            is_alive = source.version_id in alive
            session.add(
                SourceRow(
                    id=source.id,
                    organisation_id=principal.organisation_id,
                    kind=source.kind,
                    status="verified" if is_alive else "withdrawn",
                    document_id=source.document_id if is_alive else None,
                    version_id=source.version_id if is_alive else None,
                    chunk_id=source.chunk_id if is_alive else None,
                    filename=source.filename if is_alive else None,
                    title=source.title if is_alive else None,
                    span_start=source.span[0] if is_alive and source.span else None,
                    span_end=source.span[1] if is_alive and source.span else None,
                    pages=source.pages if is_alive else [],
                    boxes=[box.model_dump() for box in source.boxes] if is_alive else [],
                    quote=source.quote if is_alive else None,
                    created_at=now,
                )
            )
        await session.flush()
        return {source.id for source in sources if source.version_id not in alive}

    async def ids_of_document(self, session: AsyncSession, principal: Principal, document_id: DocumentId) -> list[str]:
        """Return the ids of the sources that point into a document."""
        rows = await session.execute(
            select(SourceRow.id).where(
                SourceRow.organisation_id == principal.organisation_id, SourceRow.document_id == document_id
            )
        )
        return list(rows.scalars())

    async def load(self, session: AsyncSession, principal: Principal, source_ids: Sequence[str]) -> dict[str, Source]:
        """Return the sources by id; their footnote number belongs to the citation and is 0 here."""
        rows = await session.execute(
            select(SourceRow).where(
                SourceRow.organisation_id == principal.organisation_id, SourceRow.id.in_(source_ids)
            )
        )
        return {row.id: _source(row) for row in rows.scalars()}

    async def remove(self, session: AsyncSession, principal: Principal, source_ids: Sequence[str]) -> None:
        """Forget sources whose citations are being removed, inside the caller's transaction."""
        await session.execute(
            delete(SourceRow).where(
                SourceRow.organisation_id == principal.organisation_id, SourceRow.id.in_(source_ids)
            )
        )


async def _alive_versions(session: AsyncSession, version_ids: Sequence[str]) -> set[str]:
    rows = await session.execute(select(VersionRow.id).where(VersionRow.id.in_(version_ids)))
    return set(rows.scalars())


def _source(row: SourceRow) -> Source:
    span = (row.span_start, row.span_end) if row.span_start is not None and row.span_end is not None else None
    return Source.model_validate(
        {
            "id": row.id,
            "number": 0,
            "kind": row.kind,
            "status": row.status if row.version_id else "withdrawn",
            "document_id": row.document_id,
            "version_id": row.version_id,
            "chunk_id": row.chunk_id,
            "filename": row.filename,
            "title": row.title,
            "page": row.pages[0] if row.pages else None,
            "pages": row.pages,
            "boxes": row.boxes,
            "span": span,
            "quote": row.quote,
        }
    )
