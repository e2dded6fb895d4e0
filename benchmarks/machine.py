"""Where a measurement was made: processor, memory, load, versions, and the commit of the code."""

import os
import platform
import sqlite3
import subprocess
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parents[1]
_PACKAGES = ("numpy", "onnxruntime", "tokenizers", "sqlalchemy", "fastapi", "uvicorn", "pypdfium2", "liteparse")


@dataclass(frozen=True, slots=True)
class Machine:
    """The machine and the code, at one moment; `load` is the average of the last 1, 5 and 15 minutes."""

    date: str
    processor: str
    cores: int
    memory_bytes: int
    load: tuple[float, float, float]
    system: str
    python: str
    sqlite: str
    packages: dict[str, str]
    commit: str

    def as_json(self) -> dict[str, object]:
        """Return the fields as JSON takes them."""
        return asdict(self)


def describe() -> Machine:
    """Return the present machine."""
    return Machine(
        date=datetime.now(UTC).strftime("%Y-%m-%dT%H:%MZ"),
        processor=_processor(),
        cores=os.cpu_count() or 1,
        memory_bytes=psutil.virtual_memory().total,
        load=os.getloadavg(),
        system=f"{platform.system()} {platform.release()}",
        python=platform.python_version(),
        sqlite=sqlite3.sqlite_version,
        packages={name: version(name) for name in _PACKAGES},
        commit=_commit(),
    )


def load_now() -> float:
    """Return the load average of the last minute: how busy the machine was with other things."""
    return os.getloadavg()[0]


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _commit() -> str:
    """Return the commit, with a plus when the code differs from it."""
    found = _git("rev-parse", "--short", "HEAD")
    changed = _git("status", "--porcelain", "--untracked-files=no", "--", "src", "benchmarks")
    return f"{found}{'+' if changed else ''}" if found else "unknown"


def _git(*arguments: str) -> str:
    try:
        result = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return ""
    return result.stdout.strip()
