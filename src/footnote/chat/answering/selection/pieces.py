"""Reads a stretch of text as pieces: sentences, list items, table rows, and the labels that stand over them.

By writing alone (blank lines, bars between cells, list markers, final points), as the versions' texts have it, so that
it holds in any language and for any format.
"""

import itertools
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from statistics import median

from footnote.chat.sentences import LIST_ITEM, split_sentences, trimmed
from footnote.kit.geometry import Span

CELL_BORDER = " | "

_ENDINGS = frozenset(".!?…‽؟۔。！？।॥;؛")
_CLOSERS = "\"'”’»›)]」』"
# "Table 3: Speeds", "Abb. 2.1 – Pumpe", or "Figure 4" alone.
_CAPTION = re.compile(r"[^\W\d]+\.? \d+(?:[.-]\d+)*(?:[:.–—]|$)")
# "Third quarter. A strike ...": a heading in the line of its first sentence.
_RUN_IN = re.compile(r"\S+(?: \S+){0,2}\.")
# "Telephone: 040 123": a form's field is an answer, not a heading.
_FIELD = re.compile(r"[^:|\n]{2,60}: *\S")
_NUMERIC = re.compile(r"[-+−±<>≤≥~≈€$£¥]?\s?\d")
_YEAR = re.compile(r"(?:1[89]|20)\d\d")
_LONGEST_LABEL = 160
_SHORT_LABEL = 60
_FEW_ROWS = 8
_MOST_LABELS = 2


class Role(StrEnum):
    """What a piece is to its readers. A label (heading, caption, lead-in of a list) only says what others are about."""

    SENTENCE = "sentence"
    ITEM = "item"
    ROW = "row"
    TABLE_HEAD = "table_head"
    LABEL = "label"


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece; span: in the stretch, without outer blanks.

    group: what piece its table or list begins with, the same for all its rows or items; None outside both.
    head: for a row the first row of its table, for an item the line that leads in its list.
    labels: the headings or captions right above it, its table or its list.
    Pieces are named by their place among all; what is out of sight is not named.
    """

    span: Span
    role: Role
    group: int | None = None
    head: int | None = None
    labels: tuple[int, ...] = ()


def read_pieces(text: str, *, is_start: bool, headings: Collection[str] = ()) -> list[Piece]:
    """Return the pieces in order.

    is_start: the text begins where its document begins, nothing stands before it.
    headings: what the document's outline is known to have, single blanks between words.
    """
    found: list[Piece] = []
    opens = is_start
    for raw in split_sentences(text):
        body = trimmed(text, raw)
        closes = raw.end == len(text) or "\n" in text[body.end : raw.end].replace("\n", "", 1)
        if body.end > body.start:
            words = text[body.start : body.end]
            is_heading = " ".join(words.split()) in headings
            found.append(Piece(body, Role.LABEL if is_heading else _role(words, opens=opens, closes=closes)))
            opens = closes
    return _with_labels(_with_tables(text, _with_lists(text, found, is_start=is_start), is_start=is_start))


def cells_of(row: str) -> list[str]:
    """Return the text of a row's cells; an empty cell gives ""."""
    return [cell.strip() for cell in split_row(row)]


def split_row(row: str) -> list[str]:
    """Return a row's cells with their blanks; the row counts as having one more blank at either end.

    A row whose outer cells are empty has lost its outer blanks, and would lose these cells too.
    """
    return f" {row} ".split(CELL_BORDER)


def _role(text: str, *, opens: bool, closes: bool) -> Role:
    """opens, closes: whether a paragraph begins or ends with the text."""
    if CELL_BORDER in text:
        return Role.ROW
    if LIST_ITEM.match(text) and not text.startswith("#"):
        return Role.ITEM
    return Role.LABEL if _is_label(text, opens=opens, closes=closes) else Role.SENTENCE


def _is_label(text: str, *, opens: bool, closes: bool) -> bool:
    """Tell a heading or caption from a sentence: it is short and without a final point, or named as a caption is."""
    if text.startswith("#") or (opens and not closes and _RUN_IN.fullmatch(text)):
        return True
    is_alone = opens and closes
    ends = text.rstrip(_CLOSERS)[-1:] in _ENDINGS
    if _CAPTION.match(text) and (is_alone or not ends):
        return len(text) <= _LONGEST_LABEL
    if ends or text.endswith((":", "：")) or _FIELD.match(text):
        return False
    return len(text) <= (_LONGEST_LABEL if is_alone else _SHORT_LABEL)


def _with_lists(text: str, pieces: Sequence[Piece], *, is_start: bool) -> list[Piece]:
    """Make a line that ends with a colon the label of the list or the table below it, and join the items of lists."""
    result: list[Piece] = []
    head: int | None = None
    group: int | None = None
    for place, piece in enumerate(pieces):
        following = pieces[place + 1].role if place + 1 < len(pieces) else None
        if text[piece.span.end - 1] in ":：" and following in (Role.ITEM, Role.ROW):
            result.append(replace(piece, role=Role.LABEL))
            is_cut = place == 0 and not is_start and text[piece.span.start].islower()
            head, group = None if is_cut else place, None
        elif piece.role is Role.ITEM:
            group = place if group is None else group
            result.append(replace(piece, head=head, group=group))
        elif group is not None and "\n" not in text[pieces[place - 1].span.end : piece.span.start]:
            # A further sentence of the same item.
            result.append(replace(piece, group=group))
        else:
            head = group = None
            result.append(piece)
    return result


def _with_tables(text: str, pieces: Sequence[Piece], *, is_start: bool) -> list[Piece]:
    """Give the rows of every table its head, where that is in sight."""
    result: list[Piece] = []
    for table in _tables(pieces):
        if pieces[table[0]].role is not Role.ROW:
            result.append(pieces[table[0]])
            continue
        rows = [cells_of(text[pieces[n].span.start : pieces[n].span.end]) for n in table]
        titles = sum(1 for _ in itertools.takewhile(_is_title, rows[:-1]))
        result.extend(replace(pieces[n], role=Role.LABEL) for n in table[:titles])
        # A table cut by the stretch's beginning shows rows only: its first row in sight is not its head.
        begins = is_start or table[0] > 0
        first = table[titles]
        head = first if begins and _has_head(rows[titles : titles + _FEW_ROWS]) else None
        for n in table[titles:]:
            if n == head:
                result.append(replace(pieces[n], role=Role.TABLE_HEAD, group=first))
            else:
                result.append(replace(pieces[n], head=head, group=first))
    return result


def _with_labels(pieces: Sequence[Piece]) -> list[Piece]:
    """Give every piece the labels last seen before it; a list's own lead-in takes none away."""
    result: list[Piece] = []
    labels: tuple[int, ...] = ()
    was_label = False
    leads = {piece.head for piece in pieces if piece.role is Role.ITEM}
    for place, piece in enumerate(pieces):
        result.append(Piece(piece.span, piece.role, piece.group, piece.head, labels))
        is_label = piece.role is Role.LABEL and place not in leads
        if is_label:
            labels = (*labels, place)[-_MOST_LABELS:] if was_label else (place,)
        was_label = is_label
    return result


def _tables(pieces: Sequence[Piece]) -> Iterator[list[int]]:
    """Yield the places of each table's rows together, and every other place alone."""
    rows: list[int] = []
    for place, piece in enumerate(pieces):
        if piece.role is Role.ROW:
            rows.append(place)
            continue
        if rows:
            yield rows
            rows = []
        yield [place]
    if rows:
        yield rows


def _is_title(row: Sequence[str]) -> bool:
    """Tell whether one cell goes over the whole row: the table's name, written as part of it."""
    return sum(map(bool, row)) == 1


def _has_head(rows: Sequence[Sequence[str]]) -> bool:
    """Tell whether the first row says what the others' cells mean: it is unlike them in where its numbers stand."""
    if len(rows) < 2:
        return False
    numbers = [_numeric_places(row) for row in rows]
    if not any(numbers):
        return len("".join(rows[0])) <= median(len("".join(row)) for row in rows[1:])
    if any(_YEAR.fullmatch(cell) for cell in rows[0]) or not numbers[0]:
        return True
    return sum(other == numbers[0] for other in numbers[1:]) * 2 < len(numbers) - 1


def _numeric_places(row: Iterable[str]) -> frozenset[int]:
    return frozenset(n for n, cell in enumerate(row) if _NUMERIC.match(cell))
