"""Measures of ranking and of spans, and how sure a difference is."""

import math
from collections.abc import Mapping, Sequence

import numpy as np


def ndcg(ranked: Sequence[str], relevant: Mapping[str, int], depth: int = 10) -> float:
    """Return normalised discounted cumulative gain with linear gains, as trec_eval computes it."""
    gain = sum(relevant.get(d, 0) / math.log2(i + 2) for i, d in enumerate(ranked[:depth]))
    ideal = sum(g / math.log2(i + 2) for i, g in enumerate(sorted(relevant.values(), reverse=True)[:depth]))
    return gain / ideal if ideal else 0.0


def recall(ranked: Sequence[str], relevant: Mapping[str, int], depth: int) -> float:
    """Return the share of the relevant documents among the first `depth`."""
    return len(set(ranked[:depth]) & relevant.keys()) / len(relevant)


def bootstrap(differences: Sequence[float], rounds: int = 2_000, seed: int = 7) -> tuple[float, float]:
    """Return the 95% interval of the mean of paired differences."""
    values = np.asarray(differences)
    generator = np.random.default_rng(seed)
    means = values[generator.integers(0, len(values), (rounds, len(values)))].mean(axis=1)
    low, high = np.percentile(means, [2.5, 97.5])
    return float(low), float(high)


def span_scores(found: Sequence[tuple[int, int]], wanted: Sequence[tuple[int, int]]) -> tuple[float, float, float]:
    """Return recall, precision and intersection over union of characters.

    Characters found twice count once in the intersection and each time in what was read, as in Chroma's evaluation.
    """
    wanted_characters = {i for start, end in wanted for i in range(start, end)}
    read = sum(end - start for start, end in found)
    hit = len({i for start, end in found for i in range(start, end)} & wanted_characters)
    union = read + len(wanted_characters) - hit
    return hit / len(wanted_characters), hit / read if read else 0.0, hit / union if union else 0.0
