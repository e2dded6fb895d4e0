"""What every blob store must do; run on each registered one.

An adapter joins by a line in `STORES`: how to make it for a folder of the test.
"""

import errno
import hashlib
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from footnote.adapters.blob_stores.folder import FolderBlobStore
from footnote.adapters.blob_stores.registry import BLOB_STORES
from footnote.documents.ports import BlobStore
from footnote.kit.errors import InvalidInput, NotFound, TooLarge
from footnote.kit.ids import OrganisationId

STORES: dict[str, Callable[[Path], BlobStore]] = {"folder": lambda folder: FolderBlobStore(folder / "blobs")}
ORG, OTHER = OrganisationId("org_a"), OrganisationId("org_b")
CONTENT = b"Heron 180, edition 3. " * 9_000
SHA256 = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture(params=sorted(BLOB_STORES))
def store(request: pytest.FixtureRequest, tmp_path: Path) -> BlobStore:
    return STORES[request.param](tmp_path)


async def chunks(content: bytes = CONTENT, size: int = 7_001) -> AsyncIterator[bytes]:
    for start in range(0, len(content), size):
        yield content[start : start + size]


async def kept(store: BlobStore, organisation: OrganisationId = ORG) -> None:
    staged = await store.stage(chunks(), limit_bytes=len(CONTENT))
    await store.publish(organisation, staged)
    await store.discard(staged)


async def read(store: BlobStore, organisation: OrganisationId = ORG) -> bytes:
    async with store.open_path(organisation, SHA256) as path:
        return path.read_bytes()


def files_below(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


async def test_staging_measures_and_hashes_what_came(store: BlobStore):
    staged = await store.stage(chunks(), limit_bytes=len(CONTENT))
    assert (staged.sha256, staged.size_bytes, staged.path.read_bytes()) == (SHA256, len(CONTENT), CONTENT)


async def test_a_published_file_is_read_back_byte_for_byte(store: BlobStore):
    await kept(store)
    assert await read(store) == CONTENT


async def test_a_staged_file_is_nobodys_before_it_is_published(store: BlobStore):
    await store.stage(chunks(), limit_bytes=len(CONTENT))
    with pytest.raises(NotFound):
        await read(store)


async def test_publishing_the_same_content_again_changes_nothing(store: BlobStore):
    await kept(store)
    await kept(store)
    assert await read(store) == CONTENT


async def test_discarding_leaves_nothing_and_may_be_repeated(store: BlobStore, tmp_path: Path):
    staged = await store.stage(chunks(), limit_bytes=len(CONTENT))
    await store.discard(staged)
    await store.discard(staged)
    assert files_below(tmp_path) == []


async def test_too_much_is_refused_and_leaves_nothing_behind(store: BlobStore, tmp_path: Path):
    with pytest.raises(TooLarge):
        await store.stage(chunks(), limit_bytes=len(CONTENT) - 1)
    assert files_below(tmp_path) == []


async def test_a_broken_off_upload_leaves_nothing_behind(store: BlobStore, tmp_path: Path):
    async def broken() -> AsyncIterator[bytes]:
        yield CONTENT[:100]
        raise InvalidInput("The upload broke off before its end.")

    with pytest.raises(InvalidInput):
        await store.stage(broken(), limit_bytes=len(CONTENT))
    assert files_below(tmp_path) == []


async def test_organisations_do_not_see_each_others_files(store: BlobStore):
    await kept(store, ORG)
    with pytest.raises(NotFound):
        await read(store, OTHER)


async def test_deleting_frees_the_bytes_once_and_only_for_one_organisation(store: BlobStore):
    await kept(store, ORG)
    await kept(store, OTHER)

    assert await store.delete(ORG, SHA256) == len(CONTENT)
    assert await store.delete(ORG, SHA256) == 0
    assert await read(store, OTHER) == CONTENT
    with pytest.raises(NotFound):
        await read(store, ORG)


async def test_a_fault_of_the_incoming_stream_is_its_own_and_leaves_nothing_behind(store: BlobStore, tmp_path: Path):
    fault = OSError(errno.ENOSPC, "the sender's disk, not ours")

    async def broken() -> AsyncIterator[bytes]:
        yield CONTENT[:100]
        raise fault

    with pytest.raises(OSError, match="not ours") as raised:
        await store.stage(broken(), limit_bytes=len(CONTENT))
    assert raised.value is fault
    assert files_below(tmp_path) == []
