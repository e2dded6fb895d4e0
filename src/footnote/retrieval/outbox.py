"""Keeping every index in step with the truth: changes are written with their cause and applied by number.

A crash leaves an index late, never wrong: a change is applied at most once for its id, its id enters the index in the
same transaction, and it is acknowledged here only afterwards.
"""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from typing import Literal, Protocol

import structlog
from sqlalchemy import Exists, Select, delete, exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from footnote.db.engine import Database
from footnote.db.statements import insert_for
from footnote.jobs.events import next_value
from footnote.kit.clock import Clock
from footnote.kit.errors import FootnoteError, Unavailable
from footnote.kit.ids import DocumentId, OrganisationId, VersionId, new_id
from footnote.kit.principal import Principal
from footnote.retrieval.chunks import VersionLabels
from footnote.retrieval.models import ChunkRow, ChunkVectorRow, IndexVersionRow, OutboxAckRow, OutboxRow
from footnote.retrieval.ports import IndexChange, IndexEntry, SearchFilter, SearchIndex
from footnote.retrieval.store import ChunkStore

log = structlog.get_logger(__name__)

Operation = Literal["upsert_version", "remove_version", "remove_document", "move_document"]
_SLICE = 200
"""Entries a change may carry, so that no single write keeps a search waiting."""
_PAUSE_SECONDS = 5.0


class LabelsOf(Protocol):
    """Where the index learns a version's document from."""

    async def __call__(self, organisation_id: OrganisationId, version_id: VersionId) -> VersionLabels | None:
        """Return the labels, or None when the version was deleted meanwhile."""
        ...


class IndexOutbox:
    """Writes changes and feeds them to the organisation's index versions."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        index: SearchIndex,
        chunks: ChunkStore,
        labels_of: LabelsOf,
        *,
        embedder: str,
    ) -> None:
        self._database = database
        self._clock = clock
        self._index = index
        self._chunks = chunks
        self._labels_of = labels_of
        self._embedder = embedder
        self._locks: dict[OrganisationId, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._news = asyncio.Event()

    async def write(self, session: AsyncSession, principal: Principal, operation: Operation, **payload: str) -> None:
        """Add a change inside the transaction of its cause. Call `drain` or `wake` after the commit."""
        session.add(
            OutboxRow(
                id=new_id("out"),
                organisation_id=principal.organisation_id,
                seq=await next_value(session, principal.organisation_id, "index_outbox"),
                operation=operation,
                payload=payload,
                created_at=self._clock.now(),
            )
        )
        await session.flush()

    def wake(self) -> None:
        """Let the background feeder look now."""
        self._news.set()

    async def run(self) -> None:
        """Feed every organisation's index until cancelled: what a crash or a failed apply left behind."""
        while True:
            self._news.clear()
            await self._catch_up()
            try:
                async with asyncio.timeout(_PAUSE_SECONDS):
                    await self._news.wait()
            except TimeoutError:
                continue

    async def _catch_up(self) -> None:
        try:
            organisation_ids = await self.behind()
        except FootnoteError as error:
            log.warning("index.store_unavailable", code=error.error_code)
            return
        for organisation_id in organisation_ids:
            try:
                await self.drain(organisation_id)
            except Exception:
                # One organisation's broken index must not keep the others' behind.
                log.exception("index.apply_failed", organisation_id=organisation_id)

    async def behind(self) -> list[OrganisationId]:
        """Return the organisations whose serving or building index lacks a change."""
        async with self._database.reading() as session:
            rows = await session.execute(
                select(OutboxRow.organisation_id)
                .join(IndexVersionRow, IndexVersionRow.organisation_id == OutboxRow.organisation_id)
                .where(~_acked())
                .distinct()
            )
            return [OrganisationId(value) for value in rows.scalars()]

    async def pending(self, organisation_id: OrganisationId, index_version: str) -> int:
        """Return how many changes the index version lacks."""
        async with self._database.reading() as session:
            value = await session.scalar(
                select(func.count())
                .select_from(OutboxRow)
                .join(IndexVersionRow, IndexVersionRow.organisation_id == OutboxRow.organisation_id)
                .where(OutboxRow.organisation_id == organisation_id, IndexVersionRow.id == index_version, ~_acked())
            )
        return int(value or 0)

    async def drain(self, organisation_id: OrganisationId) -> None:
        """Apply everything written so far to every index version of the organisation, in order."""
        async with self._locks[organisation_id]:
            for index_version in await self._versions(organisation_id):
                for row in await self._unacked(organisation_id, index_version):
                    await self._apply(organisation_id, index_version, row)
                    await self._acknowledge(organisation_id, row.id, index_version)

    async def serving_version(self, organisation_id: OrganisationId) -> str:
        """Return the id of the index that answers, making the first one."""
        async with self._database.reading() as session:
            found = await session.scalar(_serving(organisation_id))
        if found is not None:
            return found
        async with self._database.writing() as session:
            found = await session.scalar(_serving(organisation_id))
            if found is not None:
                return found
            return self._add_version(session, organisation_id, "serving")

    async def start_building(self, organisation_id: OrganisationId) -> str:
        """Return the index version that is being built, making one when there is none."""
        async with self._database.writing() as session:
            found = await session.scalar(
                select(IndexVersionRow.id).where(
                    IndexVersionRow.organisation_id == organisation_id, IndexVersionRow.status == "building"
                )
            )
            return found or self._add_version(session, organisation_id, "building")

    async def add_version_to(self, organisation_id: OrganisationId, index_version: str, version_id: VersionId) -> int:
        """Put one document version into one index version, whatever the outbox says; returns the entries."""
        # Under the lock, so that a deletion is applied after what was read before it, never in between.
        async with self._locks[organisation_id]:
            return await self._upsert(organisation_id, index_version, version_id, change_id=f"build:{version_id}")

    async def switch_to(self, organisation_id: OrganisationId, index_version: str) -> None:
        """Let the built index answer from now on, and drop the one that did."""
        await self.drain(organisation_id)
        async with self._locks[organisation_id]:
            async with self._database.writing() as session:
                rows = await session.execute(
                    select(IndexVersionRow).where(IndexVersionRow.organisation_id == organisation_id)
                )
                retired = []
                for row in rows.scalars():
                    if row.id == index_version:
                        row.status = "serving"
                    else:
                        retired.append(row.id)
                        await session.delete(row)
            for old in retired:
                await self._index.drop(organisation_id, old)

    async def entries_of_document(
        self, session: AsyncSession, organisation_id: OrganisationId, document_id: DocumentId
    ) -> int:
        """Return how many entries the serving index holds of a document."""
        serving = await session.scalar(_serving(organisation_id))
        if serving is None:
            return 0
        only = SearchFilter(document_ids=frozenset({document_id}))
        return await self._index.count(organisation_id, serving, only)

    def _add_version(self, session: AsyncSession, organisation_id: OrganisationId, status: str) -> str:
        row = IndexVersionRow(
            id=new_id("idx"), organisation_id=organisation_id, embedder=self._embedder, status=status,
            created_at=self._clock.now(),
        )  # fmt: skip
        session.add(row)
        return row.id

    async def _versions(self, organisation_id: OrganisationId) -> list[str]:
        await self.serving_version(organisation_id)
        async with self._database.reading() as session:
            rows = await session.execute(
                select(IndexVersionRow.id).where(IndexVersionRow.organisation_id == organisation_id)
            )
            return list(rows.scalars())

    async def _unacked(self, organisation_id: OrganisationId, index_version: str) -> Sequence[OutboxRow]:
        async with self._database.reading() as session:
            rows = await session.execute(
                select(OutboxRow)
                .where(
                    OutboxRow.organisation_id == organisation_id,
                    ~exists().where(
                        OutboxAckRow.outbox_id == OutboxRow.id, OutboxAckRow.index_version_id == index_version
                    ),
                )
                .order_by(OutboxRow.seq)
            )
            return rows.scalars().all()

    async def _apply(self, organisation_id: OrganisationId, index_version: str, row: OutboxRow) -> None:
        match row.operation:
            case "upsert_version":
                await self._upsert(
                    organisation_id, index_version, VersionId(row.payload["version_id"]), change_id=row.id
                )
            case "remove_version":
                change = IndexChange(row.id, remove_version_ids=(row.payload["version_id"],))
                await self._index.apply(organisation_id, index_version, change)
            case "remove_document":
                change = IndexChange(row.id, remove_document_ids=(row.payload["document_id"],))
                await self._index.apply(organisation_id, index_version, change)
            case "move_document":
                change = IndexChange(row.id, moves={row.payload["document_id"]: row.payload["collection_id"]})
                await self._index.apply(organisation_id, index_version, change)
            case _:
                raise Unavailable(f"The index outbox holds an operation of a newer release: {row.operation!r}.")

    async def _upsert(
        self, organisation_id: OrganisationId, index_version: str, version_id: VersionId, *, change_id: str
    ) -> int:
        labels = await self._labels_of(organisation_id, version_id)
        if labels is None:
            return 0
        after, written = -1, 0
        while True:
            found = await self._chunks.with_vectors(version_id, self._embedder, after=after, limit=_SLICE)
            if not found:
                return written
            entries = [
                IndexEntry(
                    chunk_id=chunk.id,
                    document_id=labels.document_id,
                    version_id=version_id,
                    collection_id=labels.collection_id,
                    ordinal=chunk.ordinal,
                    title=labels.title,
                    heading=" ".join(chunk.heading_path),
                    body=f"{chunk.table_header}{chunk.text}",
                    vector=vector,
                    language=chunk.language,
                    media_type=labels.media_type,
                )
                for chunk, vector in found
            ]
            change = IndexChange(f"{change_id}:{after + 1}", upserts=entries)
            await self._index.apply(organisation_id, index_version, change)
            after = found[-1][0].ordinal
            written += len(found)
            if len(found) < _SLICE:
                return written

    async def _acknowledge(self, organisation_id: OrganisationId, outbox_id: str, index_version: str) -> None:
        """Note that the version has the change, and forget what every version has by now."""
        async with self._database.writing() as session:
            statement = insert_for(session, OutboxAckRow.__table__)  # type: ignore[arg-type]
            await session.execute(
                statement.values(outbox_id=outbox_id, index_version_id=index_version).on_conflict_do_nothing()
            )
            await self._forget_applied(session, organisation_id)

    async def _forget_applied(self, session: AsyncSession, organisation_id: OrganisationId) -> None:
        """Forget changes that every index version has; new index versions start from the truth itself."""
        # Correlated by hand: two levels down, the statement would otherwise ask for any change's acknowledgement.
        acked = exists().where(
            OutboxAckRow.outbox_id == OutboxRow.id, OutboxAckRow.index_version_id == IndexVersionRow.id
        )
        lacking = exists().where(
            IndexVersionRow.organisation_id == OutboxRow.organisation_id,
            ~acked.correlate(OutboxRow, IndexVersionRow),
        )
        await session.execute(
            delete(OutboxRow)
            .where(OutboxRow.organisation_id == organisation_id, ~lacking.correlate(OutboxRow))
            .execution_options(synchronize_session=False)
        )


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


def _serving(organisation_id: OrganisationId) -> Select[str]:
    return (
        select(IndexVersionRow.id)
        .where(IndexVersionRow.organisation_id == organisation_id, IndexVersionRow.status == "serving")
        .order_by(IndexVersionRow.created_at)
        .limit(1)
    )


def _acked() -> Exists:
    return exists().where(OutboxAckRow.outbox_id == OutboxRow.id, OutboxAckRow.index_version_id == IndexVersionRow.id)
