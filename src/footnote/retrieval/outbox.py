"""Keeping every index in step with the truth: changes are written with their cause and applied by number.

A crash leaves an index late, never wrong: a change is applied at most once for its id, its id enters the index in the
same transaction, and it is acknowledged here only afterwards. The index forgets the ids when all is acknowledged.
"""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from typing import Literal, Protocol

import structlog
from sqlalchemy import Exists, delete, exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from footnote.db.engine import Database
from footnote.db.statements import insert_for
from footnote.jobs.events import next_value
from footnote.kit.clock import Clock
from footnote.kit.errors import FootnoteError, Unavailable
from footnote.kit.ids import DocumentId, OrganisationId, VersionId, new_id
from footnote.kit.principal import Principal
from footnote.retrieval.chunks import StoredChunk, VersionLabels
from footnote.retrieval.index_versions import IndexVersion, IndexVersions
from footnote.retrieval.models import IndexVersionRow, OutboxAckRow, OutboxRow
from footnote.retrieval.ports import IndexChange, IndexEntry, SearchFilter, SearchIndex, Vector, no_vector
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
        versions: IndexVersions,
        chunks: ChunkStore,
        labels_of: LabelsOf,
    ) -> None:
        self._database = database
        self._clock = clock
        self._index = index
        self._versions = versions
        self._chunks = chunks
        self._labels_of = labels_of
        self._locks: dict[OrganisationId, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def write(self, session: AsyncSession, principal: Principal, operation: Operation, **payload: str) -> None:
        """Add a change inside the transaction of its cause. Call `drain` after the commit."""
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

    async def run(self) -> None:
        """Feed every organisation's index until cancelled: what a crash or a failed apply left behind."""
        is_settled = False
        while True:
            is_settled = is_settled or await self._settle()
            await self._catch_up()
            await asyncio.sleep(_PAUSE_SECONDS)

    async def _settle(self) -> bool:
        """Bring the index versions in line with the configured embedder; False if the database does not answer."""
        try:
            organisation_ids = await self._versions.organisations()
        except FootnoteError as error:
            log.warning("index.store_unavailable", code=error.error_code)
            return False
        for organisation_id in organisation_ids:
            try:
                async with self._locks[organisation_id]:
                    await self._versions.settle(organisation_id)
            except Exception:
                # One organisation's broken index must not keep the others from being fed.
                log.exception("index.settle_failed", organisation_id=organisation_id)
        return True

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
                .where(IndexVersionRow.status != "retired", ~_acked())
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
            await self._drain(organisation_id)

    async def begin_building(self, organisation_id: OrganisationId, index_version: str) -> IndexVersion:
        """See `IndexVersions.begin`; nothing is fed to an index while it is removed or made."""
        async with self._locks[organisation_id]:
            return await self._versions.begin(organisation_id, index_version)

    async def add_version_to(
        self, organisation_id: OrganisationId, building: IndexVersion, version_id: VersionId
    ) -> None:
        """Put one document version into an index that is being built, whatever the outbox says.

        Unavailable `vectors_missing` unless each of its chunks has a vector by the index's embedder.
        """
        # Under the lock, so that a deletion is applied after what was read before it, never in between.
        async with self._locks[organisation_id]:
            if await self._chunks.lacks_vectors(organisation_id, version_id, building.embedder):
                raise Unavailable("Some chunks of a document were not embedded yet.", code="vectors_missing")
            await self._upsert(organisation_id, building, version_id, change_id=f"build:{version_id}")

    async def is_incomplete(
        self, organisation_id: OrganisationId, building: IndexVersion, version_id: VersionId
    ) -> bool:
        """Tell whether the index that is being built lacks entries of a document version."""
        labels = await self._labels_of(organisation_id, version_id)
        if labels is None:
            return False
        only = SearchFilter(document_ids=frozenset({labels.document_id}))
        found = await self._index.count(organisation_id, building.id, only)
        return found < await self._chunks.count(organisation_id, version_id)

    async def switch_to(self, organisation_id: OrganisationId, building: IndexVersion) -> None:
        """Let the built index answer from now on, and drop the one that did."""
        async with self._locks[organisation_id]:
            await self._drain(organisation_id)
            await self._versions.put_into_service(organisation_id, building.id)

    async def entries_of_document(
        self, session: AsyncSession, organisation_id: OrganisationId, document_id: DocumentId
    ) -> int:
        """Return how many entries the serving index holds of a document."""
        serving = await self._versions.serving_in(session, organisation_id)
        if serving is None:
            return 0
        only = SearchFilter(document_ids=frozenset({document_id}))
        return await self._index.count(organisation_id, serving.id, only)

    async def _drain(self, organisation_id: OrganisationId) -> None:
        for version in await self._versions.live(organisation_id):
            rows = await self._unacked(organisation_id, version.id)
            for row in rows:
                if await self._must_wait(version, row):
                    continue
                await self._apply(organisation_id, version, row)
                await self._acknowledge(organisation_id, row.id, version.id)
            if rows and version.status != "building":
                # Nothing that was applied is ever sent again, and a crash right here only leaves the ids for later.
                # An index that is being built keeps them, since its rebuild may be resumed.
                await self._index.forget_changes(organisation_id, version.id)

    async def _must_wait(self, version: IndexVersion, row: OutboxRow) -> bool:
        """Tell whether an index that is being built cannot have the change yet, since its rebuild embeds first."""
        if version.status != "building" or row.operation != "upsert_version":
            return False
        version_id = VersionId(row.payload["version_id"])
        return await self._chunks.lacks_vectors(OrganisationId(row.organisation_id), version_id, version.embedder)

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

    async def _apply(self, organisation_id: OrganisationId, version: IndexVersion, row: OutboxRow) -> None:
        match row.operation:
            case "upsert_version":
                await self._upsert(organisation_id, version, VersionId(row.payload["version_id"]), change_id=row.id)
                return
            case "remove_version":
                change = IndexChange(row.id, remove_version_ids=(row.payload["version_id"],))
            case "remove_document":
                change = IndexChange(row.id, remove_document_ids=(row.payload["document_id"],))
            case "move_document":
                change = IndexChange(row.id, moves={row.payload["document_id"]: row.payload["collection_id"]})
            case _:
                raise Unavailable(f"The index outbox holds an operation of a newer release: {row.operation!r}.")
        await self._index.apply(organisation_id, version.id, change)

    async def _upsert(
        self, organisation_id: OrganisationId, version: IndexVersion, version_id: VersionId, *, change_id: str
    ) -> None:
        labels = await self._labels_of(organisation_id, version_id)
        if labels is None:
            return
        if await self._chunks.lacks_vectors(organisation_id, version_id, version.embedder):
            await self._versions.limit_to_words(version)
        blank, after = no_vector(version.embedder), -1
        while found := await self._chunks.with_vectors(
            organisation_id, version_id, version.embedder, after=after, limit=_SLICE
        ):
            entries = [_entry(labels, chunk, blank if vector is None else vector) for chunk, vector in found]
            change = IndexChange(f"{change_id}:{after + 1}", upserts=entries)
            await self._index.apply(organisation_id, version.id, change)
            after = found[-1][0].ordinal
            if len(found) < _SLICE:
                return

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
            IndexVersionRow.status != "retired",
            ~acked.correlate(OutboxRow, IndexVersionRow),
        )
        await session.execute(
            delete(OutboxRow)
            .where(OutboxRow.organisation_id == organisation_id, ~lacking.correlate(OutboxRow))
            .execution_options(synchronize_session=False)
        )


def _entry(labels: VersionLabels, chunk: StoredChunk, vector: Vector) -> IndexEntry:
    return IndexEntry(
        chunk_id=chunk.id,
        document_id=labels.document_id,
        version_id=labels.version_id,
        collection_id=labels.collection_id,
        ordinal=chunk.ordinal,
        title=labels.title,
        heading=" ".join(chunk.heading_path),
        body=f"{chunk.table_header}{chunk.text}",
        vector=vector,
        language=chunk.language,
        media_type=labels.media_type,
    )


def _acked() -> Exists:
    return exists().where(OutboxAckRow.outbox_id == OutboxRow.id, OutboxAckRow.index_version_id == IndexVersionRow.id)
