"""Which units go together: the cheapest way to cut a run of units under two ceilings, by dynamic programming."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

CHUNK_COST = 1.0
"""Each chunk costs this, so few are made."""
EMPTY_COST = 0.5
"""A chunk that is empty would cost this in addition, a full one nothing, by the square: sizes come out even."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A unit to pack.

    leading_tokens: needed in addition when it is a chunk's first. cut_cost: what a cut before it costs.
    """

    start: int
    end: int
    tokens: int
    leading_tokens: int
    cut_cost: float


def pack(items: Sequence[Piece], *, max_characters: int, max_tokens: int) -> list[tuple[int, int]]:
    """Return half-open ranges of units, one per chunk, in order, covering all; a unit over a ceiling stands alone."""
    best = [math.inf] * (len(items) + 1)
    best[0] = 0.0
    previous = [0] * (len(items) + 1)
    for first, item in enumerate(items):
        cost_before = best[first] + (item.cut_cost if first else 0.0)
        tokens = item.leading_tokens
        for last in range(first, len(items)):
            tokens += items[last].tokens
            characters = items[last].end - item.start
            if last > first and (characters > max_characters or tokens > max_tokens):
                break
            fill = min(1.0, max(characters / max_characters, tokens / max_tokens))
            cost = cost_before + CHUNK_COST + EMPTY_COST * (1.0 - fill) ** 2
            if cost < best[last + 1]:
                best[last + 1] = cost
                previous[last + 1] = first
    ranges: list[tuple[int, int]] = []
    end = len(items)
    while end:
        ranges.append((previous[end], end))
        end = previous[end]
    return ranges[::-1]
