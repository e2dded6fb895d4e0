"""Checks a drafted sentence against the passages it cites."""

from collections.abc import Sequence

from footnote.chat.passages import CheckedSentence, Citation, DraftSentence, Passage, Reason, Verdict
from footnote.kit.geometry import Span


def verify_sentence(draft: DraftSentence, passages: Sequence[Passage]) -> CheckedSentence:
    """Return the verdict and the located citations."""
    by_number = {passage.number: passage for passage in passages}
    for citation in draft.citations:
        passage = by_number.get(citation.passage_number)
        place = passage.text.find(draft.text) if passage else -1
        if passage and place >= 0:
            span = Span(passage.span.start + place, passage.span.start + place + len(draft.text))
            located = Citation(passage.number, span, draft.text)
            return CheckedSentence(draft.text, Verdict.VERBATIM, (located,), (), draft.separator)
    return CheckedSentence(draft.text, Verdict.UNSUPPORTED, (), (Reason.NOT_FOUND,), draft.separator)
