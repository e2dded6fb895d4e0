"""A private PostgreSQL for the tests: one cluster a test session, made from the Debian binaries and gone afterwards.

The cluster is run by a keeper process (`python -m tests.support.postgres FOLDER`), which stops it and removes its
folder as soon as nobody holds the folder's lock any more. A lock dies with its holder, so tests that are killed leave
nothing behind, and several pytest-xdist workers share the one cluster without knowing of each other.
"""

import asyncio
import ctypes
import fcntl
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import asyncpg

USER = "footnote"
_HELD = "held"
_START_SECONDS = 60.0
_LOOK_SECONDS = 0.3
_PR_SET_PDEATHSIG = 1


class PostgresMissing(Exception):
    """This machine has no PostgreSQL binaries."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """A running cluster, reached through a socket in its folder."""

    folder: Path

    def new_database(self, prefix: str = "footnote") -> str:
        """Create an empty database and return its SQLAlchemy address."""
        name = f"{prefix}_{uuid.uuid4().hex[:12]}"
        self.execute("postgres", f'CREATE DATABASE "{name}"')
        return f"postgresql+asyncpg://{USER}@/{name}?host={self.folder}"

    def execute(self, database: str, *statements: str) -> None:
        """Run statements as the cluster's owner, each in its own transaction."""
        asyncio.run(_execute(self.folder, database, statements))


@contextmanager
def shared_cluster(meeting_point: Path) -> Iterator[Cluster]:
    """Lend the test session's cluster, starting it if nobody has yet.

    meeting_point: a file in a folder that all workers of the session know. Raises PostgresMissing without binaries.
    """
    _binaries()
    with meeting_point.with_suffix(".lock").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        folder = Path(meeting_point.read_text()) if meeting_point.exists() else None
        held = _hold(folder) if folder else None
        if folder is None or held is None:
            folder = Path(tempfile.mkdtemp(prefix="footnote-pg-"))
            (folder / _HELD).touch()
            held = _hold(folder)
            assert held is not None
            _start_keeper(folder)
            meeting_point.write_text(str(folder))
    try:
        yield Cluster(folder)
    finally:
        held.close()


def _hold(folder: Path) -> IO[str] | None:
    """Return the open, locked file that keeps the cluster alive; None when the cluster has gone or is going."""
    try:
        held = (folder / _HELD).open("r")
    except FileNotFoundError:
        return None
    # The keeper holds the lock alone while it takes the cluster down, and the file is gone afterwards.
    fcntl.flock(held, fcntl.LOCK_SH)
    if (folder / _HELD).exists():
        return held
    held.close()
    return None


def _start_keeper(folder: Path) -> None:
    log = (folder / "keeper.log").open("w")
    # A session of its own, so that Ctrl-C reaches the tests first and the cluster last.
    keeper = subprocess.Popen(
        [sys.executable, "-m", "tests.support.postgres", str(folder)],
        cwd=Path(__file__).parent.parent.parent, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
        start_new_session=True,
    )  # fmt: skip
    end = time.monotonic() + _START_SECONDS
    while time.monotonic() < end:
        if (folder / "ready").exists():
            return
        if keeper.poll() is not None:
            break
        time.sleep(0.05)
    raise AssertionError(f"PostgreSQL did not start: {(folder / 'keeper.log').read_text()[-2000:]}")


def _binaries() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name), reverse=True)
    on_path = shutil.which("initdb")
    for folder in [*found, *([Path(on_path).parent] if on_path else [])]:
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    raise PostgresMissing("PostgreSQL's server binaries are not installed (Debian package: postgresql).")


async def _execute(folder: Path, database: str, statements: tuple[str, ...]) -> None:
    connection = await asyncpg.connect(user=USER, database=database, host=str(folder))
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()


def keep(folder: Path) -> None:
    """Run the cluster until nobody holds the folder's lock; then remove it."""
    binaries, data = _binaries(), folder / "data"
    identity = _unprivileged()
    folder.chmod(0o755)
    if identity:
        os.chown(folder, *identity)
    switch: dict[str, object] = {"user": identity[0], "group": identity[1], "extra_groups": []} if identity else {}
    subprocess.run(
        [binaries / "initdb", "-D", data, "-U", USER, "--auth=trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"],
        check=True, cwd="/", **switch,
    )  # type: ignore[call-overload]  # fmt: skip
    settings = {
        "listen_addresses": "", "unix_socket_directories": str(folder), "fsync": "off", "full_page_writes": "off",
        "synchronous_commit": "off", "max_connections": "300", "shared_buffers": "64MB", "autovacuum": "off",
        "deadlock_timeout": "200ms",
    }  # fmt: skip
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    server = subprocess.Popen(
        [binaries / "postgres", "-D", data, *options],
        cwd="/",
        **switch,
        preexec_fn=_die_with_parent,  # noqa: PLW1509  # this process has no threads
    )  # type: ignore[call-overload]
    try:
        _wait_until_it_answers(folder, server)
        (folder / "ready").touch()
        with _once_nobody_holds(folder / _HELD, server):
            _take_down(folder, server)
    finally:
        _take_down(folder, server)


def _take_down(folder: Path, server: "subprocess.Popen[bytes]") -> None:
    # At once and without a checkpoint, since nothing of this cluster is wanted any more.
    server.send_signal(signal.SIGQUIT)
    with suppress(subprocess.TimeoutExpired):
        server.wait(timeout=10)
    server.kill()
    shutil.rmtree(folder, ignore_errors=True)


def _wait_until_it_answers(folder: Path, server: "subprocess.Popen[bytes]") -> None:
    end = time.monotonic() + _START_SECONDS
    while time.monotonic() < end and server.poll() is None:
        try:
            asyncio.run(_execute(folder, "postgres", ("SELECT 1",)))
        except (OSError, asyncpg.PostgresError):
            time.sleep(0.1)
        else:
            return
    raise SystemExit("the cluster does not answer")


@contextmanager
def _once_nobody_holds(path: Path, server: "subprocess.Popen[bytes]") -> Iterator[None]:
    """Wait, then hold the lock alone while the block takes the cluster down."""
    with path.open("r") as file:
        while server.poll() is None:
            with suppress(BlockingIOError):
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            time.sleep(_LOOK_SECONDS)
        yield


def _unprivileged() -> tuple[int, int] | None:
    """Return whom to run as: PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with suppress(KeyError):
            entry = pwd.getpwnam(name)
            return entry.pw_uid, entry.pw_gid
    raise SystemExit("there is no unprivileged user to run PostgreSQL as")


def _die_with_parent() -> None:
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGQUIT)


if __name__ == "__main__":
    keep(Path(sys.argv[1]))
