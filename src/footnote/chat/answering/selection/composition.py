"""Composes an answer of the scored candidates: which to quote, with what stands over them, in which order."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from footnote.chat.answering.selection.candidates import Candidate, Quote
from footnote.chat.answering.selection.features import FEATURES, Measured
from footnote.chat.answering.selection.pieces import Role
from footnote.chat.answering.selection.question import Question
from footnote.chat.language.lexicon import lexicon
from footnote.chat.passages import Citation, DraftSentence

_MOST_SENTENCES = 4
_MOST_ITEMS = 6
_ALSO_LIKELY = 0.12
_POSSIBLE = 0.04
"""Below this chance a second sentence tells a reader more often something beside the question than the answer."""
_BEFORE = FEATURES.index("covered_before")
_MISSING_LINK = 0.1

Scores = npt.NDArray[np.float64]


def chosen(question: Question, candidates: Sequence[Candidate], measured: Measured, scores: Scores) -> list[int]:
    """Return which candidates to quote, in the order to show them; never none.

    The best, the second unless it is unlikely, more only while they are likely too; a list whole where all of it is
    asked for. Where the best one leans on the sentence before it ("It opened in 1990") and that one holds more of the
    question, both are shown, in their own order. What only introduces is quoted with what it introduces, and alone only
    if nothing else is there.
    """
    order = _worth_showing(candidates, measured, [int(i) for i in np.argsort(-scores, kind="stable")])
    best = order[0]
    if items := _whole_list(candidates, measured, best):
        return items
    odds = np.exp(scores - scores.max())
    odds /= odds.sum()
    second = [i for i in order[1:2] if odds[i] >= _least_odds(candidates[i])]
    likely = [i for i in order[2:_MOST_SENTENCES] if odds[i] >= _ALSO_LIKELY]
    leans = _leans_on_previous(question, candidates, best)
    if leans and (best - 1 in second or measured.features[best, _BEFORE] > _MISSING_LINK):
        rest = [i for i in (*second, *likely) if i != best - 1]
        return [best - 1, best, *rest][:_MOST_SENTENCES]
    return [best, *second, *likely]


def drafts(candidates: Sequence[Candidate]) -> tuple[DraftSentence, ...]:
    """Return the quotes of the answer in order; before the first row of a table or item of a list what leads it in."""
    result: list[DraftSentence] = []
    introduced: set[tuple[str, int]] = {(c.passage.version_id, c.span.start) for c in candidates}
    after_line = False
    for candidate in candidates:
        is_line = candidate.role in (Role.ROW, Role.ITEM, Role.TABLE_HEAD)
        head = candidate.head
        if head is not None and (key := (head.passage.version_id, head.span.start)) not in introduced:
            introduced.add(key)
            result.append(_draft(head, "\n" if is_line or after_line else " "))
        result.append(_draft(candidate, "\n" if is_line or after_line else " "))
        after_line = is_line
    return tuple(DraftSentence(d.text, d.citations, d.separator if n else "") for n, d in enumerate(result))


def _draft(quote: Quote | Candidate, separator: str) -> DraftSentence:
    return DraftSentence(quote.text, (Citation(quote.passage.number, quote.span, quote.text),), separator)


def _least_odds(second: Candidate) -> float:
    """Return how likely the second best must be to be shown: a wrong row costs its head as well."""
    return _ALSO_LIKELY if second.role is Role.ROW else _POSSIBLE


def _worth_showing(candidates: Sequence[Candidate], measured: Measured, order: Sequence[int]) -> list[int]:
    """Return the candidates in the same order without those that would tell a reader nothing new.

    Left out are what only introduces, rows which the question does not name, further rows of a table that it names
    less than the first, and sentences that say the same in the same words. All stay if none would be left.
    """
    kept: list[int] = []
    named: dict[tuple[int, int], float] = {}
    said: set[tuple[str, ...]] = set()
    for i in order:
        candidate = candidates[i]
        words = tuple(word.lower for word in candidate.words)
        if candidate.only_introduces or words in said:
            continue
        if candidate.role is Role.ROW and candidate.group is not None:
            own = measured.share(measured.own_matches[i])
            if not measured.is_named(i) or own < named.setdefault((candidate.run, candidate.group), own):
                continue
        said.add(words)
        kept.append(i)
    return kept or list(order)


def _whole_list(candidates: Sequence[Candidate], measured: Measured, best: int) -> list[int]:
    """Return the items of the best candidate's list, if its lead-in holds more of the question than the item does."""
    candidate = candidates[best]
    if candidate.role is not Role.ITEM or candidate.head is None:
        return []
    if measured.share(measured.own_matches[best]) * 2 > measured.share(measured.matches[best]):
        return []
    group = (candidate.run, candidate.group)
    items = [i for i, c in enumerate(candidates) if (c.run, c.group) == group]
    first = max(0, items.index(best) - _MOST_ITEMS + 1)
    return items[first : first + _MOST_ITEMS]


def _leans_on_previous(question: Question, candidates: Sequence[Candidate], i: int) -> bool:
    if i == 0 or candidates[i - 1].only_introduces or not _stands_right_before(candidates, i - 1, i):
        return False
    pronouns = lexicon(candidates[i].passage.language or question.language).pronouns
    return any(word.lower in pronouns for word in candidates[i].words[:2])


def _stands_right_before(candidates: Sequence[Candidate], a: int, b: int) -> bool:
    return candidates[a].run == candidates[b].run and candidates[b].place - candidates[a].place == 1
