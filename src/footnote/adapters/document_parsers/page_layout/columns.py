"""Finding a page's columns: the fragments of each, in the order in which a reader takes them.

A gutter is a strip that no fragment crosses over a run of lines, with running text on both sides. Forms and loose
tables have such strips too, but short phrases beside them, and are read line by line.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from footnote.adapters.document_parsers.page_layout.fragments import Fragment

_MIN_FRAGMENTS = 3
"""Lines that each side of a gutter must have."""
_MIN_WORDS_PER_FRAGMENT = 2.5
_MIN_OVERLAP = 0.4
"""Share of the shorter side's height that must stand beside the other side."""
_MIN_COLUMN_WIDTH = 40.0
_MAX_DEPTH = 6


@dataclass(frozen=True, slots=True)
class _Cut:
    """A gutter at `x` between the heights `top` and `bottom`; `word_count` words profit from it."""

    x: float
    top: float
    bottom: float
    word_count: int


def columns_of(fragments: Sequence[Fragment], *, right_to_left: bool, depth: int = 0) -> Iterator[list[Fragment]]:
    """Yield groups of fragments, each of one column, in reading order; together they are all fragments."""
    cut = _best_cut(fragments) if depth < _MAX_DEPTH and len(fragments) >= 2 * _MIN_FRAGMENTS else None
    if cut is None:
        if fragments:
            yield list(fragments)
        return
    above = [f for f in fragments if f.y0 < cut.top]
    below = [f for f in fragments if f.y0 > cut.bottom]
    beside = [f for f in fragments if cut.top <= f.y0 <= cut.bottom]
    left = [f for f in beside if f.x0 < cut.x]
    right = [f for f in beside if f.x0 >= cut.x]
    for part in (above, *((right, left) if right_to_left else (left, right)), below):
        yield from columns_of(part, right_to_left=right_to_left, depth=depth + 1)


def _best_cut(fragments: Sequence[Fragment]) -> _Cut | None:
    ordered = sorted(fragments, key=lambda f: f.y0)
    leftmost = min(f.x0 for f in ordered)
    rightmost = max(f.x1 for f in ordered)
    starts = Counter(round(f.x0) for f in ordered)
    ends = Counter(round(f.x1) for f in ordered)
    sizes = sorted(f.font_size for f in ordered)
    width = max(5.0, 0.6 * sizes[len(sizes) // 2])
    strips = {(x - width, x - 1.0) for x, count in starts.items() if count >= _MIN_FRAGMENTS}
    strips |= {(x + 1.0, x + width) for x, count in ends.items() if count >= _MIN_FRAGMENTS}
    best: _Cut | None = None
    for low, high in sorted(strips):
        if low - leftmost < _MIN_COLUMN_WIDTH or rightmost - high < _MIN_COLUMN_WIDTH:
            continue
        for run in _runs_beside(ordered, low, high):
            cut = _cut_of(run, low, high)
            if cut is not None and (best is None or cut.word_count > best.word_count):
                best = cut
    return best


def _runs_beside(ordered: Sequence[Fragment], low: float, high: float) -> Iterator[list[Fragment]]:
    """Yield the runs of fragments, in order of height, that no crossing fragment interrupts."""
    run: list[Fragment] = []
    for fragment in ordered:
        if fragment.x0 < high and fragment.x1 > low:
            if len(run) >= 2 * _MIN_FRAGMENTS:
                yield run
            run = []
        else:
            run.append(fragment)
    if len(run) >= 2 * _MIN_FRAGMENTS:
        yield run


def _cut_of(run: Sequence[Fragment], low: float, high: float) -> _Cut | None:
    left = [f for f in run if f.x1 <= low]
    right = [f for f in run if f.x0 >= high]
    if not (_is_running_text(left) and _is_running_text(right)):
        return None
    top = max(min(f.y0 for f in left), min(f.y0 for f in right))
    bottom = min(max(f.y1 for f in left), max(f.y1 for f in right))
    shorter = min(_height(left), _height(right))
    if bottom - top < _MIN_OVERLAP * shorter:
        return None
    # A table or figure above or below all the text of both columns is not in either of them.
    printed = [f.y0 for f in run if f.thing is None]
    return _Cut((low + high) / 2, min(printed), max(printed), sum(len(f.words) for f in run))


def _is_running_text(side: Sequence[Fragment]) -> bool:
    printed = [f for f in side if f.thing is None]
    if len(printed) < _MIN_FRAGMENTS:
        return False
    return sum(len(f.words) for f in printed) >= _MIN_WORDS_PER_FRAGMENT * len(printed)


def _height(side: Sequence[Fragment]) -> float:
    return max(f.y1 for f in side) - min(f.y0 for f in side)
