"""Makes parsed pages as a parser would give them."""

from collections.abc import Sequence

from footnote.ingestion.ports import BlockKind, ParsedBlock, ParsedCell, ParsedPage, TextOrigin, Word
from footnote.kit.geometry import Box

LINE_HEIGHT = 14.0
CHARACTER_WIDTH = 6.0


def printed_block(
    *lines: str,
    kind: BlockKind = BlockKind.PARAGRAPH,
    x: float = 72,
    y: float = 200,
    size: float = 11,
    level: int | None = None,
    is_bold: bool = False,
    keeps_lines: bool = False,
) -> ParsedBlock:
    """Return a block whose words are printed in lines from (x, y), each character as wide as the next."""
    made = []
    for number, line in enumerate(lines):
        words, left, top = [], x, y + number * LINE_HEIGHT
        for word in line.split(" "):
            right = left + CHARACTER_WIDTH * len(word)
            words.append(Word(word, Box(left, top, right, top + size)))
            left = right + CHARACTER_WIDTH
        made.append(tuple(words))
    right = max((word.box.x1 for line in made for word in line if word.box), default=x)
    box = Box(x, y, right, y + LINE_HEIGHT * len(lines))
    return ParsedBlock(
        kind, tuple(made), box=box, level=level, font_size=size, is_bold=is_bold, keeps_lines=keeps_lines
    )


def table_block(rows: Sequence[Sequence[str]], *, header_rows: int = 1) -> ParsedBlock:
    """Return a table without boxes."""
    cells = tuple(
        ParsedCell(row, column, (tuple(Word(word, None) for word in text.split()),), is_header=row < header_rows)
        for row, texts in enumerate(rows)
        for column, text in enumerate(texts)
    )
    return ParsedBlock(BlockKind.TABLE, (), cells=cells)


def page_of(*blocks: ParsedBlock, number: int = 1) -> ParsedPage:
    """Return an A4 page of the blocks."""
    return ParsedPage(number, 595.0, 842.0, blocks, TextOrigin.DIGITAL)
