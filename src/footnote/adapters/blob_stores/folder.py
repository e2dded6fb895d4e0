"""The embedded blob store: a folder, one file a content, written aside, synced and linked into place."""

import asyncio
import contextlib
import hashlib
import os
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from footnote.documents.ports import BlobStore, StagedBlob
from footnote.kit.errors import NotFound, StoreUnavailable, TooLarge
from footnote.kit.ids import OrganisationId
from footnote.kit.settings import Settings

_WRITE_BUFFER_BYTES = 1 << 20


class FolderBlobStore:
    """Files under `root/<organisation>/<first two digits>/<sha256>`; half-written ones stand in `root/staging`."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._staging = root / "staging"

    async def stage(self, chunks: AsyncIterator[bytes], *, limit_bytes: int) -> StagedBlob:
        self._staging.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=self._staging)
        path, digest, size = Path(name), hashlib.sha256(), 0
        try:
            with os.fdopen(handle, "wb", buffering=_WRITE_BUFFER_BYTES) as file:
                async for chunk in chunks:
                    size += len(chunk)
                    _refuse_above(limit_bytes, size)
                    digest.update(chunk)
                    await asyncio.to_thread(file.write, chunk)
                await asyncio.to_thread(_sync, file.fileno(), file.flush)
        except OSError as error:
            os.unlink(name)  # noqa: PTH108  # also while the task is being cancelled, so not on a thread
            raise StoreUnavailable("The file could not be stored; the disk may be full.", code="disk_full") from error
        except BaseException:
            os.unlink(name)  # noqa: PTH108  # as above
            raise
        return StagedBlob(path, digest.hexdigest(), size)

    async def publish(self, organisation_id: OrganisationId, staged: StagedBlob) -> None:
        await asyncio.to_thread(self._link, staged, self._path(organisation_id, staged.sha256))

    async def discard(self, staged: StagedBlob) -> None:
        await asyncio.to_thread(staged.path.unlink, missing_ok=True)

    @asynccontextmanager
    async def open_path(self, organisation_id: OrganisationId, sha256: str) -> AsyncIterator[Path]:
        path = self._path(organisation_id, sha256)
        if not await asyncio.to_thread(path.is_file):
            raise NotFound("The stored file is gone; upload it again.", code="file_missing")
        yield path

    async def delete(self, organisation_id: OrganisationId, sha256: str) -> int:
        return await asyncio.to_thread(_remove, self._path(organisation_id, sha256))

    def clear_staging(self) -> int:
        """Remove half-received files of a process that died; call before uploads are accepted."""
        left = list(self._staging.glob("*")) if self._staging.is_dir() else []
        for path in left:
            path.unlink(missing_ok=True)
        return len(left)

    def _path(self, organisation_id: OrganisationId, sha256: str) -> Path:
        return self._root / organisation_id / sha256[:2] / sha256

    def _link(self, staged: StagedBlob, target: Path) -> None:
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            with contextlib.suppress(FileExistsError):
                os.link(staged.path, target)
            _sync_folder(target.parent)
        except OSError as error:
            raise StoreUnavailable("The file could not be stored; the disk may be full.", code="disk_full") from error


def create(settings: Settings) -> BlobStore:
    """Make the store below the data folder."""
    store = FolderBlobStore(settings.data_dir / "blobs")
    store.clear_staging()
    return store


def _refuse_above(limit_bytes: int, size: int) -> None:
    if size > limit_bytes:
        raise TooLarge(f"The file is larger than the {limit_bytes // 1_000_000} MB allowed.", code="file_too_large")


def _sync(descriptor: int, flush: object) -> None:
    if callable(flush):
        flush()
    os.fsync(descriptor)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _remove(path: Path) -> int:
    try:
        size = path.stat().st_size
        path.unlink()
    except FileNotFoundError:
        return 0
    return size
