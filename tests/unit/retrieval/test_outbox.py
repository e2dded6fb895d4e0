"""The outbox forgets a change only when every index version has that very change."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from footnote.app.migrate import migrate
from footnote.db.engine import Database, open_database
from footnote.identity.service import IdentityService
from footnote.kit.clock import SystemClock
from footnote.kit.ids import OrganisationId, VersionId
from footnote.kit.principal import Principal
from footnote.retrieval.chunks import VersionLabels
from footnote.retrieval.outbox import IndexOutbox
from footnote.retrieval.ports import IndexChange
from footnote.retrieval.store import ChunkStore


@dataclass
class RecordingIndex:
    """Notes what it is given; before the first change it lets somebody else write another one."""

    outbox: "Outbox | None" = None
    applied: list[str] = field(default_factory=list)

    async def apply(self, organisation_id: str, index_version: str, change: IndexChange) -> bool:
        if not self.applied and self.outbox is not None:
            await self.outbox.write("doc_2")
        self.applied += change.remove_document_ids
        return True


@dataclass
class Outbox:
    """The outbox under test with its database and its caller."""

    database: Database
    service: IndexOutbox
    principal: Principal

    async def write(self, document_id: str) -> None:
        async with self.database.writing() as session:
            await self.service.write(session, self.principal, "remove_document", document_id=document_id)

    async def drain(self) -> None:
        await self.service.drain(self.principal.organisation_id)

    async def pending(self) -> int:
        serving = await self.service.serving_version(self.principal.organisation_id)
        return await self.service.pending(self.principal.organisation_id, serving)


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    opened = open_database(None, tmp_path)
    await migrate(opened)
    yield opened
    await opened.close()


async def outbox_of(database: Database, index: RecordingIndex) -> Outbox:
    async def no_labels(organisation_id: OrganisationId, version_id: VersionId) -> VersionLabels | None:
        return None

    clock = SystemClock()
    owner = await IdentityService(database, clock).bootstrap_owner()
    service = IndexOutbox(database, clock, index, ChunkStore(database), no_labels, embedder="test")
    return Outbox(database, service, owner)


async def test_a_change_written_while_another_is_applied_is_applied_next(database: Database) -> None:
    index = RecordingIndex()
    outbox = await outbox_of(database, index)
    index.outbox = outbox
    await outbox.write("doc_1")

    await outbox.drain()
    assert await outbox.pending() == 1

    await outbox.drain()
    assert index.applied == ["doc_1", "doc_2"]
    assert await outbox.pending() == 0


async def test_a_change_waits_until_every_index_version_has_it(database: Database) -> None:
    index = RecordingIndex()
    outbox = await outbox_of(database, index)
    await outbox.service.serving_version(outbox.principal.organisation_id)
    await outbox.service.start_building(outbox.principal.organisation_id)
    await outbox.write("doc_1")

    await outbox.drain()

    assert index.applied == ["doc_1", "doc_1"]
    assert await outbox.pending() == 0
