"""Reads what liteparse finds on a PDF page into the product's own fragments and table cells.

Of liteparse's results only words, fonts, tables and figures are used: its paragraphs and headings come without their
words, and lines get lost between them.
"""

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from footnote.adapters.document_parsers.page_layout.fragments import Fragment
from footnote.adapters.document_parsers.page_layout.tables import CellGrid, GridCell
from footnote.ingestion.ports import Word
from footnote.kit.geometry import Box

if TYPE_CHECKING:
    from liteparse.types import AnnotationRect, LayoutBlock, TextItem

_BOLD = re.compile(r"bold|black|heavy|semib|demi", re.IGNORECASE)
_MONOSPACED = re.compile(r"courier|mono|consol|menlo|typewriter|cmtt", re.IGNORECASE)
_BOLD_WEIGHTS = frozenset({600, 700, 800, 900})
_WIDE_GAP = 1.2
"""A gap between words wider than this many font sizes ends a fragment."""


def fragments_of(items: Iterable["TextItem"]) -> Iterator[Fragment]:
    """Yield the page's text, item by item, cut where an item has a wide gap."""
    for item in items:
        size = item.font_height or item.font_size or item.height
        if not 1.0 <= size <= 500.0:
            size = max(item.height, 1.0)
        rotation = round(item.rotation / 90.0) % 4 * 90
        words = _words_of(item)
        for run in _runs(words, _WIDE_GAP * size) if rotation == 0 else iter([words] if words else []):
            boxes = [word.box for word in run if word.box is not None]
            yield Fragment(
                run,
                min(box.x0 for box in boxes),
                min(box.y0 for box in boxes),
                max(box.x1 for box in boxes),
                max(box.y1 for box in boxes),
                font_size=round(size, 2),
                is_bold=_BOLD.search(item.font_name or "") is not None or item.font_weight in _BOLD_WEIGHTS,
                is_monospaced=_MONOSPACED.search(item.font_name or "") is not None,
                rotation=rotation,
            )


def grids_of(blocks: Iterable["LayoutBlock"]) -> Iterator[CellGrid]:
    """Yield the page's tables, with the place of every cell where it is known."""
    for block in blocks:
        if block.kind != "table" or block.bbox is None or block.rows is None:
            continue
        rows = ([block.header] if block.header else []) + block.rows
        cells = [
            GridCell(row, column, _box_of(cell.bbox) if cell.bbox is not None else None, bool(cell.text.strip()))
            for row, row_cells in enumerate(rows)
            for column, cell in enumerate(row_cells)
        ]
        has_header = block.header is not None and any(cell.text.strip() for cell in block.header)
        yield CellGrid(_box_of(block.bbox), cells, header_rows=1 if has_header else 0)


def figure_boxes_of(blocks: Iterable["LayoutBlock"], page_area: float) -> Iterator[Box]:
    """Yield the boxes of figures, without those that fill the page as a scan or background does."""
    for block in blocks:
        if block.kind == "figure" and block.bbox is not None:
            box = _box_of(block.bbox)
            if (box.x1 - box.x0) * (box.y1 - box.y0) < 0.9 * page_area:
                yield box


def _words_of(item: "TextItem") -> list[Word]:
    """Return the item's words; pieces that its text prints without a space between them are one word."""
    words: list[Word] = []
    position = 0
    for piece in item.words:
        box = Box(piece.x, piece.y, piece.x + piece.width, piece.y + piece.height)
        found = item.text.find(piece.text, position)
        if found == position and words and found > 0:
            before = words[-1].box or box
            joined = Box(min(before.x0, box.x0), min(before.y0, box.y0), max(before.x1, box.x1), max(before.y1, box.y1))
            words[-1] = Word(words[-1].text + piece.text, joined)
        elif piece.text.strip():
            words.append(Word(piece.text, box))
        position = found + len(piece.text) if found >= 0 else position
    if not words and item.text.strip():
        box = Box(item.x, item.y, item.x + item.width, item.y + item.height)
        words.append(Word(item.text.strip(), box))
    return words


def _runs(words: list[Word], wide_gap: float) -> Iterator[list[Word]]:
    run: list[Word] = []
    for word in words:
        before = run[-1].box if run else None
        if before is not None and word.box is not None:
            gap = max(word.box.x0 - before.x1, before.x0 - word.box.x1)
            if gap > wide_gap:
                yield run
                run = []
        run.append(word)
    if run:
        yield run


def _box_of(rect: "AnnotationRect") -> Box:
    return Box(rect.x, rect.y, rect.x + rect.width, rect.y + rect.height)
