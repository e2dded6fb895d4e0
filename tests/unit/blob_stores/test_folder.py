"""Faults of the file system below the folder store, made by the system itself."""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.support.missing import is_ci

from footnote.adapters.blob_stores.folder import FolderBlobStore
from footnote.documents.ports import StagedBlob
from footnote.kit.errors import StoreUnavailable
from footnote.kit.ids import OrganisationId

FULL_DEVICE = Path("/dev/full")


async def _bytes(size: int) -> AsyncIterator[bytes]:
    for _ in range(size // 1_000):
        yield b"x" * 1_000


def _on_full_device(folder: Path) -> tuple[int, str]:
    """Open a temporary file that is a device on which every write finds no space."""
    link = folder / "full"
    link.symlink_to(FULL_DEVICE)
    return os.open(link, os.O_WRONLY), str(link)


@pytest.mark.skipif(not FULL_DEVICE.exists() and not is_ci(), reason="the system has no device that is always full")
@pytest.mark.parametrize("size", [1_000, 5_000_000], ids=["at the end", "on the way"])
async def test_a_full_disk_is_said_to_be_full_and_leaves_nothing_behind(tmp_path: Path, size: int) -> None:
    with pytest.raises(StoreUnavailable) as raised:
        await FolderBlobStore(tmp_path, open_temporary=_on_full_device).stage(_bytes(size), limit_bytes=10_000_000)
    assert raised.value.error_code == "disk_full"
    assert list((tmp_path / "staging").iterdir()) == []


async def test_another_fault_of_the_folder_is_not_said_to_be_a_full_disk(tmp_path: Path) -> None:
    in_the_way = tmp_path / "blobs"
    in_the_way.write_text("not a folder")
    store = FolderBlobStore(in_the_way)
    with pytest.raises(StoreUnavailable) as raised:
        await store.stage(_bytes(1_000), limit_bytes=10_000)
    assert raised.value.error_code == "file_not_stored"


async def test_publishing_what_is_no_longer_there_is_a_fault_of_its_own(tmp_path: Path) -> None:
    gone = StagedBlob(tmp_path / "gone", "ab" * 32, 10)
    with pytest.raises(StoreUnavailable) as raised:
        await FolderBlobStore(tmp_path / "blobs").publish(OrganisationId("org_a"), gone)
    assert raised.value.error_code == "file_not_stored"
