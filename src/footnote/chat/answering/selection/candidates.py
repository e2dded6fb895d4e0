"""Lines up the sentences of all passages once each, with their neighbours, whatever chunk borders cut through them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from footnote.chat.language.words import Word, words_of
from footnote.chat.passages import Passage
from footnote.chat.sentences import split_sentences, trimmed
from footnote.kit.geometry import Span

_SMALL_GAP = 2
_CELL_BORDER = " | "
_CAPTION_WORDS = 15
_TABLE_REACH = 4_000


@dataclass(frozen=True, slots=True)
class Candidate:
    """One sentence that might answer.

    passage: the best-ranked passage that holds (most of) it. span: in the version's text, without outer blanks.
    run, place: which stretch of joined passages it stands in, and where, so that place - 1 is the sentence before.
    is_fragment: the stretch begins or ends inside it, so that its first or last words are missing.
    heads: for a row of a table, the words of its first row and of the caption above: they say what its cells mean.
    is_table_head: it is the first row of a table that has more.
    """

    passage: Passage
    text: str
    span: Span
    words: tuple[Word, ...]
    run: int
    place: int
    is_fragment: bool
    heads: tuple[Word, ...] = ()
    is_table_head: bool = False


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


def _with_heads(sentences: Sequence[Candidate]) -> list[Candidate]:
    """Give the rows of each table the words of its head; sentences are those of one run, in order."""
    result: list[Candidate] = []
    head: Candidate | None = None
    caption: tuple[Word, ...] = ()
    for place, candidate in enumerate(sentences):
        if not is_row(candidate):
            head, caption = None, candidate.words if len(candidate.words) < _CAPTION_WORDS else ()
            result.append(candidate)
        elif head is None or candidate.span.start - head.span.end > _TABLE_REACH:
            head = candidate
            has_more = place + 1 < len(sentences) and is_row(sentences[place + 1])
            result.append(replace(candidate, heads=caption, is_table_head=has_more))
        else:
            result.append(replace(candidate, heads=(*caption, *head.words)))
    return result


def is_row(candidate: Candidate) -> bool:
    """Tell whether the candidate is a row of a table, whose cells stand between bars."""
    return _CELL_BORDER in candidate.text


def _overlap(a: Span, b: Span) -> int:
    return max(0, min(a.end, b.end) - max(a.start, b.start))
