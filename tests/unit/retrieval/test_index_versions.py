"""An index belongs to one embedder; which one answers, and how, follows from the configured one."""

import asyncio
from dataclasses import dataclass, field

import pytest
from sqlalchemy import select

from footnote.db.engine import Database
from footnote.identity.service import IdentityService
from footnote.kit.clock import SystemClock
from footnote.kit.ids import OrganisationId
from footnote.retrieval.index_versions import IndexVersions
from footnote.retrieval.models import IndexVersionRow

OLD, NEW = "model/int8/4", "model/fp32/4"


@dataclass
class DroppedIndexes:
    """Notes what is removed from disk, and can fail as a killed process would."""

    dropped: list[str] = field(default_factory=list)
    is_dying: bool = False

    async def drop(self, organisation_id: str, index_version: str) -> None:
        if self.is_dying:
            raise KeyboardInterrupt
        self.dropped.append(index_version)


@dataclass
class Shop:
    """One organisation whose server is started with one embedder or the other."""

    database: Database
    index: DroppedIndexes
    organisation_id: OrganisationId

    def with_embedder(self, embedder: str) -> IndexVersions:
        return IndexVersions(self.database, SystemClock(), self.index, embedder=embedder)

    async def rows(self) -> dict[str, str]:
        async with self.database.reading() as session:
            rows = await session.execute(select(IndexVersionRow.id, IndexVersionRow.status))
            return {row.id: row.status for row in rows}


@pytest.fixture
async def shop(database: Database) -> Shop:
    owner = await IdentityService(database, SystemClock()).bootstrap_owner()
    return Shop(database, DroppedIndexes(), owner.organisation_id)


async def test_an_index_of_another_embedder_is_searched_by_words_only(shop: Shop) -> None:
    first = shop.with_embedder(OLD)
    serving = await first.serving(shop.organisation_id)
    assert not first.is_by_words_only(serving)
    assert await first.count_by_words_only() == 0

    second = shop.with_embedder(NEW)
    assert await second.serving(shop.organisation_id) == serving
    assert second.is_by_words_only(serving)
    assert await second.count_by_words_only() == 1


async def test_an_index_that_took_in_chunks_without_vectors_stays_limited_under_either_embedder(shop: Shop) -> None:
    versions = shop.with_embedder(OLD)
    await versions.limit_to_words(await versions.serving(shop.organisation_id))
    limited = await versions.serving(shop.organisation_id)
    assert limited.status == "words_only"
    for embedder in (OLD, NEW):
        assert shop.with_embedder(embedder).is_by_words_only(limited)


async def test_a_rebuild_makes_an_index_of_the_configured_embedder_and_the_old_one_goes(shop: Shop) -> None:
    old = await shop.with_embedder(OLD).serving(shop.organisation_id)
    versions = shop.with_embedder(NEW)
    building = await versions.begin(shop.organisation_id, "idx_new")
    assert (building.embedder, building.status) == (NEW, "building")
    assert (await versions.serving(shop.organisation_id)).id == old.id

    await versions.put_into_service(shop.organisation_id, "idx_new")

    assert await shop.rows() == {"idx_new": "serving"}
    assert old.id in shop.index.dropped
    assert not versions.is_by_words_only(await versions.serving(shop.organisation_id))


async def test_a_resumed_rebuild_goes_on_with_its_own_index_and_after_the_switch_with_nothing(shop: Shop) -> None:
    versions = shop.with_embedder(OLD)
    await versions.serving(shop.organisation_id)
    building = await versions.begin(shop.organisation_id, "idx_new")
    shop.index.dropped.clear()
    assert await versions.begin(shop.organisation_id, "idx_new") == building
    await versions.put_into_service(shop.organisation_id, "idx_new")
    assert (await versions.begin(shop.organisation_id, "idx_new")).status == "serving"
    assert "idx_new" not in shop.index.dropped


async def test_a_rebuild_that_another_embedder_began_is_begun_anew(shop: Shop) -> None:
    await shop.with_embedder(OLD).serving(shop.organisation_id)
    await shop.with_embedder(OLD).begin(shop.organisation_id, "idx_new")
    shop.index.dropped.clear()
    begun = await shop.with_embedder(NEW).begin(shop.organisation_id, "idx_new")
    assert (begun.embedder, begun.status) == (NEW, "building")
    assert "idx_new" in shop.index.dropped


async def test_what_a_kill_left_of_a_retired_index_is_removed_at_the_next_start(shop: Shop) -> None:
    versions = shop.with_embedder(OLD)
    old = await versions.serving(shop.organisation_id)
    await versions.begin(shop.organisation_id, "idx_new")
    shop.index.is_dying = True
    with pytest.raises(KeyboardInterrupt):
        await versions.put_into_service(shop.organisation_id, "idx_new")
    assert await shop.rows() == {old.id: "retired", "idx_new": "serving"}
    assert [version.id for version in await versions.live(shop.organisation_id)] == ["idx_new"]

    shop.index.is_dying = False
    await versions.settle(shop.organisation_id)
    assert await shop.rows() == {"idx_new": "serving"}
    assert old.id in shop.index.dropped


async def test_an_empty_library_follows_the_configured_embedder_without_a_rebuild(shop: Shop) -> None:
    await shop.with_embedder(OLD).serving(shop.organisation_id)
    versions = shop.with_embedder(NEW)
    await versions.settle(shop.organisation_id)
    assert not versions.is_by_words_only(await versions.serving(shop.organisation_id))


async def test_an_abandoned_rebuild_takes_no_more_changes(shop: Shop) -> None:
    versions = shop.with_embedder(OLD)
    serving = await versions.serving(shop.organisation_id)
    await versions.begin(shop.organisation_id, "idx_new")
    async with shop.database.writing() as session:
        await versions.abandon(session, "idx_new")
        await versions.abandon(session, serving.id)
    assert await versions.live(shop.organisation_id) == [serving]


async def test_first_searches_at_the_same_moment_make_one_index(shop: Shop) -> None:
    versions = shop.with_embedder(OLD)
    found = await asyncio.gather(*(versions.serving(shop.organisation_id) for _ in range(8)))
    assert len({version.id for version in found}) == 1
    assert len(await shop.rows()) == 1
