"""Measures the product: `python -m benchmarks [--only NAME …] [--quick] [--data FOLDER]`; see benchmarks/README.md."""

import argparse
import asyncio
import importlib
import sys
import time
from pathlib import Path

from benchmarks import machine
from benchmarks.context import BenchContext, Part
from benchmarks.report import PartResult, text_of, write_page, write_part
from benchmarks.retrieval.datasets import data_folder

PARTS = {
    "start": "benchmarks.speed.starting:run",
    "ingestion": "benchmarks.speed.reading:run",
    "search": "benchmarks.speed.searching:run",
    "answer-steps": "benchmarks.speed.answering:run",
    "organisations": "benchmarks.speed.organisations:run",
    "retrieval": "benchmarks.api.quality:run_retrieval",
    "answers": "benchmarks.api.quality:run_answers",
    "examples": "benchmarks.api.examples:run",
    "lies": "benchmarks.answers.planted:run",
}
_RESULTS = machine.ROOT / "benchmarks" / "results"
_CACHE = machine.ROOT / "build" / "bench-cache"


def main() -> int:
    """Run the parts one after the other; a part that fails does not take the others with it, the exit code tells."""
    options = _options()
    context = BenchContext(options.data, options.cache, options.quick)
    context.cache.mkdir(parents=True, exist_ok=True)
    here = machine.describe()
    print(f"{here.processor}, {here.cores} cores, load {here.load[0]:.1f}, commit {here.commit}", flush=True)
    done: list[PartResult] = []
    failed = []
    for name in options.only or PARTS:
        started = time.monotonic()
        print(f"{name} …", flush=True)
        try:
            done.append(asyncio.run(_part(name)(context)))
        except Exception as error:  # noqa: BLE001  # one part's fault must not cost the others' figures
            failed.append(name)
            print(f"{name} failed: {type(error).__name__}: {error}", file=sys.stderr, flush=True)
            continue
        print(f"{text_of(done[-1])}\n({name}: {time.monotonic() - started:.0f} s)\n", flush=True)
        write_part(options.results, here, done[-1])
    if done:
        print(f"Written to {write_page(options.results, here, done, quick=options.quick, is_whole=not options.only)}")
    return 1 if failed else 0


def _part(name: str) -> Part:
    module, _, function = PARTS[name].partition(":")
    part: Part = getattr(importlib.import_module(module), function)
    return part


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure the product.")
    parser.add_argument("--only", nargs="+", choices=list(PARTS), metavar="NAME", help=f"of {', '.join(PARTS)}")
    parser.add_argument("--quick", action="store_true", help="small samples, for a look in under two minutes")
    parser.add_argument("--data", type=Path, default=data_folder(), help="folder of the labelled sets")
    parser.add_argument("--cache", type=Path, default=_CACHE, help="what may be kept between runs")
    parser.add_argument("--results", type=Path, help="where results are written")
    options = parser.parse_args()
    if options.results is None:
        # A quick run is for a look: it must not overwrite what is committed.
        options.results = options.cache / "quick-results" if options.quick else _RESULTS
    return options


if __name__ == "__main__":
    sys.exit(main())
