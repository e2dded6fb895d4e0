"""What is printed on a page before anyone knows its structure: words gathered into fragments and lines.

Coordinates are points from the page's top left, in the orientation in which the page is shown.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from footnote.ingestion.ports import Word
from footnote.kit.geometry import Box

_TOUCHING = 0.1
"""Two words closer than this share of the font size are parts of one word, set in different fonts."""
_NEIGHBOUR_GAP = 1.0
"""Fragments of one line closer than this share of the font size belong to one run of text."""
_SAME_LINE = 0.5
"""Two fragments share a line when they overlap vertically by this share of the lower one's height."""
_RTL = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_LTR = re.compile("[A-Za-z\u00c0-\u024f\u0370-\u03ff\u0400-\u04ff]")


@dataclass(slots=True)
class Fragment:
    """Words printed in one go on one line, without a wide gap; a table or figure is a fragment that fills its box.

    thing: what a fragment without words of its own stands for, in the caller's terms.
    """

    words: list[Word]
    x0: float
    y0: float
    x1: float
    y1: float
    font_size: float
    is_bold: bool = False
    is_monospaced: bool = False
    rotation: int = 0
    thing: object | None = None
    joined_bold_count: int | None = None

    @property
    def character_count(self) -> int:
        return sum(len(word.text) for word in self.words)

    @property
    def bold_count(self) -> int:
        """How many characters are bold; fragments that were joined know it better than `is_bold`."""
        if self.joined_bold_count is not None:
            return self.joined_bold_count
        return self.character_count if self.is_bold else 0


@dataclass(slots=True)
class Line:
    """One printed line of one column. gaps: how many wide gaps it has, as forms and loose tables do."""

    words: list[Word]
    x0: float
    y0: float
    x1: float
    y1: float
    font_size: float
    is_bold: bool
    is_monospaced: bool
    gaps: int
    thing: object | None = field(default=None)

    @property
    def character_count(self) -> int:
        return sum(len(word.text) for word in self.words)


def lines_of(fragments: Iterable[Fragment]) -> list[Line]:
    """Gather the fragments of one column into lines, from top to bottom; words in reading order."""
    return [_line_of(row) for row in _rows_of(fragments)]


def join_neighbours(fragments: Iterable[Fragment]) -> list[Fragment]:
    """Join fragments that stand on one line with no more than a word's gap between them.

    Justified text comes word by word from some programs; what decides about columns is the run of text.
    """
    joined: list[Fragment] = []
    for row in _rows_of(fragments):
        row.sort(key=lambda f: f.x0)
        joined.append(row[0])
        for fragment in row[1:]:
            before = joined[-1]
            if fragment.x0 - before.x1 <= _NEIGHBOUR_GAP * max(before.font_size, fragment.font_size):
                joined[-1] = _joined(before, fragment)
            else:
                joined.append(fragment)
    return joined


def _rows_of(fragments: Iterable[Fragment]) -> list[list[Fragment]]:
    rows: list[list[Fragment]] = []
    for fragment in sorted(fragments, key=lambda f: (f.y0 + f.y1, f.x0)):
        if rows and _is_same_line(rows[-1], fragment):
            rows[-1].append(fragment)
        else:
            rows.append([fragment])
    return rows


def _joined(left: Fragment, right: Fragment) -> Fragment:
    longer = left if left.character_count >= right.character_count else right
    box = box_around((left, right))
    return Fragment(
        left.words + right.words,
        box.x0,
        box.y0,
        box.x1,
        box.y1,
        longer.font_size,
        longer.is_bold,
        longer.is_monospaced,
        joined_bold_count=left.bold_count + right.bold_count,
    )


def is_right_to_left(words: Iterable[Word]) -> bool:
    """Tell whether more letters run from right to left than from left to right."""
    text = "".join(word.text for word in words)
    return len(_RTL.findall(text)) > len(_LTR.findall(text))


def box_around(parts: Sequence[Fragment] | Sequence[Line]) -> Box:
    """Return the smallest box around one part or more."""
    return Box(
        min(part.x0 for part in parts),
        min(part.y0 for part in parts),
        max(part.x1 for part in parts),
        max(part.y1 for part in parts),
    )


def _is_same_line(row: list[Fragment], fragment: Fragment) -> bool:
    if fragment.thing is not None or row[0].thing is not None:
        return False
    # The tallest member stands for the line: a superscript must not pull the next line up.
    anchor = max(row, key=lambda f: f.y1 - f.y0)
    overlap = min(anchor.y1, fragment.y1) - max(anchor.y0, fragment.y0)
    return overlap >= _SAME_LINE * min(anchor.y1 - anchor.y0, fragment.y1 - fragment.y0)


def _line_of(row: list[Fragment]) -> Line:
    row.sort(key=lambda f: f.x0)
    main = max(row, key=lambda f: f.character_count)
    gaps = sum(1 for a, b in pairwise(row) if b.x0 - a.x1 > 1.5 * max(a.font_size, b.font_size))
    # OCR at times reports one line as two that reach into each other, so words are put in order and not fragments.
    printed = sorted((word for fragment in row for word in fragment.words), key=lambda w: w.box.x0 if w.box else 0.0)
    words = _merge_touching(printed, main.font_size)
    bold = sum(f.bold_count for f in row)
    mono = sum(f.character_count for f in row if f.is_monospaced)
    total = sum(len(word.text) for word in words)
    if is_right_to_left(words):
        words = right_to_left(words)
    box = box_around(row)
    return Line(
        words,
        box.x0,
        box.y0,
        box.x1,
        box.y1,
        main.font_size,
        is_bold=bold * 2 > total,
        is_monospaced=mono * 2 > total,
        gaps=gaps,
        thing=main.thing,
    )


def right_to_left(words: Sequence[Word]) -> list[Word]:
    """Order one line's words from the right, runs of left-to-right words keeping their own order."""
    ordered = sorted(words, key=lambda word: -(word.box.x1 if word.box else 0.0))
    result: list[Word] = []
    run: list[Word] = []
    for word in ordered:
        if _LTR.search(word.text) and not _RTL.search(word.text):
            run.append(word)
            continue
        result += reversed(run)
        run = []
        result.append(word)
    return result + list(reversed(run))


def _merge_touching(words: list[Word], font_size: float) -> list[Word]:
    merged: list[Word] = []
    for word in words:
        before = merged[-1].box if merged else None
        if before is not None and word.box is not None and abs(word.box.x0 - before.x1) < _TOUCHING * font_size:
            box = Box(before.x0, min(before.y0, word.box.y0), max(before.x1, word.box.x1), max(before.y1, word.box.y1))
            # Words come from left to right here; the right half of an Arabic or Hebrew word is its first.
            is_rtl = is_right_to_left((merged[-1], word))
            text = word.text + merged[-1].text if is_rtl else merged[-1].text + word.text
            merged[-1] = Word(text, box)
        else:
            merged.append(word)
    return merged
