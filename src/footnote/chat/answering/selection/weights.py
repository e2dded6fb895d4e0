"""The fitted numbers of the local engine: read from data and applied; `benchmarks/answers` makes them."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
import numpy.typing as npt

from footnote.chat.answering.selection.confidence import EVIDENCE
from footnote.chat.answering.selection.features import FEATURES


@dataclass(frozen=True, slots=True)
class Calibration:
    """How evidence becomes a confidence, fitted for one embedder, or for none (word evidence only).

    weights: by the names of `confidence.EVIDENCE`. threshold: abstain below this confidence, 0..100.
    fitted_on, fitted_at: the labelled set and the day.
    """

    bias: float
    weights: Mapping[str, float]
    threshold: float
    fitted_on: str
    fitted_at: str

    def confidence(self, evidence: npt.NDArray[np.float64]) -> float:
        """Return the chance in per cent, 0..100, that the chosen sentences hold the answer."""
        total = self.bias + sum(value for _, value in self.contributions(evidence))
        return 100.0 / (1.0 + math.exp(-max(-50.0, min(50.0, total))))

    def contributions(self, evidence: npt.NDArray[np.float64]) -> list[tuple[str, float]]:
        """Return by name what each piece of evidence adds to the log odds."""
        pairs = zip(EVIDENCE, evidence, strict=True)
        return [(name, self.weights.get(name, 0.0) * float(value)) for name, value in pairs]


@dataclass(frozen=True, slots=True)
class EngineWeights:
    """All fitted numbers.

    ranking: by the names of `features.FEATURES`; the sum of products is a log odds between candidates.
    calibrations: by embedder name; "" holds for every other embedder and for languages that an embedder does not know.
    embedder_languages: by embedder name, the languages in which its cosines mean something.
    """

    ranking: Mapping[str, float]
    calibrations: Mapping[str, Calibration]
    embedder_languages: Mapping[str, Sequence[str]]

    def knows(self, embedder: str | None, language: str | None) -> bool:
        """Tell whether the embedder's scores count in this language."""
        return language in self.embedder_languages.get(embedder or "", ())

    def calibration(self, embedder: str | None, language: str | None) -> Calibration:
        """Return the calibration to use."""
        return self.calibrations[embedder if embedder and self.knows(embedder, language) else ""]

    def score(self, features: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Return float64[N] for float64[N, len(FEATURES)], higher is better."""
        scores: npt.NDArray[np.float64] = features @ np.array([self.ranking.get(name, 0.0) for name in FEATURES])
        return scores


@cache
def shipped_weights() -> EngineWeights:
    """Return the weights that came with this release."""
    raw = json.loads((files(__package__) / "weights.json").read_text(encoding="utf-8"))
    return EngineWeights(
        ranking=raw["ranking"],
        calibrations={name: Calibration(**entry) for name, entry in raw["calibrations"].items()},
        embedder_languages=raw["embedder_languages"],
    )
