"""What every part of the bench is given."""

import sys
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.report import PartResult


@dataclass(frozen=True, slots=True)
class BenchContext:
    """data: the labelled sets. cache: what may be kept between runs. quick: small samples, under two minutes in all."""

    data: Path
    cache: Path
    quick: bool

    def say(self, text: str) -> None:
        """Tell the person who waits."""
        print(f"  {text}", file=sys.stderr, flush=True)


Part = Callable[[BenchContext], Coroutine[Any, Any, PartResult]]
