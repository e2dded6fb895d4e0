"""The order in which blocks enter the text: furniture taken out, torn paragraphs joined, heading levels settled."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from footnote.ingestion.heading_levels import HeadingScale, nest_levels
from footnote.ingestion.page_furniture import find_furniture
from footnote.ingestion.ports import BlockKind, ParsedBlock, ParsedPage

_SENTENCE_ENDS = (".", "!", "?", ":", ";", "…", "。", "！", "？", "؟", "۔")
_CLOSERS = "\"'”’»)]"
_HYPHENS = ("-", "\u2010", "\u00ad")
_SIZE_TOLERANCE = 0.08
_PASSED_OVER = frozenset({BlockKind.HEADER, BlockKind.FOOTER, BlockKind.FIGURE})


@dataclass(frozen=True, slots=True)
class Part:
    """What one page contributes to a block."""

    page: int
    block: ParsedBlock


@dataclass(slots=True)
class FlowBlock:
    """One block of the whole document; `parts` has several when a paragraph runs over columns or pages.

    is_in_text: False for the later occurrences of a running head or foot.
    """

    kind: BlockKind
    level: int | None
    parts: list[Part] = field(default_factory=list)
    is_in_text: bool = True


def flow_of(pages: Sequence[ParsedPage]) -> list[FlowBlock]:
    """Return the document's blocks in the order of its text."""
    flow = _join_torn_paragraphs(_blocks(pages))
    scale = HeadingScale.of(block for page in pages for block in page.blocks)
    for block in flow:
        if block.kind is BlockKind.HEADING and block.level is None:
            block.level = scale.level_of(block.parts[0].block)
            if block.level is None:
                block.kind = BlockKind.PARAGRAPH
    headings = [block for block in flow if block.kind is BlockKind.HEADING]
    for block, level in zip(headings, nest_levels([block.level or 1 for block in headings]), strict=True):
        block.level = level
    return flow


def _blocks(pages: Sequence[ParsedPage]) -> Iterator[FlowBlock]:
    furniture = find_furniture(pages)
    for page_index, page in enumerate(pages):
        for block_index, block in enumerate(page.blocks):
            repeated = furniture.get((page_index, block_index))
            if repeated is not None:
                yield FlowBlock(repeated.kind, None, [Part(page.number, block)], is_in_text=repeated.is_first)
            else:
                yield FlowBlock(block.kind, block.level, [Part(page.number, block)])


def _join_torn_paragraphs(blocks: Iterator[FlowBlock]) -> list[FlowBlock]:
    """Append a paragraph's continuation to its beginning, passing over furniture and figures in between."""
    joined: list[FlowBlock] = []
    open_paragraph: FlowBlock | None = None
    for block in blocks:
        if block.kind is BlockKind.PARAGRAPH:
            if open_paragraph is not None and _continues(open_paragraph.parts[-1], block.parts[0]):
                open_paragraph.parts.extend(block.parts)
                continue
            if open_paragraph is None or not _is_aside(block.parts[0], open_paragraph.parts[-1]):
                open_paragraph = block
        elif block.kind is BlockKind.LIST_ITEM:
            open_paragraph = block
        elif block.kind not in _PASSED_OVER:
            open_paragraph = None
        joined.append(block)
    return joined


def _is_aside(note: Part, open_part: Part) -> bool:
    """Tell whether a paragraph is a note in smaller print below one that breaks off on the same page."""
    if note.page != open_part.page or note.block.font_size is None or open_part.block.font_size is None:
        return False
    is_smaller = note.block.font_size <= 0.92 * open_part.block.font_size
    return is_smaller and not _last_word(open_part.block).rstrip(_CLOSERS).endswith(_SENTENCE_ENDS)


def _continues(before: Part, after: Part) -> bool:
    """Tell whether `after` goes on with the sentence that `before` breaks off at the end of its column or page."""
    if before.block.box is None or after.block.box is None:
        return False
    is_new_page = after.page != before.page
    if not is_new_page and after.block.box.y0 > before.block.box.y0:
        return False
    if not _has_like_size(before.block, after.block) or before.block.is_bold != after.block.is_bold:
        return False
    last, first = _last_word(before.block), _first_word(after.block)
    if not last or not first:
        return False
    if last.endswith(_HYPHENS):
        return first[0].isalpha()
    return first[0].islower() and not last.rstrip(_CLOSERS).endswith(_SENTENCE_ENDS)


def _has_like_size(one: ParsedBlock, other: ParsedBlock) -> bool:
    if one.font_size is None or other.font_size is None:
        return True
    return abs(one.font_size - other.font_size) <= _SIZE_TOLERANCE * max(one.font_size, other.font_size)


def _last_word(block: ParsedBlock) -> str:
    return block.lines[-1][-1].text if block.lines and block.lines[-1] else ""


def _first_word(block: ParsedBlock) -> str:
    return block.lines[0][0].text if block.lines and block.lines[0] else ""
