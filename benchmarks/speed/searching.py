"""How long one caller waits for a search, in a library of a given size, alone and while a long document is read."""

import contextlib
import random
import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from benchmarks.context import BenchContext
from benchmarks.report import PartResult, Spread, Table, as_figures, mb, spread_of
from benchmarks.retrieval.datasets import load_set
from benchmarks.server import RunningServer, ServerFailed, running_server
from benchmarks.speed.documents import large_pdf
from benchmarks.speed.filling import filled_folder
from benchmarks.speed.in_process import measure_in_process

MODES = ("keyword", "dense", "hybrid")
_SIZES = (10_000, 100_000)
_QUESTIONS = 300
_WARM_UP = 15


async def run(context: BenchContext) -> PartResult:
    """Measure every size, through REST and inside the process."""
    result = PartResult("search", "Search latency, one caller")
    sizes = _SIZES[:1] if context.quick else _SIZES
    asked = questions(context.data, 40 if context.quick else _QUESTIONS)
    for size in sizes:
        folder = await filled_folder(context.cache, context.data, size)
        context.say(f"search at {size:,} chunks, in the process")
        inside = await measure_in_process(folder, asked)
        context.say(f"search at {size:,} chunks, through REST")
        with copied(folder) as data_dir, running_server(data_dir) as server:
            first = _first(server)
            alone = {mode: _asked(server, asked, mode) for mode in MODES}
            memory = server.memory_bytes()["server"]
            context.say(f"search at {size:,} chunks, while a PDF of 200 pages is read")
            pages = 40 if context.quick else 200
            with Reading(server, large_pdf(context.cache, pages)) as reading:
                busy = {mode: _asked_while(server, asked, mode, reading.is_going_on) for mode in MODES}
        _add(result, size, inside, alone, busy, first, memory)
    result.notes.append(
        "Aim: hybrid p95 <= 35 ms at 100,000 chunks without embedding the question, alone and while a PDF is read. "
        "REST is what a client waits for, embedding included; 'server' is the server's own total of the same requests."
    )
    return result


def questions(data: Path, count: int) -> list[str]:
    """Return real questions, mixed from two sets, the same for every run."""
    scifact = [question.text for question in load_set("scifact", data).questions]
    xquad = [question.text for question in load_set("xquad-en", data).questions]
    chosen = random.Random(5)
    mixed = chosen.sample(scifact, count // 2) + chosen.sample(xquad, count - count // 2)
    chosen.shuffle(mixed)
    return mixed


@contextlib.contextmanager
def copied(folder: Path) -> Iterator[Path]:
    """Lend a copy of a data folder; the one in the cache stays as it is."""
    with tempfile.TemporaryDirectory(prefix="footnote-bench-") as name:
        yield Path(shutil.copytree(folder, name, dirs_exist_ok=True))


class Reading:
    """A document that the server reads in the background while something else is measured."""

    def __init__(self, server: RunningServer, content: bytes) -> None:
        self._server = server
        self._content = content
        self._number = 0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._read, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        time.sleep(1.0)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._thread.join()

    def is_going_on(self) -> bool:
        """Whether the document is being read now."""
        return self._thread.is_alive()

    def _read(self) -> None:
        """Read the document, and again for as long as somebody measures."""
        client = self._server.new_client()
        with contextlib.closing(client):
            while not self._ended.is_set():
                self._number += 1
                # Trailing bytes after the end of a PDF change its hash and nothing else.
                content = self._content + f"\n%{self._number}\n".encode()
                document_id = client.upload(f"reading-{self._number}.pdf", content)
                while not self._ended.is_set():
                    document = client.get(f"/documents/{document_id}")
                    if document["status"] == "ready":
                        break
                    if document["status"] in ("failed", "cancelled"):
                        raise ServerFailed(f"The document to read meanwhile has {document['status']}.")
                    time.sleep(0.5)


def _first(server: RunningServer) -> float:
    """Return the seconds of the first search after the start, which loads index and embedder."""
    started = time.perf_counter()
    server.client.search("What is measured here?")
    return time.perf_counter() - started


def _asked(server: RunningServer, asked: Sequence[str], mode: str) -> dict[str, Spread]:
    return _asked_while(server, asked, mode, lambda: True)


def _asked_while(
    server: RunningServer, asked: Sequence[str], mode: str, is_going_on: Callable[[], bool]
) -> dict[str, Spread]:
    for text in asked[:_WARM_UP]:
        server.client.search(text, mode=mode)
    waited, total = [], []
    for text in asked:
        if not is_going_on():
            break
        started = time.perf_counter()
        found = server.client.search(text, mode=mode)
        waited.append((time.perf_counter() - started) * 1_000)
        total.append(found["timings_ms"]["total"])
    return {"rest": spread_of(waited), "server": spread_of(total)}


def _add(
    result: PartResult,
    size: int,
    inside: dict[str, Spread],
    alone: dict[str, dict[str, Spread]],
    busy: dict[str, dict[str, Spread]],
    first: float,
    memory: int,
) -> None:
    result.figures[str(size)] = {
        "in_process": as_figures(inside),
        "alone": {mode: as_figures(values) for mode, values in alone.items()},
        "while_reading": {mode: as_figures(values) for mode, values in busy.items()},
        "first_search_seconds": round(first, 2),
        "server_memory_bytes": memory,
    }
    rows: list[list[object]] = [["in process", name, *spread.cells()] for name, spread in inside.items()]
    for state, values in (("REST, alone", alone), ("REST, while reading", busy)):
        for mode, spreads in values.items():
            rows += [[state, f"{mode}, {name}", *spread.cells()] for name, spread in spreads.items()]
    note = f"First search after the start {first:.1f} s; memory of the server then {mb(memory)} MB."
    result.tables.append(Table([f"{size:,} chunks", "ms", "p50", "p95", "p99"], rows, note))
