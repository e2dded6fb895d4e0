"""Which level a heading has when only its print tells, and levels that nest without gaps."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from footnote.ingestion.ports import BlockKind, ParsedBlock

_LARGER = 1.08
"""A heading is larger than the body by at least this factor, or bold."""
_SAME_SIZE_POINTS = 0.75
_MAX_LEVEL = 6


@dataclass(frozen=True, slots=True)
class HeadingScale:
    """The document's own scale: the body's size and the sizes of its headings, largest first."""

    body_size: float | None
    heading_sizes: tuple[float, ...]

    @classmethod
    def of(cls, blocks: Iterable[ParsedBlock]) -> "HeadingScale":
        """Learn the scale: the body's size is the one that most characters are printed in."""
        characters: Counter[float] = Counter()
        headings: set[float] = set()
        for block in blocks:
            if block.font_size is None:
                continue
            if block.kind is BlockKind.HEADING and block.level is None:
                headings.add(block.font_size)
            elif block.kind in {BlockKind.PARAGRAPH, BlockKind.LIST_ITEM}:
                characters[round(block.font_size * 2) / 2] += sum(len(w.text) for line in block.lines for w in line)
        body = max(characters, key=lambda size: (characters[size], -size)) if characters else None
        steps: list[float] = []
        for size in sorted(headings, reverse=True):
            is_larger = body is None or size >= body * _LARGER
            if is_larger and (not steps or steps[-1] - size > _SAME_SIZE_POINTS):
                steps.append(size)
        return cls(body, tuple(steps))

    def level_of(self, block: ParsedBlock) -> int | None:
        """Return the level by the heading's size, or None if it is printed like, or smaller than, the body."""
        size = block.font_size
        if size is None:
            return 1
        for rank, step in enumerate(self.heading_sizes):
            if size >= step - _SAME_SIZE_POINTS:
                return min(rank + 1, _MAX_LEVEL)
        if block.is_bold and (self.body_size is None or size >= self.body_size * 0.9):
            return min(len(self.heading_sizes) + 1, _MAX_LEVEL)
        return None


def nest_levels(levels: Sequence[int]) -> list[int]:
    """Return the levels so that each heading is at most one deeper than the heading above it, order kept.

    Headings of one level under the same parent stay of one level.
    """
    open_levels: list[int] = []
    nested = []
    for level in levels:
        while open_levels and open_levels[-1] >= level:
            open_levels.pop()
        open_levels.append(level)
        nested.append(min(len(open_levels), _MAX_LEVEL))
    return nested
