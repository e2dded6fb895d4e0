"""From the print of one page to its blocks in reading order; the same for digital text and for OCR that gives words."""

from collections.abc import Iterable, Sequence

from footnote.adapters.document_parsers.page_layout.blocks import blocks_of, usual_size
from footnote.adapters.document_parsers.page_layout.columns import columns_of
from footnote.adapters.document_parsers.page_layout.fragments import (
    Fragment,
    is_right_to_left,
    join_neighbours,
    lines_of,
)
from footnote.adapters.document_parsers.page_layout.tables import CellGrid, take_tables
from footnote.ingestion.ports import BlockKind, ParsedBlock
from footnote.kit.geometry import Box


def lay_out(
    fragments: Sequence[Fragment], grids: Iterable[CellGrid] = (), figures: Iterable[Box] = ()
) -> tuple[ParsedBlock, ...]:
    """Return the page's blocks in reading order; every word of the fragments stands in exactly one of them.

    Text set at an angle (stamps in margins, labels of axes) follows at the end, so that it cuts no sentence in two.
    """
    tables, remaining = take_tables(grids, fragments)
    upright = [fragment for fragment in remaining if fragment.rotation == 0]
    turned = [fragment for fragment in remaining if fragment.rotation != 0]
    body_size = usual_size(lines_of(upright))
    things = [*tables, *(ParsedBlock(BlockKind.FIGURE, (), box=box) for box in figures)]
    flowing = join_neighbours(upright) + [_stand_in(thing, body_size) for thing in things]
    rtl = is_right_to_left(word for fragment in upright for word in fragment.words)
    blocks: list[ParsedBlock] = []
    for column in columns_of(flowing, right_to_left=rtl):
        blocks += blocks_of(lines_of(column), body_size)
    blocks += (_turned_block(fragment) for fragment in turned)
    return tuple(blocks)


def _stand_in(block: ParsedBlock, body_size: float) -> Fragment:
    box = block.box or Box(0.0, 0.0, 0.0, 0.0)
    return Fragment([], box.x0, box.y0, box.x1, box.y1, body_size, thing=block)


def _turned_block(fragment: Fragment) -> ParsedBlock:
    box = Box(fragment.x0, fragment.y0, fragment.x1, fragment.y1)
    return ParsedBlock(
        BlockKind.PARAGRAPH, (tuple(fragment.words),), box=box, font_size=fragment.font_size, is_bold=fragment.is_bold
    )
