"""Writing chunks and vectors, inside the ingesting job's own fenced transaction; and reading them back."""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
import numpy as np
import numpy.typing as npt
from sqlalchemy import delete, exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import defer

from footnote.db.engine import Database
from footnote.db.statements import insert_many, is_of
from footnote.kit.geometry import PageBox, Span
from footnote.kit.ids import ChunkId, DocumentId, OrganisationId, VersionId, new_id
from footnote.kit.principal import Principal
from footnote.retrieval.chunks import NewChunk, StoredChunk
from footnote.retrieval.models import ChunkRow, ChunkVectorRow
from footnote.retrieval.ports import Vector

_STORED = np.dtype("<f2")


@dataclass(frozen=True, slots=True)
class ChunkToEmbed:
    """What an embedder must know of a chunk, and the chunk's place in its version, from 0."""

    id: ChunkId
    ordinal: int
    embedding_text: str


class ChunkStore:
    """The truth about chunks and vectors."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def replace(
        self,
        session: AsyncSession,
        principal: Principal,
        document_id: DocumentId,
        version_id: VersionId,
        chunks: Sequence[NewChunk],
        *,
        keeps_ids: bool = False,
    ) -> list[ChunkId]:
        """Store the version's chunks in place of those it had, so that each exists once; returns their ids in order.

        keeps_ids: the first chunk takes the id of the first one before, and so on, so that what an index finds exists.
        """
        ids = await self._ids(session, version_id) if keeps_ids else []
        ids = [*ids[: len(chunks)], *(ChunkId(new_id("chk")) for _ in chunks[len(ids) :])]
        await session.execute(delete(ChunkRow).where(ChunkRow.version_id == version_id))
        rows = [
            {
                "id": chunk_id,
                "organisation_id": principal.organisation_id,
                "document_id": document_id,
                "version_id": version_id,
                "ordinal": chunk.ordinal,
                "kind": chunk.kind,
                "span_start": chunk.span.start,
                "span_end": chunk.span.end,
                "text": chunk.text,
                "embedding_text": chunk.embedding_text,
                "table_header": chunk.table_header,
                "heading_path": list(chunk.heading_path),
                "token_count": chunk.token_count,
                "language": chunk.language,
                "pages": list(chunk.pages),
                "boxes": [msgspec.to_builtins(box) for box in chunk.boxes],
            }
            for chunk_id, chunk in zip(ids, chunks, strict=True)
        ]
        await insert_many(session, ChunkRow.__table__, rows)  # type: ignore[arg-type]  # a mapped class's table
        return ids

    async def _ids(self, session: AsyncSession, version_id: VersionId) -> list[ChunkId]:
        rows = await session.execute(
            select(ChunkRow.id).where(ChunkRow.version_id == version_id).order_by(ChunkRow.ordinal)
        )
        return [ChunkId(value) for value in rows.scalars()]

    async def counts(self, principal: Principal, version_id: VersionId, embedder: str) -> tuple[int, int]:
        """Return how many chunks the version has, and how many of them have a vector by the embedder."""
        async with self._database.reading() as session:
            row = (
                await session.execute(
                    select(func.count(ChunkRow.id), func.count(ChunkVectorRow.chunk_id))
                    .outerjoin(
                        ChunkVectorRow,
                        (ChunkVectorRow.chunk_id == ChunkRow.id) & (ChunkVectorRow.embedder == embedder),
                    )
                    .where(
                        ChunkRow.version_id == version_id, is_of(ChunkRow.organisation_id, principal.organisation_id)
                    )
                )
            ).one()
        return int(row[0]), int(row[1])

    async def count(self, organisation_id: OrganisationId, version_id: VersionId) -> int:
        """Return how many chunks the version has."""
        statement = select(func.count()).where(
            ChunkRow.version_id == version_id, is_of(ChunkRow.organisation_id, organisation_id)
        )
        async with self._database.reading() as session:
            return int(await session.scalar(statement) or 0)

    async def lacks_vectors(self, organisation_id: OrganisationId, version_id: VersionId, embedder: str) -> bool:
        """Tell whether a chunk of the version was not embedded by the embedder."""
        seen = (
            exists()
            .where(ChunkVectorRow.chunk_id == ChunkRow.id, ChunkVectorRow.embedder == embedder)
            .correlate(ChunkRow)
        )
        async with self._database.reading() as session:
            lacking = exists().where(
                ChunkRow.version_id == version_id, is_of(ChunkRow.organisation_id, organisation_id), ~seen
            )
            return bool(await session.scalar(select(lacking)))

    async def without_vector(
        self, principal: Principal, version_id: VersionId, embedder: str, *, after: int, limit: int
    ) -> list[ChunkToEmbed]:
        """Return the next chunks past the ordinal `after` that the embedder has not seen, in order."""
        async with self._database.reading() as session:
            rows = await session.execute(
                select(ChunkRow.id, ChunkRow.ordinal, ChunkRow.embedding_text)
                .outerjoin(
                    ChunkVectorRow, (ChunkVectorRow.chunk_id == ChunkRow.id) & (ChunkVectorRow.embedder == embedder)
                )
                .where(
                    ChunkRow.version_id == version_id,
                    is_of(ChunkRow.organisation_id, principal.organisation_id),
                    ChunkRow.ordinal > after,
                    ChunkVectorRow.chunk_id.is_(None),
                )
                .order_by(ChunkRow.ordinal)
                .limit(limit)
            )
            return [ChunkToEmbed(ChunkId(chunk_id), ordinal, text) for chunk_id, ordinal, text in rows]

    async def add_vectors(
        self,
        session: AsyncSession,
        principal: Principal,
        embedder: str,
        chunk_ids: Sequence[ChunkId],
        vectors: Vector,
    ) -> None:
        """Store one vector a chunk, float32[N, D] in the order of the ids; chunks that were deleted are passed over."""
        stored = np.ascontiguousarray(vectors, dtype=_STORED)
        there = set(
            await session.scalars(
                select(ChunkRow.id)
                .where(ChunkRow.id.in_(chunk_ids), is_of(ChunkRow.organisation_id, principal.organisation_id))
                .with_for_update(read=True, key_share=True)
            )
        )
        rows = [
            {"chunk_id": chunk_id, "embedder": embedder, "vector": stored[position].tobytes()}
            for position, chunk_id in enumerate(chunk_ids)
            if chunk_id in there
        ]
        await insert_many(session, ChunkVectorRow.__table__, rows)  # type: ignore[arg-type]

    async def with_vectors(
        self, organisation_id: OrganisationId, version_id: VersionId, embedder: str, *, after: int, limit: int
    ) -> list[tuple[StoredChunk, Vector | None]]:
        """Return the version's next chunks with ordinals above `after` and their vectors as float32[D], if any."""
        async with self._database.reading() as session:
            rows = await session.execute(
                select(ChunkRow, ChunkVectorRow.vector)
                .options(defer(ChunkRow.embedding_text))
                .outerjoin(
                    ChunkVectorRow, (ChunkVectorRow.chunk_id == ChunkRow.id) & (ChunkVectorRow.embedder == embedder)
                )
                .where(
                    ChunkRow.version_id == version_id,
                    is_of(ChunkRow.organisation_id, organisation_id),
                    ChunkRow.ordinal > after,
                )
                .order_by(ChunkRow.ordinal)
                .limit(limit)
            )
            return [(stored_chunk(row), _vector(vector)) for row, vector in rows]

    async def chunks(self, principal: Principal, chunk_ids: Sequence[str]) -> dict[str, StoredChunk]:
        """Return those of the chunks that exist in the organisation."""
        async with self._database.reading() as session:
            return await self.chunks_in(session, principal, chunk_ids)

    async def chunks_in(
        self, session: AsyncSession, principal: Principal, chunk_ids: Sequence[str]
    ) -> dict[str, StoredChunk]:
        """Like `chunks`, inside the caller's scope."""
        rows = await session.execute(
            select(ChunkRow)
            .where(ChunkRow.id.in_(chunk_ids), is_of(ChunkRow.organisation_id, principal.organisation_id))
            .options(defer(ChunkRow.embedding_text))
        )
        return {row.id: stored_chunk(row) for row in rows.scalars()}

    async def drop_version(self, session: AsyncSession, principal: Principal, version_id: VersionId) -> None:
        """Remove chunks and vectors of a version that answers no more; its text and pages stay for old citations."""
        await session.execute(
            delete(ChunkRow)
            .where(ChunkRow.version_id == version_id, is_of(ChunkRow.organisation_id, principal.organisation_id))
            .execution_options(synchronize_session=False)
        )


def stored_chunk(row: ChunkRow) -> StoredChunk:
    """Return the row as the product knows it."""
    return StoredChunk(
        id=ChunkId(row.id),
        document_id=DocumentId(row.document_id),
        version_id=VersionId(row.version_id),
        ordinal=row.ordinal,
        kind=row.kind,
        span=Span(row.span_start, row.span_end),
        text=row.text,
        heading_path=tuple(row.heading_path),
        language=row.language,
        pages=tuple(row.pages),
        boxes=msgspec.convert(row.boxes, tuple[PageBox, ...]),
        table_header=row.table_header,
    )


def _vector(stored: bytes | None) -> Vector | None:
    if stored is None:
        return None
    half: npt.NDArray[np.float16] = np.frombuffer(stored, dtype=_STORED)
    return half.astype(np.float32)
