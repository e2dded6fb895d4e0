"""Checks a drafted sentence against the passages it cites, and finds the words it rests on; the same for every engine.

By rules alone: no model judges a model. A sentence passes when its words stand in the source (verbatim), or when every
number, unit, date, name, negation and nearly every word of meaning is found in one to three neighbouring sentences of
a passage, in the same roles (grounded). Doubt counts against the sentence: an honest paraphrase that is refused
costs a line, a lie that passes costs the product's promise.
"""

import re
from collections.abc import Sequence

from footnote.chat.checking.evidence_window import SourceText, Statement, Window, source_text, statement, windows
from footnote.chat.checking.normal_text import NormalText, normal
from footnote.chat.checking.rules import check
from footnote.chat.language.lexicon import lexicon
from footnote.chat.language.words import words_of
from footnote.chat.passages import CheckedSentence, Citation, DraftSentence, Passage, Reason, Verdict
from footnote.kit.geometry import Span

_MIN_COVERAGE = 0.5
_MOST_CITED = 4
_REPORTING = re.compile(r"\b(that|whether|if|unless|dass|daß|ob|wenn|que|si|che|se|أن|إذا)\s*$", re.IGNORECASE)


def verify_sentence(draft: DraftSentence, passages: Sequence[Passage]) -> CheckedSentence:
    """Check one sentence; see `CitationCheck.verify`, which is quicker for several sentences of one answer."""
    return CitationCheck(passages).verify(draft)


class CitationCheck:
    """Checks the sentences of one answer against the passages it was written from, reading each passage once."""

    def __init__(self, passages: Sequence[Passage]) -> None:
        """passages: all that the engine was given, the cited ones among them."""
        self._passages = {passage.number: passage for passage in passages}
        self._normal: dict[int, NormalText] = {}
        self._sources: dict[int, SourceText] = {}

    def verify(self, draft: DraftSentence) -> CheckedSentence:
        """Return the verdict and, for a supported sentence, where its words stand (spans in the version's text).

        A sentence that cites the wrong passage, or none, is bound to the one that does support it, with
        WRONG_PASSAGE, UNKNOWN_PASSAGE or UNCITED as its reason; it is unsupported when none does.
        """
        if not any(c.isalnum() for c in draft.text):
            return _refused(draft, [Reason.EMPTY])
        numbers = list(dict.fromkeys(c.passage_number for c in draft.citations))
        cited = [n for n in numbers if n in self._passages][:_MOST_CITED]
        others = [n for n in self._passages if n not in cited]
        for group, note in ((cited, ()), (others, (_rebinding(draft, cited),))):
            for number in group:
                if (found := self._verbatim(draft.text, number)) is not None:
                    return _passed(draft, Verdict.VERBATIM, [found], note)
        reasons, located = self._grounded(draft.text, cited)
        if located:
            return _passed(draft, Verdict.GROUNDED, located, ())
        for number in others:
            _, rebound = self._grounded(draft.text, [number])
            if rebound:
                return _passed(draft, Verdict.GROUNDED, rebound, (_rebinding(draft, cited),))
        return _refused(draft, reasons if cited else [_rebinding(draft, cited)])

    def _verbatim(self, text: str, number: int) -> Citation | None:
        """Return where the words stand, unless what was left out around them turns their meaning."""
        passage = self._passages[number]
        whole = passage.before + passage.text + passage.after
        if number not in self._normal:
            self._normal[number] = normal(whole)
        for span in self._normal[number].find(text):
            if not _meaning_turns(whole, span, passage.language):
                start = passage.span.start - len(passage.before)
                place = Span(start + span.start, start + span.end)
                return Citation(number, place, whole[span.start : span.end])
        return None

    def _source(self, number: int) -> SourceText:
        if number not in self._sources:
            self._sources[number] = source_text(self._passages[number])
        return self._sources[number]

    def _grounded(self, text: str, cited: Sequence[int]) -> tuple[list[Reason], list[Citation]]:
        """Return why the cited passages do not support the text, or where they do."""
        best_reasons: list[Reason] = []
        best_coverage = -1.0
        everything = [self._source(number) for number in self._passages]
        for choice in _choices(text, [self._source(number) for number in cited]):
            coverage = max(window.coverage for window in choice)
            if sum(window.coverage for window in choice) < _MIN_COVERAGE:
                continue
            reasons = check(statement(text, choice[0].source.passage.language), choice, everything)
            if not reasons:
                return [], [Citation(w.source.passage.number, w.span, w.quote) for w in choice]
            if coverage > best_coverage:
                best_reasons, best_coverage = reasons, coverage
        return best_reasons or [Reason.NOT_FOUND], []


def _rebinding(draft: DraftSentence, cited: Sequence[int]) -> Reason:
    if cited:
        return Reason.WRONG_PASSAGE
    return Reason.UNKNOWN_PASSAGE if draft.citations else Reason.UNCITED


def _passed(
    draft: DraftSentence, verdict: Verdict, located: Sequence[Citation], reasons: Sequence[Reason]
) -> CheckedSentence:
    return CheckedSentence(draft.text, verdict, tuple(located), tuple(reasons), draft.separator)


def _refused(draft: DraftSentence, reasons: Sequence[Reason]) -> CheckedSentence:
    return CheckedSentence(draft.text, Verdict.UNSUPPORTED, (), tuple(reasons), draft.separator)


def _meaning_turns(text: str, span: Span, language: str | None) -> bool:
    """Tell whether the rest of the source's sentence negates or conditions the words cut out of it."""
    left = re.split(r"[.!?؟。]\s|\n\s*\n|[;:]\s", text[max(0, span.start - 300) : span.start])[-1]
    right = re.split(r"[.!?؟。](?:\s|$)|\n\s*\n|[,;:،]\s", text[span.end : span.end + 200])[0]
    if not left.strip() and not right.strip():
        return False
    lists = lexicon(language)
    clause = left if _REPORTING.search(left) else re.split(r"[,،]\s", left)[-1]
    contrast = [w for w in words_of(clause, language) if w.lower in lists.clause_words]
    if contrast and not _REPORTING.search(left):
        clause = clause[contrast[-1].start :]
    negations = lists.negations | {"don", "doesn", "didn", "isn", "aren", "wasn", "weren", "won", "couldn", "hasn"}
    return any(w.lower in negations for part in (clause, right) for w in words_of(part, language))


def _choices(text: str, cited: Sequence[SourceText]) -> list[list[Window]]:
    """Return what to try: the likeliest windows of each source alone, then the best of all sources together."""
    per_source: list[list[Window]] = []
    for source in cited:
        mine: Statement = statement(text, source.passage.language)
        per_source.append(windows(mine, source))
    alone = [[window] for found in per_source for window in found]
    alone.sort(key=lambda choice: -choice[0].coverage)
    together = [found[0] for found in per_source if found]
    return [*alone, together] if len(together) > 1 else alone
