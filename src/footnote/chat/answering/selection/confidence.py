"""Measures how strong the evidence for an answer is; `weights` turns the measures into a calibrated confidence."""

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from footnote.chat.answering.selection.candidates import Candidate
from footnote.chat.answering.selection.features import FEATURES, Measured
from footnote.chat.answering.selection.question import Question

_COVERED, _EXACTLY, _NEAR = (FEATURES.index(n) for n in ("covered", "covered_exactly", "answer_near"))

EVIDENCE = (
    "best_covered",
    "best_covered_exactly",
    "passage_covered",
    "names_covered",
    "answer_near",
    "certainty",
    "question_length",
    "chosen_dense",
)
"""The columns of `evidence`, in order; weights are stored by these names."""


def evidence(
    question: Question,
    candidates: Sequence[Candidate],
    measured: Measured,
    scores: npt.NDArray[np.float64],
    *,
    uses_dense: bool,
) -> npt.NDArray[np.float64]:
    """Return float64[len(EVIDENCE)]: what speaks for the two best-scored candidates, most values in 0..1.

    scores: one per candidate, on the scale in which their exponentials compare as odds.
    """
    order = np.argsort(-scores, kind="stable")
    best, pair = int(order[0]), [int(i) for i in order[:2]]
    row = measured.features[best]
    odds = np.exp(scores - scores.max())
    return np.array(
        [
            row[_COVERED],
            row[_EXACTLY],
            max(measured.passage_share(i) for i in pair),
            _names_covered(question, measured, pair),
            row[_NEAR],
            float(odds[pair].sum() / odds.sum()),
            math.log(1.0 + len(question.terms)),
            (candidates[best].passage.dense_score or 0.0) if uses_dense else 0.0,
        ],
        dtype=np.float64,
    )


def _names_covered(question: Question, measured: Measured, chosen: Sequence[int]) -> float:
    """Return the share of the question's names and numbers that the chosen sentences' passages hold; 1 without any."""
    names = [name for name in question.names if name in measured.weights]
    if not names:
        return 1.0
    return max(sum(measured.passage_match(i).get(n, 0.0) for n in names) / len(names) for i in chosen)
