"""From a column's lines to blocks: paragraphs, headings, list items, code."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from statistics import median

from footnote.adapters.document_parsers.page_layout.fragments import Line, box_around
from footnote.ingestion.ports import BlockKind, ParsedBlock

_BULLET = re.compile("[•‣▪▫■□●○◦·∙➢➤❖✓✔–—*\\-\uf0b7\uf0a7\uf0d8\uf0fc\uf076o]")
_NUMBER = re.compile(r"\(?(?:\d{1,3}|[a-zA-Z]|[ivxIVX]{1,5})[.)]")
_SENTENCE_END = re.compile(r"[.!?:;。！？؟][\"'”’»)\]]*$")
_HEADING_MAX_LINES = 3
_HEADING_MAX_CHARACTERS = 200
_LARGER = 1.08
_SIZE_STEP = 0.1
_SHORT_LINE = 0.72
"""A line ending before this share of its column's width was ended on purpose."""


def blocks_of(lines: Sequence[Line], body_size: float) -> Iterator[ParsedBlock]:
    """Yield the blocks of one column in order; `body_size` is the page's own usual font size."""
    if not lines:
        return
    left, right = min(line.x0 for line in lines), max(line.x1 for line in lines)
    pitch = _usual_pitch(lines)
    group: list[Line] = []
    for line in lines:
        if group and _begins_block(group, line, pitch, left, right):
            yield _block_of(group, body_size, left, right)
            group = []
        group.append(line)
    yield _block_of(group, body_size, left, right)


def usual_size(lines: Sequence[Line]) -> float:
    """Return the font size that most characters of the lines have, to half a point; 10 for no lines."""
    counts: Counter[float] = Counter()
    for line in lines:
        counts[round(line.font_size * 2) / 2] += line.character_count
    return max(counts, key=lambda size: (counts[size], -size)) if counts else 10.0


def _usual_pitch(lines: Sequence[Line]) -> float | None:
    steps = [
        b.y1 - a.y1
        for a, b in pairwise(lines)
        if a.words and b.words and _is_like_size(a, b) and 0 < b.y1 - a.y1 < 3 * a.font_size
    ]
    return median(steps) if len(steps) >= 3 else None


def _is_like_size(a: Line, b: Line) -> bool:
    return abs(a.font_size - b.font_size) <= _SIZE_STEP * max(a.font_size, b.font_size)


def _begins_block(group: Sequence[Line], line: Line, pitch: float | None, left: float, right: float) -> bool:
    before = group[-1]
    if line.thing is not None or before.thing is not None:
        return True
    if not _is_like_size(before, line) or before.is_bold != line.is_bold:
        return not _is_run_in(before, line, left, right)
    if before.is_monospaced and line.is_monospaced:
        return line.y0 - before.y1 > 2 * line.font_size
    step = line.y1 - before.y1
    usual = min(pitch, 2 * line.font_size) if pitch is not None else 1.45 * line.font_size
    if step > 1.3 * usual or step > 2.2 * line.font_size or step < -line.font_size:
        return True
    if _marker_of(line) is not None and (
        _marker_of(group[0]) is not None or _ends_sentence(before) or _is_bullet(line)
    ):
        return True
    return _begins_paragraph(group, line, left, right)


def _is_run_in(before: Line, line: Line, left: float, right: float) -> bool:
    """Tell whether bold merely goes over into plain inside one paragraph: no gap, and the sentence goes on.

    A line counts as bold when it begins so, hence the line that a run-in heading begins may end in plain text.
    """
    if not _is_like_size(before, line) or line.y1 - before.y1 >= 1.6 * line.font_size or _ends_sentence(before):
        return False
    is_full = before.x1 - left >= 0.85 * (right - left)
    return is_full or (bool(line.words) and line.words[0].text[:1].islower())


def _begins_paragraph(group: Sequence[Line], line: Line, left: float, right: float) -> bool:
    before = group[-1]
    width = right - left
    is_short = before.x1 - left < _SHORT_LINE * width
    if _marker_of(group[0]) is not None:
        # Back at the margin after a list item whose text hangs further in.
        hangs = len(group) > 1 and group[1].x0 > group[0].x0 + 2
        return (hangs and line.x0 < group[1].x0 - 2) or (is_short and _ends_sentence(before))
    if is_short and _ends_sentence(before) and line.words and not line.words[0].text[:1].islower():
        return True
    is_indented = line.x0 > before.x0 + 0.8 * line.font_size
    return is_indented and before.x0 <= left + 1 and _ends_sentence(before) and len(group) > 1


def _ends_sentence(line: Line) -> bool:
    return bool(line.words) and _SENTENCE_END.search(line.words[-1].text) is not None


def _marker_of(line: Line) -> str | None:
    if len(line.words) < 2:
        return None
    first = line.words[0].text
    if _BULLET.fullmatch(first) or _NUMBER.fullmatch(first):
        return first
    return None


def _is_bullet(line: Line) -> bool:
    return _BULLET.fullmatch(line.words[0].text) is not None


def _block_of(group: Sequence[Line], body_size: float, left: float, right: float) -> ParsedBlock:
    if isinstance(group[0].thing, ParsedBlock):
        return group[0].thing
    is_bold = all(line.is_bold for line in group)
    size = usual_size(group)
    kind = _kind_of(group, size, body_size, is_bold=is_bold)
    marker = _marker_of(group[0]) if kind is BlockKind.LIST_ITEM else None
    return ParsedBlock(
        kind=kind,
        lines=tuple(tuple(line.words) for line in group),
        box=box_around(group),
        level=1 + int((group[0].x0 - left) // 18) if kind is BlockKind.LIST_ITEM else None,
        marker=marker,
        font_size=size,
        is_bold=is_bold,
        keeps_lines=kind is BlockKind.PARAGRAPH and _has_fixed_lines(group, right - left),
    )


def _kind_of(group: Sequence[Line], size: float, body_size: float, *, is_bold: bool) -> BlockKind:
    if all(line.is_monospaced for line in group) and len(group) > 1:
        return BlockKind.CODE
    text = " ".join(word.text for line in group for word in line.words)
    is_brief = len(group) <= _HEADING_MAX_LINES and len(text) <= _HEADING_MAX_CHARACTERS
    has_letters = sum(character.isalpha() for character in text) * 2 >= len(text.replace(" ", "")) and len(text) > 2
    stands_out = size >= body_size * _LARGER or is_bold
    is_sentence = text.endswith((".", ";", ",")) or (is_bold and size < body_size * _LARGER and text.endswith(":"))
    if is_brief and has_letters and stands_out and not is_sentence and not any(line.gaps for line in group):
        starts_with_bullet = _marker_of(group[0]) is not None and _is_bullet(group[0])
        if not starts_with_bullet:
            return BlockKind.HEADING
    if _marker_of(group[0]) is not None:
        return BlockKind.LIST_ITEM
    return BlockKind.PARAGRAPH


def _has_fixed_lines(group: Sequence[Line], width: float) -> bool:
    if len(group) < 2:
        return False
    if sum(1 for line in group if line.gaps) * 2 >= len(group):
        return True
    ended_early = sum(1 for line in group[:-1] if line.x1 - line.x0 < _SHORT_LINE * width)
    return ended_early * 10 >= 6 * (len(group) - 1)
