"""Rows of the library; every call names the principal, whose organisation bounds what it touches."""

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import Select, delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from footnote.db.statements import insert_many, is_of
from footnote.documents.layout import StoredBlock, StoredCell, StoredPage
from footnote.documents.models import BlockRow, CollectionRow, DocumentRow, PageRow, VersionRow
from footnote.kit.errors import NotFound
from footnote.kit.geometry import PageBox, Span
from footnote.kit.ids import CollectionId, DocumentId, VersionId
from footnote.kit.principal import Principal


async def collection(session: AsyncSession, principal: Principal, collection_id: CollectionId) -> CollectionRow:
    """Return the collection; NotFound when it is not the caller's organisation's."""
    row = await session.get(CollectionRow, collection_id)
    if row is None or row.organisation_id != principal.organisation_id:
        raise NotFound("There is no such collection.", code="collection_not_found")
    return row


async def document(session: AsyncSession, principal: Principal, document_id: DocumentId) -> DocumentRow:
    """Return the document; NotFound when it is not the caller's organisation's."""
    row = await session.get(DocumentRow, document_id)
    if row is None or row.organisation_id != principal.organisation_id:
        raise NotFound("There is no such document.", code="document_not_found")
    return row


async def version(session: AsyncSession, principal: Principal, version_id: VersionId) -> VersionRow:
    """Return the version; NotFound when it is not the caller's organisation's."""
    row = await session.get(VersionRow, version_id)
    if row is None or row.organisation_id != principal.organisation_id:
        raise NotFound("There is no such version.", code="version_not_found")
    return row


async def shown_version(
    session: AsyncSession, principal: Principal, document_id: DocumentId, version_id: VersionId | None
) -> tuple[DocumentRow, VersionRow]:
    """Return the asked-for version, else the one that answers, else the newest."""
    row = await document(session, principal, document_id)
    wanted = version_id or row.current_version_id or row.latest_version_id
    found = await session.get(VersionRow, wanted) if wanted else None
    if found is None or found.document_id != row.id:
        raise NotFound("There is no such version.", code="version_not_found")
    return row, found


async def versions_by_id(session: AsyncSession, principal: Principal, ids: Sequence[str]) -> dict[str, VersionRow]:
    """Return the versions among `ids` that are the organisation's."""
    statement = select(VersionRow).where(
        VersionRow.id.in_(ids), is_of(VersionRow.organisation_id, principal.organisation_id)
    )
    return {row.id: row for row in (await session.execute(statement)).scalars()}


async def version_counts(session: AsyncSession, principal: Principal, document_ids: Sequence[str]) -> dict[str, int]:
    """Return how many versions each document has."""
    rows = await session.execute(
        select(VersionRow.document_id, func.count())
        .where(VersionRow.document_id.in_(document_ids), is_of(VersionRow.organisation_id, principal.organisation_id))
        .group_by(VersionRow.document_id)
    )
    return {document_id: int(count) for document_id, count in rows}


def documents_matching(
    principal: Principal, *, collection_id: CollectionId | None, status: str | None, text: str | None
) -> Select[DocumentRow]:
    """Return the query for a filtered list; `text` matches file name and title."""
    statement = select(DocumentRow).where(DocumentRow.organisation_id == principal.organisation_id)
    if collection_id is not None:
        statement = statement.where(DocumentRow.collection_id == collection_id)
    if status is not None:
        statement = statement.join(VersionRow, VersionRow.id == DocumentRow.latest_version_id).where(
            VersionRow.status == status
        )
    if text:
        statement = statement.where(
            DocumentRow.filename.icontains(text, autoescape=True) | DocumentRow.title.icontains(text, autoescape=True)
        )
    return statement


async def replace_structure(
    session: AsyncSession,
    principal: Principal,
    version_id: VersionId,
    *,
    pages: Sequence[StoredPage],
    blocks: Sequence[StoredBlock],
) -> None:
    """Store pages and blocks of a version in place of whatever a broken-off try left."""
    for table in (PageRow, BlockRow):
        old = delete(table).where(
            table.version_id == version_id, is_of(table.organisation_id, principal.organisation_id)
        )
        await session.execute(old.execution_options(synchronize_session=False))
    owner = {"version_id": version_id, "organisation_id": principal.organisation_id}
    await insert_many(session, PageRow.__table__, [owner | _page_values(page) for page in pages])  # type: ignore[arg-type]
    await insert_many(session, BlockRow.__table__, [owner | _block_values(block) for block in blocks])  # type: ignore[arg-type]


async def blocks(session: AsyncSession, principal: Principal, version_id: VersionId) -> tuple[StoredBlock, ...]:
    """Return the version's blocks in reading order."""
    statement = select(BlockRow).where(
        BlockRow.version_id == version_id, is_of(BlockRow.organisation_id, principal.organisation_id)
    )
    rows = await session.execute(statement.order_by(BlockRow.ordinal))
    return tuple(_block(row) for row in rows.scalars())


async def is_referenced(session: AsyncSession, organisation_id: str, sha256: str) -> bool:
    """Whether any version of the organisation still has this content."""
    found = await session.execute(
        select(VersionRow.id).where(VersionRow.organisation_id == organisation_id, VersionRow.sha256 == sha256).limit(1)
    )
    return found.first() is not None


def _page_values(page: StoredPage) -> dict[str, Any]:
    return {
        "number": page.number,
        "width": page.width,
        "height": page.height,
        "rotation": page.rotation,
        "origin": page.origin,
        "warning": page.warning,
        "words": page.words,
    }


def _block_values(block: StoredBlock) -> dict[str, Any]:
    detail: dict[str, Any] = {}
    if block.boxes:
        detail["boxes"] = [msgspec.to_builtins(box) for box in block.boxes]
    if block.cells:
        detail["cells"] = [msgspec.to_builtins(cell) for cell in block.cells]
    if block.marker is not None:
        detail["marker"] = block.marker
    return {
        "ordinal": block.ordinal,
        "kind": block.kind,
        "level": block.level,
        "page": block.page,
        "span_start": block.span.start if block.span else None,
        "span_end": block.span.end if block.span else None,
        "detail": detail,
    }


def _block(row: BlockRow) -> StoredBlock:
    return StoredBlock(
        ordinal=row.ordinal,
        kind=row.kind,
        level=row.level,
        page=row.page,
        span=Span(row.span_start, row.span_end) if row.span_start is not None and row.span_end is not None else None,
        boxes=msgspec.convert(row.detail.get("boxes", ()), tuple[PageBox, ...]),
        cells=msgspec.convert(row.detail.get("cells", ()), tuple[StoredCell, ...]),
        marker=row.detail.get("marker"),
    )
