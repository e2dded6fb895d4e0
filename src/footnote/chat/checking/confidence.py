"""One number for how far to trust a written answer, and the parts it is made of."""

from collections.abc import Sequence
from dataclasses import dataclass

from footnote.chat.passages import Verdict

_WORTH = {Verdict.VERBATIM: 1.0, Verdict.GROUNDED: 0.9, Verdict.UNSUPPORTED: 0.0}


@dataclass(frozen=True, slots=True)
class AnswerConfidence:
    """score: 0..100. support: share of the sentences the sources bear out, grounded ones a little less.

    evidence: the local engine's calibrated confidence that the passages answer the question at all, 0..100.
    """

    score: float
    support: float
    evidence: float


def answer_confidence(verdicts: Sequence[Verdict], evidence: float) -> AnswerConfidence:
    """Return the confidence in a model's answer from its sentences' verdicts and the passages' evidence (0..100).

    A rule and not a fit, as it must hold for any model: support counts in full, and weak evidence takes away up to
    half, since a true sentence may still answer another question. No sentences give 0.
    """
    if not verdicts:
        return AnswerConfidence(0.0, 0.0, evidence)
    support = sum(_WORTH[verdict] for verdict in verdicts) / len(verdicts)
    return AnswerConfidence(support * (50.0 + evidence / 2.0), support, evidence)
