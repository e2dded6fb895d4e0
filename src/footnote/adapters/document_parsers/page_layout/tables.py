"""Tables: which words of the page belong to which cell, so that a cell's text is its words and nothing else."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import mean

from footnote.adapters.document_parsers.page_layout.fragments import Fragment, lines_of
from footnote.ingestion.ports import BlockKind, ParsedBlock, ParsedCell, Word
from footnote.kit.geometry import Box, union

_MAX_MEAN_WORDS_PER_CELL = 14.0
"""Cells with more words than this on average are columns of running text, mistaken for a table."""

_WORD_GAP = 0.6
"""The widest gap between two words of one line, as a share of the line's height."""


@dataclass(frozen=True, slots=True)
class GridCell:
    """One cell as a table finder reports it; `box` is None where nothing was printed to measure."""

    row: int
    column: int
    box: Box | None
    has_text: bool


@dataclass(frozen=True, slots=True)
class CellGrid:
    """One table as a table finder reports it."""

    box: Box
    cells: Sequence[GridCell]
    header_rows: int


def take_tables(grids: Iterable[CellGrid], fragments: Sequence[Fragment]) -> tuple[list[ParsedBlock], list[Fragment]]:
    """Return the tables with their words, and the fragments that remain; together they hold every word once.

    A grid whose cells hold running text, or that is not at least two by two, is no table and keeps nothing.
    """
    tables: list[ParsedBlock] = []
    remaining = list(fragments)
    for grid in grids:
        taken: list[Word] = []
        left: list[Fragment] = []
        for fragment in remaining:
            inside, outside = _split(fragment, grid.box)
            taken += inside
            left += outside
        titled = _split_caption(grid, taken)
        block = _table_of(titled.grid, titled.words)
        if block is not None:
            tables.append(block)
            remaining = [*left, *titled.caption]
    return tables, remaining


def _split(fragment: Fragment, box: Box) -> tuple[list[Word], list[Fragment]]:
    inside = [word for word in fragment.words if word.box is not None and _holds(box, word.box)]
    if not inside or fragment.rotation:
        return [], [fragment]
    if len(inside) == len(fragment.words):
        return inside, []
    outside = [word for word in fragment.words if word.box is None or not _holds(box, word.box)]
    around = union(word.box for word in outside if word.box is not None)
    if around is None:
        return inside, []
    rest = Fragment(
        outside,
        around.x0,
        around.y0,
        around.x1,
        around.y1,
        fragment.font_size,
        fragment.is_bold,
        fragment.is_monospaced,
    )
    return inside, [rest]


@dataclass(frozen=True, slots=True)
class _TitledGrid:
    """A grid without its caption, and the caption as a line of text."""

    grid: CellGrid
    words: Sequence[Word]
    caption: Sequence[Fragment]


def _split_caption(grid: CellGrid, words: Sequence[Word]) -> _TitledGrid:
    """Give back a caption that the table finder took for a first row.

    A caption is one line that runs on over the borders of columns with the gaps of ordinary words, and leaves
    columns empty behind it; the cells of a real row stand apart, and fill it.
    """
    as_it_is = _TitledGrid(grid, words, ())
    column_count = 1 + max((cell.column for cell in grid.cells), default=-1)
    if 1 + max((cell.row for cell in grid.cells), default=-1) < 3:
        return as_it_is
    rows = _rows_of(_places(grid))
    first = [(word, word.box) for word in words if word.box is not None and _nearest(rows, word.box)[0] == 0]
    columns = {_nearest(rows, box)[1] for _, box in first}
    if not 2 <= len(columns) < column_count or not _is_one_line_of_text([box for _, box in first]):
        return as_it_is
    around = union(box for _, box in first)
    if around is None:
        return as_it_is
    caption = [word for word, _ in sorted(first, key=lambda pair: pair[1].x0)]
    rest = [word for word in words if word not in caption]
    cells = [GridCell(c.row - 1, c.column, c.box, c.has_text) for c in grid.cells if c.row > 0]
    lower = CellGrid(Box(grid.box.x0, around.y1, grid.box.x1, grid.box.y1), cells, max(1, grid.header_rows))
    line = Fragment(caption, around.x0, around.y0, around.x1, around.y1, around.y1 - around.y0)
    return _TitledGrid(lower, rest, (line,))


def _is_one_line_of_text(boxes: Sequence[Box]) -> bool:
    ordered = sorted(boxes, key=lambda box: box.x0)
    height = mean(box.y1 - box.y0 for box in ordered)
    is_level = max(box.y0 for box in ordered) < min(box.y1 for box in ordered)
    gaps = [right.x0 - left.x1 for left, right in pairwise(ordered)]
    return is_level and all(gap < _WORD_GAP * height for gap in gaps)


def _table_of(grid: CellGrid, words: Sequence[Word]) -> ParsedBlock | None:
    row_count = 1 + max((cell.row for cell in grid.cells), default=-1)
    column_count = 1 + max((cell.column for cell in grid.cells), default=-1)
    if row_count < 2 or column_count < 2 or not words:
        return None
    places = _places(grid)
    rows = _rows_of(places)
    by_cell: dict[tuple[int, int], list[Word]] = {}
    for word in words:
        if word.box is not None:
            by_cell.setdefault(_nearest(rows, word.box), []).append(word)
    if mean(len(cell_words) for cell_words in by_cell.values()) > _MAX_MEAN_WORDS_PER_CELL:
        return None
    cells = tuple(
        ParsedCell(
            row=row,
            column=column,
            lines=_lines(by_cell.get((row, column), [])),
            box=_printed_box(by_cell.get((row, column), [])) or places.get((row, column)),
            is_header=row < grid.header_rows,
        )
        for row in range(row_count)
        for column in range(column_count)
    )
    return ParsedBlock(BlockKind.TABLE, (), box=grid.box, cells=cells)


def _places(grid: CellGrid) -> dict[tuple[int, int], Box]:
    """Return a box for every cell: its own, or where its row and its column cross."""
    rows: dict[int, list[Box]] = {}
    columns: dict[int, list[Box]] = {}
    for cell in grid.cells:
        if cell.box is not None:
            rows.setdefault(cell.row, []).append(cell.box)
            columns.setdefault(cell.column, []).append(cell.box)
    places = {}
    for cell in grid.cells:
        row, column = union(rows.get(cell.row, ())), union(columns.get(cell.column, ()))
        if cell.box is not None:
            places[cell.row, cell.column] = cell.box
        elif row is not None and column is not None:
            places[cell.row, cell.column] = Box(column.x0, row.y0, column.x1, row.y1)
    return places or {(0, 0): grid.box}


@dataclass(frozen=True, slots=True)
class _Row:
    """One row of places: the heights between which it lies, and its cells by column."""

    y0: float
    y1: float
    cells: Sequence[tuple[int, Box]]


def _rows_of(places: dict[tuple[int, int], Box]) -> dict[int, _Row]:
    by_row: dict[int, list[tuple[int, Box]]] = {}
    for (row, column), box in places.items():
        by_row.setdefault(row, []).append((column, box))
    return {
        row: _Row(min(box.y0 for _, box in cells), max(box.y1 for _, box in cells), cells)
        for row, cells in by_row.items()
    }


def _nearest(rows: dict[int, _Row], box: Box) -> tuple[int, int]:
    """Return the cell that holds the middle of the box or is nearest to it; the smaller one where two do."""
    x, y = (box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2
    # Rows are close together, so that a miss downwards weighs more than one to the side.
    down = {row: 3 * _miss(y, place.y0, place.y1) for row, place in rows.items()}
    nearest_row = min(down, key=down.__getitem__)
    best = _best_in(rows[nearest_row], nearest_row, x, y)
    for row, missed in down.items():
        if missed <= best[0] and row != nearest_row:
            best = min(best, _best_in(rows[row], row, x, y))
    return best[2], best[3]


def _best_in(row: _Row, number: int, x: float, y: float) -> tuple[float, float, int, int]:
    return min(
        (
            _miss(x, box.x0, box.x1) + 3 * _miss(y, box.y0, box.y1),
            (box.x1 - box.x0) * (box.y1 - box.y0),
            number,
            column,
        )
        for column, box in row.cells
    )


def _miss(value: float, low: float, high: float) -> float:
    if value < low:
        return low - value
    return value - high if value > high else 0.0


def _lines(words: Sequence[Word]) -> tuple[tuple[Word, ...], ...]:
    fragments = [
        Fragment([word], word.box.x0, word.box.y0, word.box.x1, word.box.y1, word.box.y1 - word.box.y0)
        for word in words
        if word.box is not None
    ]
    return tuple(tuple(line.words) for line in lines_of(fragments))


def _printed_box(words: Sequence[Word]) -> Box | None:
    return union(word.box for word in words if word.box is not None)


def _holds(outer: Box, inner: Box) -> bool:
    x, y = (inner.x0 + inner.x1) / 2, (inner.y0 + inner.y1) / 2
    return outer.x0 - 1 <= x <= outer.x1 + 1 and outer.y0 - 1 <= y <= outer.y1 + 1
