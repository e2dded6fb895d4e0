"""How two legs' scores become one: each brought to its own distribution, then added by weight."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Distribution:
    """Mean and deviation of a leg's scores."""

    mean: float
    deviation: float

    def normalised(self, score: float) -> float:
        """Return by how many deviations the score lies above the mean; 0 where all are alike."""
        return (score - self.mean) / self.deviation if self.deviation else 0.0


def distribution_of(scores: Sequence[float]) -> Distribution:
    """Return mean and (population) deviation; both 0 for no scores."""
    if not scores:
        return Distribution(0.0, 0.0)
    mean = math.fsum(scores) / len(scores)
    deviation = math.sqrt(math.fsum((s - mean) ** 2 for s in scores) / len(scores))
    # Scores that differ by rounding only are alike.
    return Distribution(mean, deviation if deviation > 1e-6 else 0.0)


def completed(leg: Mapping[str, float], candidates: Sequence[str]) -> dict[str, float]:
    """Return a score for every candidate: the leg's own, or its lowest for one it does not know; 0 if it knows none."""
    lowest = min(leg.values(), default=0.0)
    return {chunk: leg.get(chunk, lowest) for chunk in candidates}


def distribution_based_fusion(
    legs: Sequence[Mapping[str, float]], weights: Sequence[float], spreads: Sequence[Distribution]
) -> list[tuple[str, float]]:
    """Merge the legs' scores, best first.

    legs: L maps of raw scores over the same chunks, higher is better. weights: L, not negative, summing to 1.
    spreads: L distributions to measure the scores by.
    Returns each chunk once; scores in (0, 1), 0.5 for an average candidate; ties by chunk id, so runs repeat.
    Raises ValueError if the lengths differ, the weights do not sum to 1, or the legs differ in chunks.
    Source: distribution-based score fusion, with two changes that measured better: statistics are taken over the
    candidates of both legs with their true scores in each, and a hit that stands far out is not cut at 3
    deviations, since that is what tells a leg that knows from one that guesses. Rank fusion loses this altogether.
    """
    if not len(legs) == len(weights) == len(spreads) or not legs:
        raise ValueError("legs, weights and spreads must be of one length, at least 1")
    if abs(math.fsum(weights) - 1.0) > 1e-9 or min(weights) < 0.0:
        raise ValueError("weights must not be negative and must sum to 1")
    if any(leg.keys() != legs[0].keys() for leg in legs):
        raise ValueError("legs must score the same chunks")
    fused = {
        chunk: math.fsum(
            weight * spread.normalised(leg[chunk]) for leg, weight, spread in zip(legs, weights, spreads, strict=True)
        )
        for chunk in legs[0]
    }
    return sorted(((chunk, _squashed(score)) for chunk, score in fused.items()), key=lambda i: (-i[1], i[0]))


def _squashed(score: float) -> float:
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, score))))
