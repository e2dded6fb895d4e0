"""How fast documents are read: long PDFs, born digital and scanned, and many small files."""

import time
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.context import BenchContext
from benchmarks.report import PartResult, Table, mb
from benchmarks.retrieval.datasets import load_set
from benchmarks.server import MemoryWatch, UploadedDocument, running_server
from benchmarks.speed.documents import large_pdf

_PAGES = 200
_SMALL_FILES = 200
_UPLOADS_AT_ONCE = 4
_STEPS = ("parse", "structure", "chunk", "embed", "index")


async def run(context: BenchContext) -> PartResult:
    """Read each kind on a server of its own, so that its memory is its own."""
    result = PartResult("ingestion", "Reading documents")
    rows = [_long(context, kind, pages, result) for kind, pages in _kinds(context)]
    columns = ["PDF", "pages", "seconds", "pages/s", *(f"{step} s" for step in _STEPS), "chunks", "chunks embedded/s",
               "CPU s", "peak MB, all", "server", "children"]  # fmt: skip
    note = "Aim: 200 pages born digital <= 25 s, scanned <= 3.5 min, on 2 cores. Memory is PSS of all processes."
    result.tables.append(Table(columns, rows, note))
    result.tables.append(_small(context, result))
    return result


def _kinds(context: BenchContext) -> list[tuple[str, int]]:
    return [("digital", 40), ("scanned", 4)] if context.quick else [("digital", _PAGES), ("scanned", _PAGES)]


def _long(context: BenchContext, kind: str, pages: int, result: PartResult) -> list[object]:
    content = large_pdf(context.cache, pages, kind=kind)
    context.say(f"reading a {kind} PDF of {pages} pages")
    with (
        TemporaryDirectory(prefix="footnote-bench-") as folder,
        running_server(Path(folder)) as server,
        MemoryWatch(server) as memory,
    ):
        cpu, started = server.cpu_seconds(), time.perf_counter()
        document = server.client.wait_until_read(server.client.upload(f"{kind}.pdf", content))
        seconds, cpu = time.perf_counter() - started, server.cpu_seconds() - cpu
    per_second = document.chunks / (document.steps_ms["embed"] / 1_000)
    result.figures[f"{kind}_pdf"] = {
        "pages": pages, "seconds": round(seconds, 2), "pages_per_second": round(pages / seconds, 2),
        "steps_ms": dict(document.steps_ms), "chunks": document.chunks,
        "chunks_embedded_per_second": round(per_second, 1), "cpu_seconds": round(cpu, 1),
        "peak_bytes": memory.peak_bytes, "peak_server_bytes": memory.peak_server_bytes,
        "peak_children_bytes": memory.peak_children_bytes,
    }  # fmt: skip
    steps = [f"{document.steps_ms[step] / 1_000:.1f}" for step in _STEPS]
    peaks = [mb(memory.peak_bytes), mb(memory.peak_server_bytes), mb(memory.peak_children_bytes)]
    speeds = [f"{per_second:.0f}", f"{cpu:.0f}"]
    return [kind, pages, f"{seconds:.1f}", f"{pages / seconds:.1f}", *steps, document.chunks, *speeds, *peaks]


def _small(context: BenchContext, result: PartResult) -> Table:
    """Read small text files, several uploads at once: what a document costs apart from its length."""
    count = 20 if context.quick else _SMALL_FILES
    documents = list(islice(load_set("cranfield", context.data).documents, count))
    context.say(f"reading {count} small files")
    with TemporaryDirectory(prefix="footnote-bench-") as folder, running_server(Path(folder)) as server:
        server.client.wait_until_read(server.client.upload("first.txt", b"The first file starts the child processes."))
        cpu, started = server.cpu_seconds(), time.perf_counter()
        with ThreadPoolExecutor(_UPLOADS_AT_ONCE) as uploads:
            ids = list(uploads.map(lambda d: server.client.upload(f"{d.document_id}.txt", d.text.encode()), documents))
        uploaded = time.perf_counter() - started
        server.client.wait_until_idle()
        seconds, cpu = time.perf_counter() - started, server.cpu_seconds() - cpu
        read = [server.client.wait_until_read(document_id) for document_id in ids]
    result.figures["small_files"] = {
        "count": count, "seconds": round(seconds, 2), "documents_per_second": round(count / seconds, 2),
        "upload_seconds": round(uploaded, 2), "cpu_seconds_per_document": round(cpu / count, 3),
        "chunks": sum(document.chunks for document in read), "mean_steps_ms": _mean_steps(read),
    }  # fmt: skip
    steps = ", ".join(f"{name} {value:.0f}" for name, value in _mean_steps(read).items())
    return Table(
        ["small text files", "seconds", "documents/s", "CPU s each", "upload s, all", "mean ms of the steps"],
        [[count, f"{seconds:.1f}", f"{count / seconds:.1f}", f"{cpu / count:.3f}", f"{uploaded:.1f}", steps]],
    )


def _mean_steps(read: list[UploadedDocument]) -> dict[str, float]:
    return {step: round(sum(document.steps_ms[step] for document in read) / len(read), 1) for step in _STEPS}
