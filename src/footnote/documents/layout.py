"""Where a version's words stand: spans in its text, boxes on its pages, and from one to the other."""

import zlib
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

import msgspec

from footnote.kit.geometry import Box, PageBox, Span, union


@dataclass(frozen=True, slots=True)
class PlacedWord:
    """One printed run of letters: text[start:end] of the version, its printed line, and its box on the page."""

    start: int
    end: int
    line: int
    box: Box


@dataclass(frozen=True, slots=True)
class StoredPage:
    """One page as the library keeps it; `words` as `encode_words` gives them, sorted by start.

    Width and height are None in formats without pages.
    """

    number: int
    width: float | None
    height: float | None
    rotation: int
    origin: str
    warning: str | None
    words: bytes


@dataclass(frozen=True, slots=True)
class StoredCell:
    """One table cell; rows and columns count from 0; an empty cell has an empty span."""

    row: int
    column: int
    row_span: int
    column_span: int
    is_header: bool
    span: Span
    box: PageBox | None = None


@dataclass(frozen=True, slots=True)
class StoredBlock:
    """One block as the library keeps it.

    span: None for repeated page furniture. boxes: one per column or page that it runs over; none without pages.
    """

    ordinal: int
    kind: str
    level: int | None
    page: int
    span: Span | None
    boxes: tuple[PageBox, ...] = ()
    marker: str | None = None
    cells: tuple[StoredCell, ...] = ()


_WordTuple = tuple[int, int, int, float, float, float, float]
_decoder = msgspec.msgpack.Decoder(list[_WordTuple])


def encode_words(words: Iterable[PlacedWord]) -> bytes:
    """Return the compact stored form; boxes are kept to a hundredth of a point."""
    rows = [
        (w.start, w.end, w.line, round(w.box.x0, 2), round(w.box.y0, 2), round(w.box.x1, 2), round(w.box.y1, 2))
        for w in words
    ]
    return zlib.compress(msgspec.msgpack.encode(rows), 6)


def decode_words(stored: bytes) -> tuple[PlacedWord, ...]:
    """Return what `encode_words` was given."""
    return tuple(
        PlacedWord(start, end, line, Box(x0, y0, x1, y1))
        for start, end, line, x0, y0, x1, y1 in _decoder.decode(zlib.decompress(stored))
    )


def boxes_for_span(words_by_page: Mapping[int, Sequence[PlacedWord]], span: Span) -> tuple[PageBox, ...]:
    """Return the boxes of the words that the span touches, one box a printed line, in page and reading order.

    words_by_page: words sorted by start, page by page. An empty span, or one that touches no word, gives no box.
    """
    boxes: list[PageBox] = []
    if span.end <= span.start:
        return ()
    for page in sorted(words_by_page):
        words = words_by_page[page]
        first = bisect_right(words, span.start, key=lambda word: word.end)
        last = bisect_left(words, span.end, key=lambda word: word.start)
        for _, line in groupby(words[first:last], key=lambda word: word.line):
            box = union(word.box for word in line)
            if box is not None:
                boxes.append(PageBox(page, box.x0, box.y0, box.x1, box.y1))
    return tuple(boxes)
