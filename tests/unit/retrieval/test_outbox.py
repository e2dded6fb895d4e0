"""The outbox forgets a change only when every index version has that very change."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import func, select

from footnote.app.migrate import migrate
from footnote.db.engine import Database, open_database
from footnote.identity.service import IdentityService
from footnote.kit.clock import SystemClock
from footnote.kit.errors import Unavailable
from footnote.kit.geometry import Span
from footnote.kit.ids import ChunkId, CollectionId, DocumentId, OrganisationId, VersionId
from footnote.kit.principal import Principal
from footnote.retrieval.chunks import StoredChunk, VersionLabels
from footnote.retrieval.index_versions import IndexVersions
from footnote.retrieval.models import OutboxRow
from footnote.retrieval.outbox import IndexOutbox
from footnote.retrieval.ports import IndexChange
from footnote.retrieval.store import ChunkStore


@dataclass
class RecordingIndex:
    """Notes what it is given; before the first change it lets somebody else write another one.

    late: where that one is written. outbox: looked at when changes are forgotten. kept: applied ids by index version.
    """

    late: "Outbox | None" = None
    outbox: "Outbox | None" = None
    applied: list[str] = field(default_factory=list)
    upserts: list[tuple[str, list[float]]] = field(default_factory=list)
    kept: dict[str, list[str]] = field(default_factory=dict)

    async def apply(self, organisation_id: str, index_version: str, change: IndexChange) -> bool:
        if not self.applied and self.late is not None:
            await self.late.write("doc_2")
        self.applied += change.remove_document_ids
        self.upserts += [(index_version, entry.vector.tolist()) for entry in change.upserts]
        self.kept.setdefault(index_version, []).append(change.change_id)
        return True

    async def forget_changes(self, organisation_id: str, index_version: str) -> None:
        if self.outbox is not None:
            assert await self.outbox.rows() == 0, "a change is forgotten only when the outbox cannot send it again"
        self.kept.pop(index_version, None)

    async def drop(self, organisation_id: str, index_version: str) -> None:
        self.kept.pop(index_version, None)


@dataclass
class Outbox:
    """The outbox under test with its database and its caller."""

    database: Database
    service: IndexOutbox
    versions: IndexVersions
    principal: Principal

    async def write(self, document_id: str) -> None:
        async with self.database.writing() as session:
            await self.service.write(session, self.principal, "remove_document", document_id=document_id)

    async def drain(self) -> None:
        await self.service.drain(self.principal.organisation_id)

    async def pending(self) -> int:
        serving = await self.versions.serving(self.principal.organisation_id)
        return await self.service.pending(self.principal.organisation_id, serving.id)

    async def rows(self) -> int:
        async with self.database.reading() as session:
            return int(await session.scalar(select(func.count()).select_from(OutboxRow)) or 0)


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    opened = open_database(None, tmp_path)
    await migrate(opened)
    yield opened
    await opened.close()


class ChunksOfAnotherEmbedder:
    """One version of one chunk, which the outbox's embedder has never seen."""

    chunk = StoredChunk(
        ChunkId("chk_1"), DocumentId("doc_1"), VersionId("ver_1"), 0, "text", Span(0, 4), "text", (), "en", (), ()
    )

    async def lacks_vectors(self, organisation_id: OrganisationId, version_id: VersionId, embedder: str) -> bool:
        return True

    async def with_vectors(
        self, organisation_id: OrganisationId, version_id: VersionId, embedder: str, *, after: int, limit: int
    ) -> list[tuple[StoredChunk, None]]:
        return [(self.chunk, None)] if after < 0 else []


async def outbox_of(
    database: Database, index: RecordingIndex, chunks: ChunkStore | ChunksOfAnotherEmbedder | None = None
) -> Outbox:
    async def labels_of(organisation_id: OrganisationId, version_id: VersionId) -> VersionLabels:
        return VersionLabels(DocumentId("doc_1"), version_id, CollectionId("col_1"), "Title", "text/plain")

    clock = SystemClock()
    owner = await IdentityService(database, clock).bootstrap_owner()
    versions = IndexVersions(database, clock, index, embedder="test/1/4")
    service = IndexOutbox(database, clock, index, versions, chunks or ChunkStore(database), labels_of)
    return Outbox(database, service, versions, owner)


async def test_a_change_written_while_another_is_applied_is_applied_next(database: Database) -> None:
    index = RecordingIndex()
    outbox = await outbox_of(database, index)
    index.late = outbox
    await outbox.write("doc_1")

    await outbox.drain()
    assert await outbox.pending() == 1

    await outbox.drain()
    assert index.applied == ["doc_1", "doc_2"]
    assert await outbox.pending() == 0


async def test_a_change_waits_until_every_index_version_has_it(database: Database) -> None:
    index = RecordingIndex()
    outbox = await outbox_of(database, index)
    await outbox.versions.serving(outbox.principal.organisation_id)
    await outbox.service.begin_building(outbox.principal.organisation_id, "idx_new")
    await outbox.write("doc_1")

    await outbox.drain()

    assert index.applied == ["doc_1", "doc_1"]
    assert await outbox.pending() == 0


async def test_applied_ids_are_forgotten_after_the_outbox_has_let_go_of_the_changes(database: Database) -> None:
    index = RecordingIndex()
    outbox = index.outbox = await outbox_of(database, index)
    for number in range(3):
        await outbox.write(f"doc_{number}")

    await outbox.drain()

    assert index.applied == ["doc_0", "doc_1", "doc_2"]
    assert index.kept == {}


async def test_ids_that_a_crash_left_behind_are_forgotten_with_the_next_change(database: Database) -> None:
    index = RecordingIndex()
    outbox = await outbox_of(database, index)
    serving = await outbox.versions.serving(outbox.principal.organisation_id)
    index.kept[serving.id] = ["out_of_a_process_that_died"]

    await outbox.write("doc_1")
    await outbox.drain()

    assert index.kept == {}


async def test_an_index_that_is_being_built_keeps_the_ids_its_resumed_rebuild_asks_for(database: Database) -> None:
    index = RecordingIndex()
    outbox = await outbox_of(database, index)
    organisation_id = outbox.principal.organisation_id
    await outbox.versions.serving(organisation_id)
    building = await outbox.service.begin_building(organisation_id, "idx_new")
    await outbox.write("doc_1")
    await outbox.drain()
    assert len(index.kept["idx_new"]) == 1

    await outbox.service.switch_to(organisation_id, building)
    await outbox.write("doc_2")
    await outbox.drain()

    assert index.kept == {}
    assert (await outbox.versions.serving(organisation_id)).id == "idx_new"


async def test_chunks_the_index_never_embedded_are_found_by_words_and_a_rebuild_waits_for_their_vectors(
    database: Database,
) -> None:
    index = RecordingIndex()
    outbox = await outbox_of(database, index, ChunksOfAnotherEmbedder())
    organisation_id = outbox.principal.organisation_id
    serving = await outbox.versions.serving(organisation_id)
    building = await outbox.service.begin_building(organisation_id, "idx_new")
    async with database.writing() as session:
        await outbox.service.write(session, outbox.principal, "upsert_version", version_id="ver_1")

    await outbox.service.drain(organisation_id)

    assert index.upserts == [(serving.id, [0.0, 0.0, 0.0, 0.0])]
    assert (await outbox.versions.serving(organisation_id)).status == "words_only"
    assert await outbox.service.pending(organisation_id, "idx_new") == 1
    with pytest.raises(Unavailable) as refused:
        await outbox.service.add_version_to(organisation_id, building, VersionId("ver_1"))
    assert refused.value.error_code == "vectors_missing"
