"""Lines up the sentences of all passages once each, with their neighbours, whatever chunk borders cut through them."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from footnote.chat.answering.selection.extremes import Extremes, extremes
from footnote.chat.answering.selection.pieces import CELL_BORDER, Piece, Role, cells_of, read_pieces, split_row
from footnote.chat.answering.selection.reading import read_words
from footnote.chat.language.words import Word
from footnote.chat.passages import Passage
from footnote.kit.geometry import Span

_SMALL_GAP = 2

_Reader = Callable[[str, str | None], tuple[Word, ...]]
"""`read_words`, with a memory: headings and heads stand over many candidates."""


@dataclass(frozen=True, slots=True)
class Quote:
    """Words of a version's text that a passage shows, itself or in the text around it; span: in the version's text."""

    passage: Passage
    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class Candidate:
    """One sentence, list item or table row that might answer.

    passage: the best-ranked passage that holds (most of) it. span: in the version's text, without outer blanks.
    words: its own. reading: as a reader takes it: each cell of a row after the name of its column, else its words.
    run, place: which stretch of joined passages it stands in, and where, so that place - 1 is the sentence before.
    is_fragment: the stretch begins or ends inside it, so that its first or last words are missing.
    group: the same for all rows of a table, or items of a list, in a run. over: the stems that hold for all of them:
        of the table's caption, of the line that leads in the list.
    head: the first row of a row's table, or the line that leads in an item's list, where it is in sight.
    extremes: in which columns a row has the highest or lowest number of its whole table.
    above: the stems of the headings it stands under, by the document's outline and as they are in sight.
    """

    passage: Passage
    text: str
    span: Span
    words: tuple[Word, ...]
    reading: tuple[Word, ...]
    run: int
    place: int
    is_fragment: bool
    role: Role = Role.SENTENCE
    group: int | None = None
    over: frozenset[str] = frozenset()
    head: Quote | None = None
    extremes: Extremes = frozenset()
    above: frozenset[str] = frozenset()

    @property
    def only_introduces(self) -> bool:
        """Whether it is a heading, a caption, a lead-in or a table's first row: no answer by itself."""
        return self.role in (Role.LABEL, Role.TABLE_HEAD)


def line_up(passages: Sequence[Passage], language: str | None) -> list[Candidate]:
    """Return every sentence of the passages once, by document in order of their best passage, then by place.

    Passages of one version that overlap or touch, or have but a blank between them that is known, are read as one
    text. `language` is used where a passage does not say its own.
    """
    found: dict[tuple[str, int, int], Candidate] = {}
    read = cache(read_words)
    for number, run in enumerate(_runs(passages)):
        for candidate in _candidates(run, number, language, read):
            key = (candidate.passage.version_id, candidate.span.start, candidate.span.end)
            found.setdefault(key, candidate)
    return list(found.values())


@dataclass(frozen=True, slots=True)
class _Run:
    """Joined passages; text[0] is code point `start` of the version's text."""

    members: tuple[Passage, ...]
    start: int
    text: str
    has_end: bool

    def quote(self, span: Span) -> Quote | None:
        """Return a stretch of the text with the best passage that holds most of it, else one that shows it around."""
        place = Span(self.start + span.start, self.start + span.end)
        holders = [p for p in self.members if _overlap(p.span, place) * 2 > place.end - place.start]
        holders = holders or [p for p in self.members if _overlap(p.span, place) > 0]
        holders = holders or [p for p in self.members if _shown(p).start <= place.start and place.end <= _shown(p).end]
        if not holders:
            return None
        return Quote(min(holders, key=lambda p: p.number), self.text[span.start : span.end], place)


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
    return _Run(tuple(group), start - len(before), before + text + after, not after)


def _candidates(run: _Run, run_number: int, language: str | None, read: _Reader) -> Iterable[Candidate]:
    place = 0
    headings = frozenset(heading for member in run.members for heading in member.heading_path)
    pieces = read_pieces(run.text, is_start=run.start == 0, headings=headings)
    outstanding = _outstanding(run.text, pieces, has_end=run.has_end)
    for number, piece in enumerate(pieces):
        quote = run.quote(piece.span)
        if quote is None or not _overlap(quote.passage.span, quote.span):
            continue
        spoken = quote.passage.language or language
        words = read(quote.text, spoken)
        if not words:
            continue
        head = run.quote(pieces[piece.head].span) if piece.head is not None else None
        row_head = head if piece.role is Role.ROW else None
        yield Candidate(
            passage=quote.passage,
            text=quote.text,
            span=quote.span,
            words=words,
            reading=words
            if row_head is None
            else _row_reading([read(cell, spoken) for cell in cells_of(row_head.text)], quote.text, words),
            run=run_number,
            place=place,
            is_fragment=_is_cut(piece, run.text, words),
            role=piece.role,
            group=piece.group,
            over=_stems(_over(run.text, pieces, piece), spoken, read),
            head=head,
            extremes=outstanding.get(number, frozenset()),
            above=_stems(_above(run.text, pieces, piece, quote.passage), spoken, read),
        )
        place += 1


def _is_cut(piece: Piece, text: str, words: Sequence[Word]) -> bool:
    begins = piece.span.start == 0 and text[0].islower()
    return begins or (piece.span.end == len(text) and text[-1].isalnum() and len(words) > 8)


def _stems(texts: Iterable[str], language: str | None, read: _Reader) -> frozenset[str]:
    return frozenset(word.stem for text in texts for word in read(text, language))


def _row_reading(head: Sequence[tuple[Word, ...]], row: str, words: Sequence[Word]) -> tuple[Word, ...]:
    """Return the row's words as "column cell, column cell", so that a cell is near the words that name its column."""
    reading: list[Word] = []
    end = 0
    for column, cell in enumerate(split_row(row)):
        end += len(cell) + len(CELL_BORDER)
        own = [word for word in words if end - len(cell) - len(CELL_BORDER) <= word.start + 1 < end]
        if own:
            reading.extend(head[column] if column < len(head) else ())
            reading.extend(own)
    return tuple(reading)


def _outstanding(text: str, pieces: Sequence[Piece], *, has_end: bool) -> dict[int, Extremes]:
    """Return for the rows of every table that is in sight from its head to its end where they stand out."""
    tables: dict[int, list[int]] = {}
    for place, piece in enumerate(pieces):
        if piece.role is Role.ROW and piece.head is not None and piece.group is not None:
            tables.setdefault(piece.group, []).append(place)
    found: dict[int, Extremes] = {}
    for places in tables.values():
        if has_end or places[-1] + 1 < len(pieces):
            rows = [cells_of(row) for row in _texts_of(text, pieces, places)]
            found.update(zip(places, extremes(rows), strict=True))
    return found


def _over(text: str, pieces: Sequence[Piece], piece: Piece) -> list[str]:
    """Return the caption of a row's table, or an item's lead-in; a row's head is in its reading already."""
    if piece.role is Role.ROW and piece.group is not None:
        return _texts_of(text, pieces, pieces[piece.group].labels[-1:])
    return _texts_of(text, pieces, () if piece.head is None else (piece.head,))


def _above(text: str, pieces: Sequence[Piece], piece: Piece, passage: Passage) -> list[str]:
    return [passage.title, *passage.heading_path, *_texts_of(text, pieces, piece.labels)]


def _texts_of(text: str, pieces: Sequence[Piece], places: Iterable[int]) -> list[str]:
    return [text[pieces[n].span.start : pieces[n].span.end] for n in places]


def _shown(passage: Passage) -> Span:
    return Span(passage.span.start - len(passage.before), passage.span.end + len(passage.after))


def _overlap(a: Span, b: Span) -> int:
    return max(0, min(a.end, b.end) - max(a.start, b.start))
