"""The parent's side of one child: start it, exchange frames within a time, learn how it died, clean up."""

import asyncio
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import msgspec

import footnote
from footnote.kit.children.errors import ChildDied, DeathReason
from footnote.kit.children.protocol import HEADER, MAX_FRAME_BYTES, OUT_OF_MEMORY_EXIT_CODE, Reply, Settings, Task

_STDERR_TAIL_BYTES = 4096
_PIPE_BUFFER_BYTES = 256 * 1024
_OUT_OF_MEMORY_WORDS = (
    b"bad_alloc",
    b"memory allocation of",
    b"out of memory",
    b"cannot allocate memory",
    b"memoryerror",
)
_INHERITED_VARIABLES = ("PATH", "LANG", "LC_ALL", "TESSDATA_PREFIX", "LD_LIBRARY_PATH", "VIRTUAL_ENV")


@dataclass(frozen=True, slots=True)
class ChildLimits:
    """What one child may use; see ChildPool for the meaning of each."""

    memory_bytes: int | None
    nice: int
    without_network: bool
    import_path: Sequence[Path]
    environment: Mapping[str, str]


class ChildProcess:
    """One running child; made by `start`, ended by `kill` and `reap`."""

    def __init__(self, process: asyncio.subprocess.Process, scratch: Path) -> None:
        self._process = process
        self._scratch = scratch
        self._was_killed = False
        self._stderr_tail = b""
        self._stderr_reader = asyncio.create_task(self._drain_stderr())
        self._decoder = msgspec.msgpack.Decoder(Reply)
        self._is_receiving = False
        self.tasks_served = 0

    @classmethod
    async def start(cls, limits: ChildLimits, scratch_root: Path) -> "ChildProcess":
        """Start a child in its own session with a reduced environment and a private temporary folder."""
        scratch = Path(tempfile.mkdtemp(dir=scratch_root))
        settings = Settings(
            parent_pid=os.getpid(),
            memory_bytes=limits.memory_bytes,
            nice=limits.nice,
            without_network=limits.without_network,
            import_path=[str(path) for path in limits.import_path],
        )
        try:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-P",
                "-m",
                "footnote.kit.children.child",
                msgspec.json.encode(settings).decode(),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
                limit=_PIPE_BUFFER_BYTES,
                cwd=scratch,
                env=_environment(limits, scratch),
                start_new_session=True,
            )
        except BaseException:
            shutil.rmtree(scratch, ignore_errors=True)
            raise
        return cls(process, scratch)

    @property
    def is_alive(self) -> bool:
        return self._process.returncode is None and not self._was_killed

    @property
    def pid(self) -> int:
        return self._process.pid

    async def send(self, task: Task) -> None:
        """Hand the child a task; ChildDied if it is no longer there."""
        body = msgspec.msgpack.encode(task)
        stdin = self._process.stdin
        assert stdin is not None  # opened as a pipe above
        try:
            stdin.write(HEADER.pack(len(body)) + body)
            await stdin.drain()
        except (BrokenPipeError, ConnectionResetError) as error:
            raise await self._death() from error

    async def receive(self, timeout_seconds: float | None) -> Reply:
        """Return the child's next frame; ChildDied when it died, sent nonsense or took longer than allowed."""
        stdout = self._process.stdout
        assert stdout is not None  # opened as a pipe above
        self._is_receiving = True
        try:
            async with asyncio.timeout(timeout_seconds):
                (length,) = HEADER.unpack(await stdout.readexactly(HEADER.size))
                if length > MAX_FRAME_BYTES:
                    raise ChildDied("crashed", details="a frame larger than any answer")
                body = await stdout.readexactly(length)
            return cast("Reply", self._decoder.decode(body))
        except TimeoutError as error:
            raise ChildDied("time_limit", details=self._details()) from error
        except (asyncio.IncompleteReadError, ConnectionResetError) as error:
            raise await self._death() from error
        except msgspec.DecodeError as error:
            raise ChildDied("crashed", details="a frame that is not one of the protocol") from error
        finally:
            self._is_receiving = False

    def kill(self) -> None:
        """Kill the child and everything it started, now; `reap` afterwards cleans up."""
        self._was_killed = True
        if self._process.returncode is not None:
            # Its number may belong to another process by now; what it had started went with it (PR_SET_PDEATHSIG).
            return
        try:
            os.killpg(self._process.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            return

    async def reap(self) -> None:
        """Wait for the killed child's end and remove its temporary folder."""
        stdout = self._process.stdout
        # asyncio reports the end only after the pipe is read empty, which nobody does once a stream was left early.
        while not self._is_receiving and stdout is not None and await stdout.read(_PIPE_BUFFER_BYTES):
            continue
        await self._process.wait()
        self._stderr_reader.cancel()
        await asyncio.to_thread(shutil.rmtree, self._scratch, ignore_errors=True)

    async def _death(self) -> ChildDied:
        code = await self._process.wait()
        await asyncio.wait([self._stderr_reader], timeout=1)
        return ChildDied(_reason_of(code, self._stderr_tail), details=self._details())

    def _details(self) -> str:
        return self._stderr_tail.decode("utf-8", "replace")

    async def _drain_stderr(self) -> None:
        stderr = self._process.stderr
        assert stderr is not None  # opened as a pipe above
        while chunk := await stderr.read(_STDERR_TAIL_BYTES):
            self._stderr_tail = (self._stderr_tail + chunk)[-_STDERR_TAIL_BYTES:]


def _reason_of(return_code: int, stderr_tail: bytes) -> DeathReason:
    if return_code == -signal.SIGXCPU:
        return "time_limit"
    said_out_of_memory = any(word in stderr_tail.lower() for word in _OUT_OF_MEMORY_WORDS)
    # SIGKILL that this side did not send is the kernel's out-of-memory killer.
    if return_code in {OUT_OF_MEMORY_EXIT_CODE, -signal.SIGKILL} or said_out_of_memory:
        return "out_of_memory"
    return "crashed"


def _environment(limits: ChildLimits, scratch: Path) -> dict[str, str]:
    kept = {name: os.environ[name] for name in _INHERITED_VARIABLES if name in os.environ}
    source_root = str(Path(footnote.__file__).parent.parent)
    return {
        "LANG": "C.UTF-8",
        **kept,
        "HOME": str(scratch),
        "TMPDIR": str(scratch),
        "PYTHONPATH": source_root,
        "PYTHONDONTWRITEBYTECODE": "1",
        # One arena per core would reserve address space that counts against the limit.
        "MALLOC_ARENA_MAX": "2",
        **limits.environment,
    }
