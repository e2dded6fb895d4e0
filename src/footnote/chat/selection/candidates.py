"""Lines up the sentences of all passages once each, with their neighbours, whatever chunk borders cut through them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from footnote.chat.language.words import Word, words_of
from footnote.chat.passages import Passage
from footnote.chat.sentences import split_sentences, trimmed
from footnote.kit.geometry import Span

_SMALL_GAP = 2


@dataclass(frozen=True, slots=True)
class Candidate:
    """One sentence that might answer.

    passage: the best-ranked passage that holds (most of) it. span: in the version's text, without outer blanks.
    run, place: which stretch of joined passages it stands in, and where, so that place - 1 is the sentence before.
    is_fragment: the stretch begins or ends inside it, so that its first or last words are missing.
    """

    passage: Passage
    text: str
    span: Span
    words: tuple[Word, ...]
    run: int
    place: int
    is_fragment: bool


def line_up(passages: Sequence[Passage], language: str | None) -> list[Candidate]:
    """Return every sentence of the passages once, by document in order of their best passage, then by place.

    Passages of one version that overlap or touch, or have but a blank between them that is known, are read as one
    text. `language` is used where a passage does not say its own.
    """
    found: dict[tuple[str, int, int], Candidate] = {}
    for number, run in enumerate(_runs(passages)):
        for candidate in _sentences(run, number, language):
            key = (candidate.passage.version_id, candidate.span.start, candidate.span.end)
            found.setdefault(key, candidate)
    return list(found.values())


@dataclass(frozen=True, slots=True)
class _Run:
    """Joined passages; text[0] is code point `start` of the version's text."""

    members: tuple[Passage, ...]
    start: int
    text: str
    has_start: bool
    has_end: bool


def _runs(passages: Sequence[Passage]) -> Iterable[_Run]:
    by_version: dict[str, list[Passage]] = {}
    for passage in passages:
        by_version.setdefault(passage.version_id, []).append(passage)
    for members in by_version.values():
        members.sort(key=lambda p: (p.span.start, p.span.end))
        group: list[Passage] = []
        end = -1
        for passage in members:
            if group and passage.span.start - end > len(group[-1].after[:_SMALL_GAP]):
                yield _joined(group)
                group = []
            group.append(passage)
            end = max(end, passage.span.end)
        yield _joined(group)


def _joined(group: Sequence[Passage]) -> _Run:
    start = group[0].span.start
    text = known_after = ""
    for passage in group:
        gap = passage.span.start - start - len(text)
        text += known_after[:gap] if gap > 0 else ""
        text += passage.text[max(-gap, 0) :]
        known_after = passage.after
    before, after = group[0].before, group[-1].after
    return _Run(tuple(group), start - len(before), before + text + after, not before, not after)


def _sentences(run: _Run, number: int, language: str | None) -> Iterable[Candidate]:
    spans = split_sentences(run.text)
    place = 0
    for raw in spans:
        body = trimmed(run.text, raw)
        span = Span(run.start + body.start, run.start + body.end)
        holders = [p for p in run.members if _overlap(p.span, span) * 2 > body.end - body.start]
        holders = holders or [p for p in run.members if _overlap(p.span, span) > 0]
        if body.start == body.end or not holders:
            continue
        passage = min(holders, key=lambda p: p.number)
        text = run.text[body.start : body.end]
        words = tuple(words_of(text, passage.language or language))
        if words:
            cut = (body.start == 0 and text[0].islower()) or (
                raw.end == len(run.text) and text[-1].isalnum() and len(words) > 8
            )
            yield Candidate(passage, text, span, words, number, place, cut)
            place += 1


def _overlap(a: Span, b: Span) -> int:
    return max(0, min(a.end, b.end) - max(a.start, b.start))
