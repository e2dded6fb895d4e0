"""Writes a version's text word by word and notes the span of everything it writes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby

from footnote.ingestion.flow import FlowBlock, Part
from footnote.ingestion.hyphenation import LineEnd, Vocabulary, judge_line_end
from footnote.ingestion.ports import BlockKind, ParsedCell, Word
from footnote.ingestion.word_normalisation import ends_with_soft_hyphen, normalise_code_line, normalise_word
from footnote.kit.geometry import Box, PageBox, Span

BLOCK_SEPARATOR = "\n\n"
LIST_SEPARATOR = "\n"
ROW_SEPARATOR = "\n"
CELL_SEPARATOR = " | "
_MAX_COLUMNS = 1_000


@dataclass(frozen=True, slots=True)
class WrittenWord:
    """One word of the text: `text` is what stands at `span`; `line` counts the document's printed lines from 0."""

    page: int
    line: int
    text: str
    span: Span
    box: Box | None


@dataclass(frozen=True, slots=True)
class WrittenCell:
    """One table cell; an empty one has an empty span. page: where the cell is printed."""

    row: int
    column: int
    row_span: int
    column_span: int
    is_header: bool
    page: int
    box: Box | None
    span: Span


@dataclass(frozen=True, slots=True)
class WrittenBlock:
    """One block of the document.

    page: the page it begins on. boxes: one per column or page it runs over; () in formats without pages.
    span: None for a repeated running head or foot, which is not in the text.
    """

    kind: BlockKind
    page: int
    boxes: tuple[PageBox, ...]
    span: Span | None
    level: int | None
    marker: str | None
    cells: tuple[WrittenCell, ...]
    font_size: float | None


class TextWriter:
    """Takes blocks in order; `text`, `blocks` and `words` then agree with each other."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._pieces: list[str] = []
        self._length = 0
        self._line = -1
        self._words: list[WrittenWord] = []
        self._blocks: list[WrittenBlock] = []
        self._last_kind: BlockKind | None = None

    def text(self) -> str:
        """Return everything written so far."""
        return "".join(self._pieces)

    def words(self) -> tuple[WrittenWord, ...]:
        """Return the words in the text's order."""
        return tuple(self._words)

    def blocks(self) -> tuple[WrittenBlock, ...]:
        """Return the blocks in the order they were given."""
        return tuple(self._blocks)

    def write(self, block: FlowBlock) -> None:
        """Write one block; one without any visible text, unless a figure, leaves no trace."""
        if not block.is_in_text:
            self._blocks.append(_record(block, None, ()))
            return
        mark = len(self._pieces), self._length
        if self._length:
            self._put(LIST_SEPARATOR if self._goes_on_list(block) else BLOCK_SEPARATOR)
        start = self._length
        cells: tuple[WrittenCell, ...] = ()
        if block.parts[0].block.cells:
            cells = self._write_table(block.parts[0])
        else:
            self._write_lines(block)
        if self._length == start:
            del self._pieces[mark[0] :]
            self._length = mark[1]
            if block.kind is BlockKind.FIGURE:
                self._blocks.append(_record(block, Span(mark[1], mark[1]), ()))
            return
        self._last_kind = block.kind
        self._blocks.append(_record(block, Span(start, self._length), cells))

    def _goes_on_list(self, block: FlowBlock) -> bool:
        return block.kind is BlockKind.LIST_ITEM and self._last_kind is BlockKind.LIST_ITEM

    def _write_lines(self, block: FlowBlock) -> None:
        pending: _Glue | None = None
        for part in block.parts:
            for line in part.block.lines:
                written = self._write_line(
                    part.page,
                    line,
                    pending,
                    keeps_lines=part.block.keeps_lines or block.kind is BlockKind.CODE,
                    normalise=normalise_code_line if block.kind is BlockKind.CODE else normalise_word,
                )
                pending = written or pending

    def _write_line(
        self,
        page: int,
        line: Sequence[Word],
        pending: "_Glue | None",
        *,
        keeps_lines: bool = False,
        normalise: Callable[[str], str] = normalise_word,
    ) -> "_Glue | None":
        """Write one printed line, glued to what is pending; None if it has nothing visible."""
        visible = [(word, text) for word in line if (text := normalise(word.text))]
        if not visible:
            return None
        self._line += 1
        for index, (word, text) in enumerate(visible):
            if index:
                self._put(" ")
            elif pending is not None:
                self._glue_lines(pending, text, keeps_lines=keeps_lines)
            self._put_word(page, text, word.box)
        return _Glue(visible[-1][1], ends_with_soft_hyphen(visible[-1][0].text))

    def _glue_lines(self, last: "_Glue", following: str, *, keeps_lines: bool) -> None:
        """Write what stands between two lines of a block, taking a hyphen back where it belonged to the line's end."""
        if keeps_lines:
            self._put("\n")
            return
        decision = judge_line_end(last.text, following, self._vocabulary, has_soft_hyphen=last.has_soft_hyphen)
        if decision is LineEnd.SPACE:
            self._put(" ")
        elif decision is LineEnd.JOIN_WITHOUT_HYPHEN and not last.has_soft_hyphen:
            self._take_back_hyphen()

    def _take_back_hyphen(self) -> None:
        word = self._words[-1]
        self._pieces[-1] = self._pieces[-1][:-1]
        self._length -= 1
        span = Span(word.span.start, word.span.end - 1)
        self._words[-1] = WrittenWord(word.page, word.line, word.text[:-1], span, word.box)

    def _write_table(self, part: Part) -> tuple[WrittenCell, ...]:
        """Write the rows; positions that a merged cell covers stay empty, so that every row has all columns."""
        cells = sorted(part.block.cells, key=lambda cell: (cell.row, cell.column))
        columns = min(max(cell.column + cell.column_span for cell in cells), _MAX_COLUMNS)
        written: list[WrittenCell] = []
        mark = len(self._pieces), self._length
        for row, row_cells in groupby(cells, key=lambda cell: cell.row):
            if row != cells[0].row:
                self._put(ROW_SEPARATOR)
            column = 0
            for cell in row_cells:
                self._put(CELL_SEPARATOR * (cell.column - column))
                column = max(cell.column, column)
                start = self._length
                self._write_cell(part.page, cell)
                written.append(_written_cell(part.page, cell, Span(start, self._length)))
            self._put(CELL_SEPARATOR * (columns - 1 - column))
        if any(cell.span.end > cell.span.start for cell in written):
            return tuple(written)
        # Only separators were written: such a table has no text.
        del self._pieces[mark[0] :]
        self._length = mark[1]
        return ()

    def _write_cell(self, page: int, cell: ParsedCell) -> None:
        pending: _Glue | None = None
        for line in cell.lines:
            pending = self._write_line(page, line, pending) or pending

    def _put_word(self, page: int, text: str, box: Box | None) -> None:
        start = self._length
        self._put(text)
        self._words.append(WrittenWord(page, self._line, text, Span(start, self._length), box))

    def _put(self, piece: str) -> None:
        self._pieces.append(piece)
        self._length += len(piece)


@dataclass(frozen=True, slots=True)
class _Glue:
    """The last word of a line, waiting for the first of the next."""

    text: str
    has_soft_hyphen: bool


def _written_cell(page: int, cell: ParsedCell, span: Span) -> WrittenCell:
    return WrittenCell(cell.row, cell.column, cell.row_span, cell.column_span, cell.is_header, page, cell.box, span)


def _record(block: FlowBlock, span: Span | None, cells: tuple[WrittenCell, ...]) -> WrittenBlock:
    first = block.parts[0]
    boxes = tuple(
        PageBox(part.page, part.block.box.x0, part.block.box.y0, part.block.box.x1, part.block.box.y1)
        for part in block.parts
        if part.block.box is not None
    )
    return WrittenBlock(
        kind=block.kind,
        page=first.page,
        boxes=boxes,
        span=span,
        level=block.level,
        marker=first.block.marker,
        cells=cells,
        font_size=first.block.font_size,
    )
