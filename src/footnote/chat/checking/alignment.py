"""Lines a draft up with a source sentence word by word, so that what was put in place of what can be judged."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Difference:
    """Words of the source that the draft puts other words for; half-open places, either side may be empty."""

    source: tuple[int, int]
    draft: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Alignment:
    """differences: in order. matched: how many of the draft's words stand in the source in the same order."""

    differences: tuple[Difference, ...]
    matched: int


def align(source: Sequence[str], draft: Sequence[str]) -> Alignment:
    """Return the alignment with the fewest changed words; substitution wins ties. O(N * M) with N, M words."""
    cost = _costs(source, draft)
    i, j = len(source), len(draft)
    matches: list[tuple[int, int]] = []
    while i or j:
        if i and j and cost[i][j] == cost[i - 1][j - 1] + (source[i - 1] != draft[j - 1]):
            i, j = i - 1, j - 1
            if source[i] == draft[j]:
                matches.append((i, j))
        elif i and cost[i][j] == cost[i - 1][j] + 1:
            i -= 1
        else:
            j -= 1
    differences: list[Difference] = []
    left, right = 0, 0
    for a, b in [*matches[::-1], (len(source), len(draft))]:
        if a > left or b > right:
            differences.append(Difference((left, a), (right, b)))
        left, right = a + 1, b + 1
    return Alignment(tuple(differences), len(matches))


def _costs(source: Sequence[str], draft: Sequence[str]) -> list[list[int]]:
    cost = [list(range(len(draft) + 1))]
    for i, word in enumerate(source, 1):
        above, row = cost[-1], [i]
        for j, other in enumerate(draft, 1):
            row.append(min(above[j - 1] + (word != other), above[j] + 1, row[-1] + 1))
        cost.append(row)
    return cost
