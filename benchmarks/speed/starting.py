"""Start to ready, memory at rest after use, and what an install takes in time and space."""

import asyncio
import shutil
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.context import BenchContext
from benchmarks.machine import ROOT
from benchmarks.report import PartResult, Table, mb
from benchmarks.server import running_server
from benchmarks.speed.documents import large_pdf

_STARTS = 5
_IDLE_SECONDS = 40.0
"""Longer than any pool keeps an unused child."""


async def run(context: BenchContext) -> PartResult:
    """Start several times on one folder, use the server, and let it rest."""
    result = PartResult("start", "Starting, resting, installing")
    with TemporaryDirectory(prefix="footnote-bench-") as folder:
        starts, cpu = [], []
        context.say("starting")
        for _ in range(2 if context.quick else _STARTS):
            with running_server(Path(folder)) as server:
                starts.append(server.ready_seconds)
                cpu.append(server.cpu_seconds())
                fresh = server.memory_bytes()
        with running_server(Path(folder)) as server:
            content = large_pdf(context.cache, 40)
            server.client.wait_until_read(server.client.upload("first.pdf", content))
            server.client.search("What was repaired?")
            server.client.ask("What was repaired?")
            context.say("resting")
            await asyncio.sleep(2.0 if context.quick else _IDLE_SECONDS)
            rested, children = server.memory_bytes(), len(server.processes()) - 1
    first, warm = starts[0], sorted(starts[1:])[len(starts[1:]) // 2]
    result.figures = {
        "first_start_seconds": round(first, 2), "warm_start_seconds": round(warm, 2),
        "start_cpu_seconds": round(min(cpu), 2),
        "fresh_memory_bytes": sum(fresh.values()), "idle_memory_bytes": sum(rested.values()),
        "children_at_rest": children,
    }  # fmt: skip
    rows: list[list[object]] = [
        ["first start on an empty folder, s", f"{first:.2f}"],
        ["start to ready, warm, median, s (aim 3)", f"{warm:.2f}"],
        ["processor time of a start, s", f"{min(cpu):.2f}"],
        ["memory right after the start, MB", mb(sum(fresh.values()))],
        ["memory at rest after reading, searching, answering, MB (aim 350)", mb(sum(rested.values()))],
        ["children at rest", children],
    ]
    if not context.quick:
        rows += _install(context, result)
    result.tables.append(Table(["what", "figure"], rows))
    return result


def _install(context: BenchContext, result: PartResult) -> list[list[object]]:
    """Clone the committed state and run `make setup` in it, as a stranger would."""
    context.say("installing into a clean clone")
    with TemporaryDirectory(prefix="footnote-install-") as folder:
        clone = Path(folder) / "footnote"
        subprocess.run(["git", "clone", "--quiet", "--no-hardlinks", str(ROOT), str(clone)], check=True)
        started = time.perf_counter()
        done = subprocess.run(
            ["make", "setup", f"PYTHON={_base_python()}"], cwd=clone, capture_output=True, text=True, check=False
        )
        seconds = time.perf_counter() - started
        if done.returncode:
            result.notes.append(f"`make setup` failed in a clean clone: {done.stderr.strip()[-300:]}")
            return []
        venv = _size(clone / ".venv")
    result.figures |= {"install_seconds": round(seconds, 1), "install_bytes": venv}
    return [
        ["`make setup` in a clean clone, s (packages from the registry's cache or net)", f"{seconds:.0f}"],
        ["installed environment, MB", mb(venv)],
    ]


def _base_python() -> str:
    return shutil.which("python3", path=f"{sys.base_prefix}/bin") or "python3"


def _size(folder: Path) -> int:
    return sum(file.lstat().st_size for file in folder.rglob("*") if not file.is_dir())
