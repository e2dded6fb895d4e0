"""Finding running heads, running feet and page numbers: what a page repeats and a reader skips."""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from footnote.ingestion.ports import BlockKind, ParsedBlock, ParsedPage

_ZONE = 0.13
"""Share of the page's height, at its top and at its bottom, in which running heads and feet are looked for."""
_MAX_CHARACTERS = 240
_MAX_LINES = 4
_PLACE_TOLERANCE = 0.02
_ENOUGH_PAGES = 3
_NUMBERS = re.compile(r"\d+")
_ROMAN_ALONE = re.compile(r"[\W_]*[ivxlc]{1,7}[\W_]*")


@dataclass(frozen=True, slots=True)
class Furniture:
    """A block that repeats; `is_first` for the occurrence that stays in the text."""

    kind: BlockKind
    is_first: bool


def find_furniture(pages: Sequence[ParsedPage]) -> dict[tuple[int, int], Furniture]:
    """Return, by (index of page, index of block), the blocks that repeat at the same place on several pages.

    Repeating means the same words with numbers ignored, within 2 % of the page's height of each other, on at least
    three pages or on more than half of several. Blocks that a format itself calls header or footer count
    wherever they stand.
    """
    groups: dict[tuple[BlockKind, str], list[tuple[float, int, int]]] = defaultdict(list)
    for page_index, page in enumerate(pages):
        for block_index, block in enumerate(page.blocks):
            place = _place(page, block)
            if place is not None:
                groups[place[0], _key(block)].append((place[1], page_index, block_index))
    found: dict[tuple[int, int], Furniture] = {}
    for (kind, _), members in groups.items():
        for cluster in _clusters(members):
            pages_with_it = {page_index for _, page_index, _ in cluster}
            if _is_repeated(len(pages_with_it), len(pages)):
                first = min((page_index, block_index) for _, page_index, block_index in cluster)
                for _, page_index, block_index in cluster:
                    found[page_index, block_index] = Furniture(kind, (page_index, block_index) == first)
    return found


def _place(page: ParsedPage, block: ParsedBlock) -> tuple[BlockKind, float] | None:
    """Return head or foot and the height on the page from 0 to 1, or None for a block of the page's middle."""
    if not _is_brief(block):
        return None
    if block.kind in {BlockKind.HEADER, BlockKind.FOOTER}:
        return block.kind, 0.0
    if block.box is None or not page.height:
        return None
    if block.box.y1 <= page.height * _ZONE:
        return BlockKind.HEADER, block.box.y0 / page.height
    if block.box.y0 >= page.height * (1 - _ZONE):
        return BlockKind.FOOTER, block.box.y0 / page.height
    return None


def _is_brief(block: ParsedBlock) -> bool:
    if block.cells or not block.lines or len(block.lines) > _MAX_LINES:
        return False
    return sum(len(word.text) + 1 for line in block.lines for word in line) <= _MAX_CHARACTERS


def _key(block: ParsedBlock) -> str:
    text = " ".join(word.text for line in block.lines for word in line).casefold()
    if block.kind is BlockKind.HEADING:
        # "Chapter 1" and "Chapter 2" at the top of their pages are headings; a letterhead repeats to the letter.
        return text
    if _ROMAN_ALONE.fullmatch(text):
        return "#"
    return _NUMBERS.sub("#", text)


def _clusters(members: list[tuple[float, int, int]]) -> list[list[tuple[float, int, int]]]:
    clusters: list[list[tuple[float, int, int]]] = []
    for member in sorted(members):
        if clusters and member[0] - clusters[-1][-1][0] <= _PLACE_TOLERANCE:
            clusters[-1].append(member)
        else:
            clusters.append([member])
    return clusters


def _is_repeated(page_count_with_it: int, page_count: int) -> bool:
    return page_count_with_it >= _ENOUGH_PAGES or (page_count_with_it >= 2 and page_count_with_it * 2 > page_count)
