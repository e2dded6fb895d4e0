"""Judges a draft that copies most of a source sentence: what little it changed must be harmless.

A liar who plants one thing leaves the rest as it stands, so the few words that differ show it at once, whatever the
language. Of a free paraphrase this says nothing.
"""

from collections.abc import Iterator

from footnote.chat.answering.selection.similarity import antonyms
from footnote.chat.checking.alignment import Alignment, Difference, align
from footnote.chat.checking.clauses import is_negation
from footnote.chat.checking.evidence_window import Statement, statement, supports
from footnote.chat.language.words import Word
from footnote.chat.passages import Reason

_COPIED = 0.72
_DROPPED_CLAUSE = 3


def changes(draft: Statement, source: Statement) -> Iterator[Reason]:
    """Yield what is wrong with the places in which the draft departs from the source sentence."""
    alignment = align([w.lower for w in source.words], [w.lower for w in draft.words])
    yield from _exchanged(alignment, draft, source)
    if alignment.matched < _COPIED * len(draft.words):
        return
    for difference in alignment.differences:
        yield from _negation(difference, draft, source)
        yield from _replaced(difference, draft, source)
        yield from _turned(difference, draft, source)


def _exchanged(alignment: Alignment, draft: Statement, source: Statement) -> Iterator[Reason]:
    """Words that changed places while what stands between them stayed: "A paid B" for "B paid A"."""
    agents = draft.lists.passive_agents
    sides = [
        (_content(source, *d.source), _content(draft, *d.draft), _near_agent(agents, draft, d.draft, source, d.source))
        for d in alignment.differences
    ]
    for i, (old, new, turned) in enumerate(sides):
        # Inside one difference: two neighbours that swapped.
        if len(old) > 1 and len(old) == len(new) and set(old) == set(new) and old != new and not turned:
            yield Reason.ROLE_SWAP
        for other_old, other_new, other_turned in sides[i + 1 :]:
            there, back = set(new) & set(other_old) - set(old), set(other_new) & set(old) - set(other_old)
            even = abs(len(old) - len(new)) < _DROPPED_CLAUSE and abs(len(other_old) - len(other_new)) < _DROPPED_CLAUSE
            if there and back and even and not (turned or other_turned):
                yield Reason.ROLE_SWAP


def _near_agent(
    agents: frozenset[str], draft: Statement, mine: tuple[int, int], source: Statement, theirs: tuple[int, int]
) -> bool:
    """Tell whether a passive's "by" came or went here, so that a change of places is a change of voice."""
    here = any(w.lower in agents for w in draft.words[slice(*mine)])
    there = any(w.lower in agents for w in source.words[slice(*theirs)])
    return here != there


def _content(text: Statement, start: int, end: int) -> list[str]:
    return [text.words[n].lower for n in range(start, end) if n in text.content]


def _negation(difference: Difference, draft: Statement, source: Statement) -> Iterator[Reason]:
    dropped = _negations(source, *difference.source)
    added = _negations(draft, *difference.draft)
    if added and not dropped:
        yield Reason.NEGATION_MISMATCH
    if dropped and not added and len(_content(source, *difference.source)) < _DROPPED_CLAUSE:
        yield Reason.NEGATION_MISMATCH


def _negations(text: Statement, start: int, end: int) -> int:
    return sum(is_negation(text.text, text.words, n, text.lists) for n in range(start, end))


def _replaced(difference: Difference, draft: Statement, source: Statement) -> Iterator[Reason]:
    """A name, number or month put for something else must be another writing of it."""
    old = source.words[slice(*difference.source)]
    if not any(n in source.content for n in range(*difference.source)):
        return
    there = statement(source.text[old[0].start : old[-1].end], source.language)
    for n in range(*difference.draft):
        word = draft.words[n]
        if n not in draft.content or supports(there, word):
            continue
        if word.lower in draft.lists.months:
            yield Reason.CHANGED_DATE
        elif _is_number(draft, word):
            yield Reason.CHANGED_NUMBER
        elif word.is_capital and n > 0 and _drops_name(source, difference.source):
            yield Reason.ROLE_SWAP if word.lower in source.lowers else Reason.FOREIGN_NAME
        elif draft.is_caseless:
            yield Reason.ROLE_SWAP if word.lower in source.lowers else Reason.UNKNOWN_WORDS


def _turned(difference: Difference, draft: Statement, source: Statement) -> Iterator[Reason]:
    """A word put for its opposite, function words included ("before" for "after")."""
    there = frozenset(form for w in source.words[slice(*difference.source)] for form in (w.lower, w.stem))
    opposites = antonyms(draft.language)
    for word in draft.words[slice(*difference.draft)]:
        meant = opposites.get(word.lower, frozenset()) | opposites.get(word.stem, frozenset())
        if meant & there and not {word.lower, word.stem} & there:
            yield Reason.ANTONYM


def _is_number(text: Statement, word: Word) -> bool:
    return any(q.start <= word.start < q.end for q in text.quantities)


def _drops_name(source: Statement, place: tuple[int, int]) -> bool:
    return any(source.words[n].is_capital and n in source.content for n in range(*place))
