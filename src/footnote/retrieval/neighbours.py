"""Chunks that stand side by side in a document, found together, read as one passage."""

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass

from footnote.kit.geometry import Span

MAX_PASSAGE_CHARACTERS = 2_000
MAX_SCORE_DISTANCE = 0.05
"""How much weaker than the best of its passage a chunk may be. The passage goes by the best one's scores: lent to a
much weaker neighbour, they made answers worse by half a point, while among equals they cost nothing (measured)."""


@dataclass(frozen=True, slots=True)
class FoundPlace:
    """Where a result stands. stretch: what a passage may not leave (version, heading, kind); ordinal: place in it."""

    stretch: Hashable
    ordinal: int
    span: Span
    score: float


def neighbouring(found: Sequence[FoundPlace]) -> list[list[int]]:
    """Group results that follow one another in one stretch; every result is in exactly one group.

    found: best first, each place once. Returns groups of positions in `found`: the groups by their best, the members
    in the text's order. A group's text is at most `MAX_PASSAGE_CHARACTERS` long, unless its only member is longer.
    """
    at = {(place.stretch, place.ordinal): position for position, place in enumerate(found)}
    taken: set[int] = set()
    groups: list[list[int]] = []
    for best in range(len(found)):
        if best in taken:
            continue
        group = [best]
        while ends := [end for end in _ends(found, at, group, best) if end not in taken]:
            group.append(min(ends))
            group.sort(key=lambda member: found[member].ordinal)
        taken.update(group)
        groups.append(group)
    return groups


def covering(spans: Sequence[Span]) -> Span:
    """Return the span from the first's start to the last's end; at least one span."""
    return Span(min(span.start for span in spans), max(span.end for span in spans))


def _ends(
    found: Sequence[FoundPlace], at: dict[tuple[Hashable, int], int], group: Sequence[int], best: int
) -> Iterator[int]:
    """Yield the results right before and after the group that may join it."""
    first, last = found[group[0]], found[group[-1]]
    for ordinal in (first.ordinal - 1, last.ordinal + 1):
        end = at.get((first.stretch, ordinal))
        if end is None or found[best].score - found[end].score > MAX_SCORE_DISTANCE:
            continue
        whole = covering([first.span, last.span, found[end].span])
        if whole.end - whole.start <= MAX_PASSAGE_CHARACTERS:
            yield end
