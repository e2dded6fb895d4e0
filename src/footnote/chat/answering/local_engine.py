"""The engine that answers without a model: it selects and quotes the sentences that answer, or abstains.

It is pure: no storage, no clock, no network. Sentence embeddings were tried on the shortlist and left out: once the
passage's own cosine is among the features they added nothing and would have cost half of the time an answer may take.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from footnote.chat.answering.selection.candidates import line_up
from footnote.chat.answering.selection.composition import chosen, drafts
from footnote.chat.answering.selection.confidence import EVIDENCE, evidence
from footnote.chat.answering.selection.features import Measured
from footnote.chat.answering.selection.question import read_question
from footnote.chat.answering.selection.weights import Calibration, EngineWeights, shipped_weights
from footnote.chat.passages import DraftSentence, Passage

NO_PASSAGES = "no_passages"
NO_QUESTION = "no_question"
WEAK_EVIDENCE = "weak_evidence"

_MOST_PASSAGES = 12


@dataclass(frozen=True, slots=True)
class ConfidencePart:
    """One thing that raised or lowered the confidence, in log odds, for `explain`."""

    name: str
    value: float
    contribution: float


@dataclass(frozen=True, slots=True)
class EngineAnswer:
    """What an engine gives back.

    sentences: verbatim from the passages, the answering ones first; none when it abstained.
    reason: why it abstained (`no_passages`, `no_question`, `weak_evidence`), else None.
    confidence: 0..100, the calibrated chance in per cent that the answer stands in the sentences it chose, also when
        it then abstained for that.
    """

    sentences: tuple[DraftSentence, ...]
    abstained: bool
    reason: str | None
    confidence: float
    parts: tuple[ConfidencePart, ...] = ()


class LocalEngine:
    """Selects, quotes and cites; never writes a word of its own."""

    def __init__(self, *, embedder: str | None = None, weights: EngineWeights | None = None) -> None:
        """embedder: name of the embedder whose cosines the passages carry (`EmbedderIdentity.name`), if any."""
        self._embedder = embedder
        self._weights = weights or shipped_weights()

    def answer(self, question: str, passages: Sequence[Passage], *, language: str | None) -> EngineAnswer:
        """Return a few sentences quoted from the passages, or an abstention; about 10 ms.

        Rows of tables stand under the head of their table, items under the line that leads in their list.

        passages: best first; the first 12 are read. language: of the question, ISO 639-1, or None if unknown.
        """
        asked = read_question(question, language)
        if not asked.terms:
            return _abstention(NO_QUESTION)
        candidates = line_up(passages[:_MOST_PASSAGES], language)
        if not candidates:
            return _abstention(NO_PASSAGES)
        uses_dense = self._weights.knows(self._embedder, language)
        measured = Measured(asked, candidates, uses_dense=uses_dense)
        scores = self._weights.score(measured.features)
        facts = evidence(asked, candidates, measured, scores, uses_dense=uses_dense)
        calibration = self._weights.calibration(self._embedder, language)
        confidence, parts = calibration.confidence(facts), _parts(calibration, facts)
        if confidence < calibration.threshold or not any(measured.matches):
            return _abstention(WEAK_EVIDENCE, confidence, parts)
        quoted = chosen(asked, candidates, measured, scores)
        return EngineAnswer(
            sentences=drafts([candidates[i] for i in quoted]),
            abstained=False,
            reason=None,
            confidence=confidence,
            parts=parts,
        )


def _abstention(reason: str, confidence: float = 0.0, parts: tuple[ConfidencePart, ...] = ()) -> EngineAnswer:
    return EngineAnswer((), abstained=True, reason=reason, confidence=confidence, parts=parts)


def _parts(calibration: Calibration, facts: npt.NDArray[np.float64]) -> tuple[ConfidencePart, ...]:
    contributions = dict(calibration.contributions(facts))
    return tuple(
        ConfidencePart(name, float(value), contributions[name]) for name, value in zip(EVIDENCE, facts, strict=True)
    )
