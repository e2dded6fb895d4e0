"""A file lives exactly as long as a version refers to it, whatever breaks on the way."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import text

from footnote.adapters.blob_stores.folder import FolderBlobStore
from footnote.db.engine import Database
from footnote.documents.ports import StagedBlob
from footnote.documents.service.files import FileKeeper
from footnote.identity.service import IdentityService
from footnote.kit.clock import SystemClock
from footnote.kit.errors import NotFound
from footnote.kit.ids import OrganisationId

CONTENT = b"A sentence that is kept, or not."


async def _content() -> AsyncIterator[bytes]:
    yield CONTENT


@pytest.fixture
async def organisation_id(database: Database) -> OrganisationId:
    return (await IdentityService(database, SystemClock()).bootstrap_owner()).organisation_id


@pytest.fixture
def blobs(tmp_path: Path) -> FolderBlobStore:
    return FolderBlobStore(tmp_path / "blobs")


@pytest.fixture
def keeper(database: Database, blobs: FolderBlobStore) -> FileKeeper:
    return FileKeeper(database, blobs)


@pytest.fixture
async def staged(blobs: FolderBlobStore) -> StagedBlob:
    return await blobs.stage(_content(), limit_bytes=1_000)


def _is_on_disk(folder: Path, staged: StagedBlob) -> bool:
    return any(folder.rglob(staged.sha256))


async def _notes(database: Database) -> int:
    async with database.reading() as session:
        return int(await session.scalar(text("SELECT count(*) FROM blob_erasures")) or 0)


async def test_a_file_whose_version_was_refused_is_gone(
    keeper: FileKeeper, database: Database, organisation_id: OrganisationId, staged: StagedBlob, tmp_path: Path
) -> None:
    with pytest.raises(NotFound):  # noqa: PT012  # the block is what is tested
        async with keeper.published(organisation_id, staged):
            assert _is_on_disk(tmp_path, staged)
            raise NotFound("There is no such collection.")

    assert not _is_on_disk(tmp_path, staged)
    assert await _notes(database) == 0


async def test_a_file_whose_process_died_before_its_version_was_written_goes_at_the_next_look(
    keeper: FileKeeper, database: Database, blobs: FolderBlobStore, organisation_id: OrganisationId, staged: StagedBlob,
    tmp_path: Path,
) -> None:  # fmt: skip
    # What stands on disk and in the database at the moment between the two.
    async with database.writing() as session:
        await keeper.doubt(session, organisation_id, staged.sha256)
    await blobs.publish(organisation_id, staged)

    erased = await FileKeeper(database, blobs).erase_unreferenced(organisation_id)

    assert erased == {"blobs": 1, "blob_bytes": len(CONTENT)}
    assert not _is_on_disk(tmp_path, staged)
    assert await _notes(database) == 0


async def test_a_file_that_was_settled_stays(
    keeper: FileKeeper, database: Database, organisation_id: OrganisationId, staged: StagedBlob, tmp_path: Path
) -> None:
    async with keeper.published(organisation_id, staged), database.writing() as session:
        await keeper.settle(session, organisation_id, staged.sha256)

    assert await keeper.erase_unreferenced(organisation_id) == {"blobs": 0, "blob_bytes": 0}
    assert _is_on_disk(tmp_path, staged)
