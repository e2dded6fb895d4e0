"""The data folder belongs to one server at a time; who owns it says where it can be reached."""

import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from footnote.kit.errors import Conflict
from footnote.kit.secret_keys import new_key

_LOCK = "server.lock"
_ADDRESS = "server.json"
_OWNER_KEY = "owner.key"
_LOOKED_AT_SECONDS = 0.5
"""Whoever asks whether the folder is owned holds its lock for a moment; so long is that waited for."""


@dataclass(frozen=True, slots=True)
class ServerAddress:
    """Where the server of a data folder can be reached."""

    url: str
    pid: int


@contextmanager
def owned(data_dir: Path) -> Iterator[None]:
    """Own the folder while the block runs; Conflict `data_folder_in_use` when another process does."""
    # Closed to other users of the machine: the files of everybody's documents are in it.
    data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (data_dir / _LOCK).open("a") as file:
        if not _locked(file, patience_seconds=_LOOKED_AT_SECONDS):
            raise Conflict(
                f"Another Footnote server is using {data_dir}; stop it, or give this one another data_dir.",
                code="data_folder_in_use",
            )
        # A server that was killed leaves its address behind; nobody must take it for ours.
        (data_dir / _ADDRESS).unlink(missing_ok=True)
        try:
            yield
        finally:
            (data_dir / _ADDRESS).unlink(missing_ok=True)


def is_owned(data_dir: Path) -> bool:
    """Whether a live server owns the folder; a lock dies with its process, so a crash leaves none behind."""
    path = data_dir / _LOCK
    if not path.exists():
        return False
    with path.open("a") as file:
        return not _locked(file, patience_seconds=0)


def _locked(file: IO[str], *, patience_seconds: float) -> bool:
    """Take the lock, which closing the file gives back; False when another process keeps it."""
    end = time.monotonic() + patience_seconds
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= end:
                return False
            time.sleep(0.02)
        else:
            return True


def publish_address(data_dir: Path, url: str) -> None:
    """Say where this server listens, once it does."""
    temporary = data_dir / f"{_ADDRESS}.new"
    temporary.write_text(json.dumps({"url": url, "pid": os.getpid()}))
    temporary.replace(data_dir / _ADDRESS)


def published_address(data_dir: Path) -> ServerAddress | None:
    """Return where the folder's live server listens, None when there is none or it is still starting."""
    if not is_owned(data_dir):
        return None
    try:
        found = json.loads((data_dir / _ADDRESS).read_text())
    except (FileNotFoundError, json.JSONDecodeError):
        return None
    return ServerAddress(found["url"], found["pid"])


def owner_key(data_dir: Path) -> str:
    """Return the owner's key, making it on the first start in a file that only its user can read."""
    path = data_dir / _OWNER_KEY
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        key = path.read_text().strip()
        if key:
            return key
        descriptor = os.open(path, os.O_WRONLY | os.O_TRUNC)
    key = new_key()
    with os.fdopen(descriptor, "w") as file:
        file.write(key + "\n")
        file.flush()
        os.fsync(file.fileno())
    return key


def read_owner_key(data_dir: Path) -> str | None:
    """Return the owner's key, None before the first start or when this user may not read it."""
    try:
        return (data_dir / _OWNER_KEY).read_text().strip() or None
    except (FileNotFoundError, PermissionError):
        return None
