"""Functions that tests run in child processes."""

import os
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from footnote.kit.errors import NotFound

_calls = 0


@dataclass(frozen=True, slots=True)
class Point:
    x: float
    names: tuple[str, ...]


def add(a: int, b: int) -> int:
    return a + b


def wait_then_add(seconds: float, a: int, b: int) -> int:
    time.sleep(seconds)
    return a + b


def moved(point: Point, path: Path) -> Point:
    return Point(point.x + 1, (*point.names, path.name))


def count_calls() -> int:
    global _calls  # noqa: PLW0603  # state that outlives a task is what the test is about
    _calls += 1
    return _calls


def noisy() -> str:
    print("x" * 100_000)  # noqa: T201  # the noise is the point
    os.write(1, b"more noise")
    sys.stdout.flush()
    return "quiet"


def count_to(count: int, size: int) -> Iterator[Point]:
    for number in range(count):
        yield Point(number, ("x" * size,))


def count_visibly(progress: Path, count: int, size: int) -> Iterator[str]:
    for number in range(count):
        progress.write_text(str(number))
        yield "x" * size


def two_then_refuse() -> Iterator[int]:
    yield 1
    yield 2
    raise NotFound("There are no pages.", code="no_pages")


def crash() -> int:
    os.kill(os.getpid(), signal.SIGSEGV)
    return 0


def leave() -> int:
    os._exit(3)


def hog_memory() -> int:
    return len(bytearray(8 << 30))


def burn_cpu() -> int:
    while True:
        pass


def sleep_long() -> int:
    time.sleep(600)
    return 0


def write_nonsense() -> int:
    for descriptor in range(3, 12):
        try:
            os.write(descriptor, b"\x00\x00\x00\x04nons")
        except OSError:
            continue
    time.sleep(600)
    return 0


def refuse() -> int:
    raise NotFound("There are no pages.", code="no_pages")


def fail_quoting(text: str) -> int:
    raise ValueError(text)


def own_pid() -> int:
    return os.getpid()


def environment_names() -> list[str]:
    return sorted(os.environ)


def write_temporary_file() -> str:
    folder = tempfile.mkdtemp()
    (Path(folder) / "file").write_text("private")
    return folder


def announce_and_burn(path: str) -> int:
    Path(path).write_text(str(os.getpid()))
    return burn_cpu()


def announce_and_wait(path: str) -> int:
    Path(path).write_text(str(os.getpid()))
    return sleep_long()
