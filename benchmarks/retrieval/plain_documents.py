"""Plain text as a structured document, without a parser between: blocks are what blank lines part."""

import re
from dataclasses import dataclass

from footnote.ingestion.ports import BlockKind
from footnote.kit.geometry import Span

_BLANK_LINE = re.compile(r"\n[^\S\n]*\n\s*")


@dataclass(frozen=True, slots=True)
class PlainBlock:
    """A paragraph, or the title."""

    kind: BlockKind
    span: Span | None
    level: int | None = None
    cells: tuple = ()


@dataclass(frozen=True, slots=True)
class PlainDocument:
    """The text as it stands, and its blocks."""

    text: str
    blocks: tuple[PlainBlock, ...]


def plain_document(text: str, title: str = "") -> PlainDocument:
    """Return the text with its blocks; a title becomes a first heading, written before the text."""
    blocks: list[PlainBlock] = []
    start = 0
    if title:
        blocks.append(PlainBlock(BlockKind.HEADING, Span(0, len(title)), 1))
        start = len(title) + 2
        text = f"{title}\n\n{text}"
    for gap in _BLANK_LINE.finditer(text, start):
        blocks.append(PlainBlock(BlockKind.PARAGRAPH, Span(start, gap.start())))
        start = gap.end()
    blocks.append(PlainBlock(BlockKind.PARAGRAPH, Span(start, len(text))))
    return PlainDocument(text, tuple(block for block in blocks if block.span and block.span.end > block.span.start))
