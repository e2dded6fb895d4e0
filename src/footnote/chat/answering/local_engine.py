"""The engine that answers without a model: it selects and quotes the sentences that answer, or abstains.

It is pure: no storage, no clock, no network. Sentence embeddings were tried on the shortlist and left out: once the
passage's own cosine is among the features they added nothing and would have cost half of the time an answer may take.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from footnote.chat.answering.selection.candidates import Candidate, line_up
from footnote.chat.answering.selection.confidence import EVIDENCE, evidence
from footnote.chat.answering.selection.features import FEATURES, Measured
from footnote.chat.answering.selection.question import Question, read_question
from footnote.chat.answering.selection.weights import Calibration, EngineWeights, shipped_weights
from footnote.chat.language.lexicon import lexicon
from footnote.chat.passages import Citation, DraftSentence, Passage

NO_PASSAGES = "no_passages"
NO_QUESTION = "no_question"
WEAK_EVIDENCE = "weak_evidence"

_MOST_PASSAGES = 12
_MOST_SENTENCES = 4
_ALSO_LIKELY = 0.12
_BEFORE = FEATURES.index("covered_before")
_MISSING_LINK = 0.1


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
        """Return 1-4 sentences quoted from the passages, or an abstention; about 5 ms.

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
        chosen = _chosen(asked, candidates, measured, scores)
        return EngineAnswer(
            sentences=_drafts([candidates[i] for i in chosen]),
            abstained=False,
            reason=None,
            confidence=confidence,
            parts=parts,
        )


def _abstention(reason: str, confidence: float = 0.0, parts: tuple[ConfidencePart, ...] = ()) -> EngineAnswer:
    return EngineAnswer((), abstained=True, reason=reason, confidence=confidence, parts=parts)


def _chosen(
    question: Question, candidates: Sequence[Candidate], measured: Measured, scores: npt.NDArray[np.float64]
) -> list[int]:
    """Return which candidates to quote, in the order to show them.

    Always the two best, more only while they are likely too. Where the best one leans on the sentence before it
    ("It opened in 1990") and that one holds more of the question, both are shown, in their own order.
    """
    order = [int(i) for i in np.argsort(-scores, kind="stable")]
    odds = np.exp(scores - scores.max())
    best, second = order[0], order[1:2]
    likely = [i for i in order[2:_MOST_SENTENCES] if odds[i] / odds.sum() >= _ALSO_LIKELY]
    leans = _leans_on_previous(question, candidates, best)
    if leans and (best - 1 in second or measured.features[best, _BEFORE] > _MISSING_LINK):
        rest = [i for i in (*second, *likely) if i != best - 1]
        return [best - 1, best, *rest][:_MOST_SENTENCES]
    return [best, *second, *likely]


def _leans_on_previous(question: Question, candidates: Sequence[Candidate], i: int) -> bool:
    if i == 0 or not _stands_right_before(candidates, i - 1, i):
        return False
    pronouns = lexicon(candidates[i].passage.language or question.language).pronouns
    return any(word.lower in pronouns for word in candidates[i].words[:2])


def _stands_right_before(candidates: Sequence[Candidate], a: int, b: int) -> bool:
    return candidates[a].run == candidates[b].run and candidates[b].place - candidates[a].place == 1


def _drafts(candidates: Sequence[Candidate]) -> tuple[DraftSentence, ...]:
    return tuple(
        DraftSentence(c.text, (Citation(c.passage.number, c.span, c.text),), " " if n else "")
        for n, c in enumerate(candidates)
    )


def _parts(calibration: Calibration, facts: npt.NDArray[np.float64]) -> tuple[ConfidencePart, ...]:
    contributions = dict(calibration.contributions(facts))
    return tuple(
        ConfidencePart(name, float(value), contributions[name]) for name, value in zip(EVIDENCE, facts, strict=True)
    )
