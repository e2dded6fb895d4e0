"""One number for how far to trust an answer that a model wrote."""

from collections.abc import Sequence

from footnote.chat.passages import Verdict

_WORTH = {Verdict.VERBATIM: 1.0, Verdict.GROUNDED: 0.9, Verdict.UNSUPPORTED: 0.0}


def answer_confidence(verdicts: Sequence[Verdict], evidence: float) -> float:
    """Return the confidence in a model's answer, 0..100, from its sentences' verdicts and the passages' evidence.

    verdicts: of every sentence the model wrote, those left out of the answer included.
    evidence: 0..100, the local engine's calibrated chance that the passages answer the question at all.

    A rule and not a fit, as it must hold for any model: support counts in full, and weak evidence takes away up to
    half, since a true sentence may still answer another question. No sentences give 0.
    """
    if not verdicts:
        return 0.0
    support = sum(_WORTH[verdict] for verdict in verdicts) / len(verdicts)
    return support * (50.0 + evidence / 2.0)
