"""A word's counts spread over the passage around each entry: the entry and its neighbours on each side."""

import numpy as np

from footnote.adapters.search_indexes.postings import Counts, Slots
from footnote.retrieval.ports import PASSAGE_REACH


def spread(slots: Slots, counts: Counts, before: Slots, after: Slots) -> Counts:
    """Return float32[size]: each entry's count together with its neighbours'."""
    total = np.zeros(len(before), dtype=np.float32)
    total[slots] += counts
    for way in (before, after):
        place, own = slots, counts
        for _ in range(PASSAGE_REACH):
            further = way[place]
            moved = further != place
            place, own = further[moved], own[moved]
            # Two entries never have the same neighbour on the same side, so plain indexed addition is right.
            total[place] += own
    return total


def spread_along(slots: Slots, counts: Counts, runs: Counts) -> Counts:
    """Do as `spread` where neighbours lie side by side: whole columns shifted, which is faster for frequent words."""
    total = np.zeros(len(runs) + 1, dtype=np.float32)
    total[slots] += counts
    forward, backward = total, total
    result = total.copy()
    for _ in range(PASSAGE_REACH):
        ahead, behind = np.zeros_like(total), np.zeros_like(total)
        np.multiply(forward[:-1], runs, out=ahead[1:])
        np.multiply(backward[1:], runs, out=behind[:-1])
        result += ahead
        result += behind
        forward, backward = ahead, behind
    return result
