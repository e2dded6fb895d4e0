"""The embedded blob store: a folder, one file a content, written aside, synced and linked into place."""

import asyncio
import contextlib
import errno
import hashlib
import os
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import BinaryIO

import structlog

from footnote.documents.ports import BlobStore, StagedBlob
from footnote.kit.errors import NotFound, StoreUnavailable, TooLarge
from footnote.kit.ids import OrganisationId
from footnote.kit.settings import Settings

log = structlog.get_logger(__name__)

_WRITE_BUFFER_BYTES = 1 << 20


class FolderBlobStore:
    """Files under `root/<organisation>/<first two digits>/<sha256>`; half-written ones stand in `root/staging`."""

    def __init__(self, root: Path, *, open_temporary: Callable[[Path], tuple[int, str]] | None = None) -> None:
        """open_temporary: opens a new file in a folder and returns its descriptor and path; the system's by default."""
        self._root = root
        self._staging = root / "staging"
        self._open_temporary = open_temporary or (lambda folder: tempfile.mkstemp(dir=folder))

    async def stage(self, chunks: AsyncIterator[bytes], *, limit_bytes: int) -> StagedBlob:
        with _own_faults():
            file, path = await asyncio.to_thread(self._open_staged)
        digest, size = hashlib.sha256(), 0
        try:
            # Only the writing is translated: what the incoming stream raises is its own affair.
            async for chunk in chunks:
                size += len(chunk)
                _refuse_above(limit_bytes, size)
                digest.update(chunk)
                with _own_faults():
                    await asyncio.to_thread(file.write, chunk)
            with _own_faults():
                await asyncio.to_thread(_sync_and_close, file)
        except BaseException:
            # Also while the task is being cancelled, so not on a thread. Closing writes what is left, in vain by now.
            with contextlib.suppress(OSError):
                file.close()
            path.unlink(missing_ok=True)
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

    def _open_staged(self) -> tuple[BinaryIO, Path]:
        self._staging.mkdir(parents=True, exist_ok=True)
        handle, name = self._open_temporary(self._staging)
        return os.fdopen(handle, "wb", buffering=_WRITE_BUFFER_BYTES), Path(name)

    def _link(self, staged: StagedBlob, target: Path) -> None:
        with _own_faults():
            target.parent.mkdir(parents=True, exist_ok=True)
            with contextlib.suppress(FileExistsError):
                os.link(staged.path, target)
            _sync_folder(target.parent)


@contextlib.contextmanager
def _own_faults() -> Iterator[None]:
    """Turn the file system's errors into ours: a full disk or quota is `disk_full`, any other `file_not_stored`."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise StoreUnavailable(
                "The file could not be stored: the server's disk is full.", code="disk_full"
            ) from error
        log.exception("blobs.write_failed", errno=errno.errorcode.get(error.errno or 0))
        raise StoreUnavailable(
            "The file could not be stored: the server cannot write to its data folder.", code="file_not_stored"
        ) from error


def create(settings: Settings) -> BlobStore:
    """Make the store below the data folder."""
    store = FolderBlobStore(settings.data_dir / "blobs")
    store.clear_staging()
    return store


def _refuse_above(limit_bytes: int, size: int) -> None:
    if size > limit_bytes:
        raise TooLarge(f"The file is larger than the {limit_bytes // 1_000_000} MB allowed.", code="file_too_large")


def _sync_and_close(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())
    file.close()


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
