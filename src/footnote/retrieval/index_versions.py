"""Which search index of an organisation answers and which is being built: an index belongs to one embedder.

Vectors of two embedders have nothing to do with each other, even where they are equally long. So an index whose
embedder is not the configured one is searched by words only, until a rebuild has made another beside it.
"""

from dataclasses import dataclass
from typing import Literal, TypeAlias

import structlog
from sqlalchemy import ColumnElement, delete, exists, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from footnote.db.engine import Database
from footnote.jobs.events import next_value
from footnote.kit.clock import Clock
from footnote.kit.ids import OrganisationId, new_id
from footnote.retrieval.models import ChunkRow, IndexVersionRow
from footnote.retrieval.ports import SearchIndex

log = structlog.get_logger(__name__)

IndexVersionStatus: TypeAlias = Literal["building", "serving", "words_only", "retired"]
"""words_only: serving, but some of its entries have no vector by its embedder. retired: to be removed from disk."""
_ANSWERING = ("serving", "words_only")


@dataclass(frozen=True, slots=True)
class IndexVersion:
    """One index of an organisation. embedder: the key of the one that made all of its vectors."""

    id: str
    embedder: str
    status: IndexVersionStatus


class IndexVersions:
    """The organisations' indexes as rows; exactly one of an organisation answers."""

    def __init__(self, database: Database, clock: Clock, index: SearchIndex, *, embedder: str) -> None:
        """embedder: key of the configured one, which embeds questions and whatever is read or rebuilt from now on."""
        self._database = database
        self._clock = clock
        self._index = index
        self._embedder = embedder

    def is_by_words_only(self, version: IndexVersion) -> bool:
        """Tell whether a question's vector must not be compared with those of the index."""
        return version.status == "words_only" or version.embedder != self._embedder

    async def serving(self, organisation_id: OrganisationId) -> IndexVersion:
        """Return the index that answers, making the first one."""
        async with self._database.reading() as session:
            found = await self.serving_in(session, organisation_id)
        if found is not None:
            return found
        async with self._database.writing() as session:
            # Numbers are given out one after the other, so that two first searches make one index on PostgreSQL too.
            await next_value(session, organisation_id, "index_versions")
            found = await self.serving_in(session, organisation_id)
            return found or self._add(session, organisation_id, new_id("idx"), "serving")

    async def serving_in(self, session: AsyncSession, organisation_id: OrganisationId) -> IndexVersion | None:
        """Return the index that answers, None before the first one was made."""
        row = await session.scalar(
            select(IndexVersionRow)
            .where(IndexVersionRow.organisation_id == organisation_id, IndexVersionRow.status.in_(_ANSWERING))
            .order_by(IndexVersionRow.created_at)
            .limit(1)
        )
        return None if row is None else _version(row)

    async def live(self, organisation_id: OrganisationId) -> list[IndexVersion]:
        """Return the index that answers, made if need be, and after it one that is being built."""
        serving = await self.serving(organisation_id)
        async with self._database.reading() as session:
            return [serving, *map(_version, await _building(session, organisation_id))]

    async def is_building(self, organisation_id: OrganisationId) -> bool:
        """Tell whether another index is being built beside the one that answers."""
        async with self._database.reading() as session:
            return bool(await _building(session, organisation_id))

    async def begin(self, organisation_id: OrganisationId, index_version: str) -> IndexVersion:
        """Return the index version of a rebuild, made empty unless it exists; what other rebuilds left is removed.

        One that another embedder began is begun anew. One that answers already is returned as it is.
        """
        async with self._database.writing() as session:
            for row in await _building(session, organisation_id):
                if row.id != index_version or row.embedder != self._embedder:
                    row.status = "retired"
        await self.clear_retired(organisation_id)
        async with self._database.reading() as session:
            found = await session.get(IndexVersionRow, index_version)
        if found is not None:
            return _version(found)
        # A rebuild that was taken for dead and goes on may have written to the file of a row that was removed.
        await self._index.drop(organisation_id, index_version)
        async with self._database.writing() as session:
            return self._add(session, organisation_id, index_version, "building")

    async def abandon(self, session: AsyncSession, index_version: str) -> None:
        """Give up an index that is being built; its file goes with the next rebuild or start."""
        await session.execute(
            update(IndexVersionRow)
            .where(IndexVersionRow.id == index_version, IndexVersionRow.status == "building")
            .values(status="retired")
            .execution_options(synchronize_session=False)
        )

    async def put_into_service(self, organisation_id: OrganisationId, index_version: str) -> None:
        """Let the built index answer from now on, and remove the one that did."""
        async with self._database.writing() as session:
            rows = await session.execute(
                select(IndexVersionRow).where(IndexVersionRow.organisation_id == organisation_id)
            )
            for row in rows.scalars():
                row.status = "serving" if row.id == index_version else "retired"
        await self.clear_retired(organisation_id)

    async def limit_to_words(self, version: IndexVersion) -> None:
        """Note, before it happens, that the index takes in entries without a vector by its embedder."""
        if version.status != "serving":
            return
        async with self._database.writing() as session:
            await session.execute(
                update(IndexVersionRow)
                .where(IndexVersionRow.id == version.id, IndexVersionRow.status == "serving")
                .values(status="words_only")
                .execution_options(synchronize_session=False)
            )
        log.warning("index.limited_to_words", index_version=version.id, index_embedder=version.embedder)

    async def clear_retired(self, organisation_id: OrganisationId) -> None:
        """Remove what answers no more: first from disk, then its row, so that a crash leaves nothing behind."""
        async with self._database.reading() as session:
            rows = await session.execute(
                select(IndexVersionRow.id).where(
                    IndexVersionRow.organisation_id == organisation_id, IndexVersionRow.status == "retired"
                )
            )
            retired = list(rows.scalars())
        for old in retired:
            await self._index.drop(organisation_id, old)
        if retired:
            async with self._database.writing() as session:
                await session.execute(delete(IndexVersionRow).where(IndexVersionRow.id.in_(retired)))

    async def organisations(self) -> list[OrganisationId]:
        """Return the organisations that have an index."""
        async with self._database.reading() as session:
            rows = await session.execute(select(IndexVersionRow.organisation_id).distinct())
            return [OrganisationId(value) for value in rows.scalars()]

    async def count_by_words_only(self) -> int:
        """Return how many organisations are searched by words only until their index is rebuilt."""
        async with self._database.reading() as session:
            statement = select(func.count()).select_from(IndexVersionRow).where(self._by_words_only())
            return int(await session.scalar(statement) or 0)

    async def settle(self, organisation_id: OrganisationId) -> None:
        """At the start: remove what is retired, and let an empty library have an index of the configured embedder.

        Where there is something to embed, this only says so: embedding it all again is the operator's to start.
        """
        await self.clear_retired(organisation_id)
        async with self._database.writing() as session:
            row = await session.scalar(
                select(IndexVersionRow).where(IndexVersionRow.organisation_id == organisation_id, self._by_words_only())
            )
            if row is None:
                return
            if not await session.scalar(select(exists().where(ChunkRow.organisation_id == organisation_id))):
                row.status = "retired"
            else:
                log.warning(
                    "index.rebuild_needed", organisation_id=organisation_id, index_embedder=row.embedder,
                    embedder=self._embedder,
                )  # fmt: skip
        await self.clear_retired(organisation_id)

    def _by_words_only(self) -> ColumnElement[bool]:
        other = (IndexVersionRow.status == "serving") & (IndexVersionRow.embedder != self._embedder)
        return other | (IndexVersionRow.status == "words_only")

    def _add(
        self, session: AsyncSession, organisation_id: OrganisationId, index_version: str, status: IndexVersionStatus
    ) -> IndexVersion:
        row = IndexVersionRow(
            id=index_version, organisation_id=organisation_id, embedder=self._embedder, status=status,
            created_at=self._clock.now(),
        )  # fmt: skip
        session.add(row)
        return _version(row)


async def _building(session: AsyncSession, organisation_id: OrganisationId) -> list[IndexVersionRow]:
    rows = await session.execute(
        select(IndexVersionRow)
        .where(IndexVersionRow.organisation_id == organisation_id, IndexVersionRow.status == "building")
        .order_by(IndexVersionRow.created_at)
    )
    return list(rows.scalars())


def _version(row: IndexVersionRow) -> IndexVersion:
    return IndexVersion(row.id, row.embedder, row.status)  # type: ignore[arg-type]  # only we write it
