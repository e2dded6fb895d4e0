"""A table that is cut by its rows: where they stand, and what each of them must know of the header."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from footnote.ingestion.chunk_types import Block, Cell
from footnote.kit.geometry import Span

_WORDS_A_CELL = (8, 4, 2, 1)
_CHARACTERS_A_CELL = (12, 6, 3)


@dataclass(frozen=True, slots=True)
class TableHeader:
    """A table's header for the rows below it: as the embedder reads it before them, and as words find them by it."""

    read: str
    searched: str


NO_HEADER = TableHeader("", "")


def table_header(
    text: str,
    cells: Sequence[Cell],
    *,
    may_be_read: Callable[[str], bool],
    may_be_searched: Callable[[str], bool],
) -> TableHeader:
    """Return the header whole where it may be, else with shortened cells; only then are the last columns left out."""
    rows = [
        [" ".join(text[cell.span.start : cell.span.end].split()) for cell in row]
        for _, row in groupby((cell for cell in cells if cell.is_header), key=lambda cell: cell.row)
    ]
    if not any(cell for row in rows for cell in row):
        return NO_HEADER
    return TableHeader(_first_fitting(rows, may_be_read), _first_fitting(rows, may_be_searched))


def row_spans(block: Block) -> list[tuple[int, Span]]:
    """Return the table's rows as spans that together cover the block."""
    assert block.span is not None
    starts: dict[int, int] = {}
    for cell in block.cells:
        starts[cell.row] = min(starts.get(cell.row, cell.span.start), cell.span.start)
    ordered = sorted(starts.items(), key=lambda item: item[1])
    begins = [block.span.start, *(start for _, start in ordered[1:])]
    ends = [*begins[1:], block.span.end]
    return [(row, Span(b, e)) for (row, _), b, e in zip(ordered, begins, ends, strict=True)]


def _first_fitting(rows: Sequence[Sequence[str]], fits: Callable[[str], bool]) -> str:
    return next((shorter for shorter in _shorter_and_shorter(rows) if fits(shorter)), "")


def _shorter_and_shorter(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield _written(rows)
    for words in _WORDS_A_CELL:
        yield _written([[" ".join(cell.split()[:words]) for cell in row] for row in rows])
    for characters in _CHARACTERS_A_CELL:
        yield _written([[cell[:characters].rstrip() for cell in row] for row in rows])
    columns = max(len(row) for row in rows) // 2
    while columns:
        yield _written([[cell[: _CHARACTERS_A_CELL[-1]].rstrip() for cell in row[:columns]] for row in rows])
        columns //= 2


def _written(rows: Sequence[Sequence[str]]) -> str:
    return "".join(" | ".join(row) + "\n" for row in rows)
