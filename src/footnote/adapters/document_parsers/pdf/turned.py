"""Pages whose text runs up or down the sheet, as wide tables do: read upright, reported as shown."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

from footnote.adapters.document_parsers.page_layout.fragments import Fragment
from footnote.ingestion.ports import ParsedBlock, ParsedCell, Word
from footnote.kit.geometry import Box

_MOST = 0.6


def dominant_turn(fragments: Iterable[Fragment]) -> int:
    """Return by how many degrees clockwise most of the page's letters are turned: 0, 90, 180 or 270."""
    characters: Counter[int] = Counter()
    for fragment in fragments:
        characters[fragment.rotation] += fragment.character_count
    if not characters:
        return 0
    rotation, count = characters.most_common(1)[0]
    return rotation if count >= _MOST * characters.total() else 0


def turned_back(
    blocks: Sequence[ParsedBlock], rotation: int, *, width: float, height: float
) -> tuple[ParsedBlock, ...]:
    """Move the boxes from the upright reading of a page to where the page shows them.

    rotation: degrees clockwise that the shown text is turned by. width, height: of the shown page, in points.
    """

    def box(upright: Box | None) -> Box | None:
        if upright is None:
            return None
        b = upright
        if rotation == 90:
            return Box(width - b.y1, b.x0, width - b.y0, b.x1)
        if rotation == 180:
            return Box(width - b.x1, height - b.y1, width - b.x0, height - b.y0)
        return Box(b.y0, height - b.x1, b.y1, height - b.x0)

    def lines(upright: Sequence[Sequence[Word]]) -> tuple[tuple[Word, ...], ...]:
        return tuple(tuple(Word(word.text, box(word.box)) for word in line) for line in upright)

    def cell(upright: ParsedCell) -> ParsedCell:
        return replace(upright, lines=lines(upright.lines), box=box(upright.box))

    return tuple(
        replace(b, lines=lines(b.lines), box=box(b.box), cells=tuple(cell(c) for c in b.cells)) for b in blocks
    )
