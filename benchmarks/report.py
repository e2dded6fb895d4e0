"""What a part of the bench found, and how all of it is written down: JSON for machines, one page for people."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.machine import Machine


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under column names; cells are shown as they are."""

    columns: Sequence[str]
    rows: Sequence[Sequence[object]]
    note: str = ""


@dataclass(slots=True)
class PartResult:
    """One part: its figures as JSON, and the tables that show them."""

    name: str
    title: str
    figures: dict[str, Any] = field(default_factory=dict)
    tables: list[Table] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Spread:
    """How measured values lie: the middle, the slow end, and the mean."""

    count: int
    p50: float
    p95: float
    p99: float
    mean: float

    def as_json(self) -> dict[str, float]:
        """Return the values, rounded to hundredths."""
        return {
            "count": self.count, "p50": round(self.p50, 2), "p95": round(self.p95, 2), "p99": round(self.p99, 2),
            "mean": round(self.mean, 2),
        }  # fmt: skip

    def cells(self) -> tuple[str, str, str]:
        """Return p50, p95 and p99 for a table."""
        return f"{self.p50:.1f}", f"{self.p95:.1f}", f"{self.p99:.1f}"


def spread_of(values: Sequence[float]) -> Spread:
    """Return the spread of at least one value."""
    p50, p95, p99 = (float(value) for value in np.percentile(values, [50, 95, 99]))
    return Spread(len(values), p50, p95, p99, float(np.mean(values)))


def mb(size_bytes: float) -> str:
    """Return a size in whole megabytes (10**6)."""
    return f"{size_bytes / 1e6:.0f}"


def write_part(folder: Path, machine: Machine, part: PartResult) -> None:
    """Write the part's figures, with the machine they came from."""
    folder.mkdir(parents=True, exist_ok=True)
    content = {"part": part.name, "machine": machine.as_json(), "figures": part.figures, "notes": part.notes}
    path = folder / f"{_day(machine)}-{part.name}.json"
    path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def write_page(folder: Path, machine: Machine, parts: Sequence[PartResult], *, quick: bool, is_whole: bool) -> Path:
    """Write the page for people; returns where. A run of some parts has a page of its own, named after them."""
    lines = [f"# Measured on {_day(machine)}", "", *_machine_lines(machine)]
    if quick:
        lines += ["", "**A quick run: small samples, for a look only.**"]
    for part in parts:
        lines += ["", f"## {part.title}"]
        for table in part.tables:
            lines += ["", *_table_lines(table)]
        if part.notes:
            lines += ["", *(f"- {note}" for note in part.notes)]
    names = [] if is_whole else [part.name for part in parts]
    path = folder / ("-".join([_day(machine), *names]) + ".md")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def text_of(part: PartResult) -> str:
    """Return the part as plain text for the terminal."""
    lines = [f"== {part.title}"]
    for table in part.tables:
        lines += _table_lines(table)
    return "\n".join([*lines, *(f"- {note}" for note in part.notes)])


def _machine_lines(machine: Machine) -> list[str]:
    packages = ", ".join(f"{name} {number}" for name, number in machine.packages.items())
    load = " / ".join(f"{value:.1f}" for value in machine.load)
    where = f"{machine.processor}, {machine.cores} cores, {machine.memory_bytes / 2**30:.0f} GiB, {machine.system}"
    return [
        f"{machine.date}, commit {machine.commit}. {where}; load before {load}.",
        f"Python {machine.python}, SQLite {machine.sqlite}, {packages}.",
    ]


def _table_lines(table: Table) -> list[str]:
    lines = [_row(table.columns), _row(["---"] * len(table.columns)), *(_row(row) for row in table.rows)]
    return [*lines, "", table.note] if table.note else lines


def _row(cells: Sequence[object]) -> str:
    return "| " + " | ".join(_cell(cell) for cell in cells) + " |"


def _cell(value: object) -> str:
    return f"{value:.3g}" if isinstance(value, float) else str(value)


def _day(machine: Machine) -> str:
    return machine.date[:10]


def as_figures(rows: Mapping[str, Spread]) -> dict[str, dict[str, float]]:
    """Return spreads by name as JSON takes them."""
    return {name: spread.as_json() for name, spread in rows.items()}
