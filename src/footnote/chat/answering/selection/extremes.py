"""Finds the rows of a table that have the most or the least in a column, for questions after "the highest" of all."""

import re
from collections.abc import Mapping, Sequence

_NUMBER = re.compile(r"[-−]?\d+(?:[.,\s]\d{3}(?!\d))*(?:[.,]\d+)?")
_GROUPED = re.compile(r"[-−]?[1-9]\d{0,2}(?:[.,\s]\d{3})+(?:[.,]\d+)?")
_FEWEST_ROWS = 3
_NUMERIC_SHARE = 0.7
_ROUNDING = 0.01

Extremes = frozenset[tuple[int, int]]
"""Pairs of a column, from 0, and 1 where the row has the column's highest number, -1 where it has its lowest."""


def extremes(rows: Sequence[Sequence[str]]) -> list[Extremes]:
    """Return for every row of a whole table, head left out, in which columns it has the highest or lowest number.

    Columns in which less than seven of ten cells begin with a number are left out, and so is a row of totals: the
    first or last one, with the sum of all others in some column. Ties count for every row that has them.
    """
    width = max((len(row) for row in rows), default=0)
    columns = {n: _numbers(rows, n) for n in range(1, width)}
    numeric = {
        n: values for n, values in columns.items() if len(values) >= max(_FEWEST_ROWS, _NUMERIC_SHARE * len(rows))
    }
    found: list[set[tuple[int, int]]] = [set() for _ in rows]
    totals = _totals(numeric, len(rows))
    for column, values in numeric.items():
        left = {row: value for row, value in values.items() if row not in totals}
        if len(set(left.values())) < 2:
            continue
        for sign, best in ((1, max(left.values())), (-1, min(left.values()))):
            for row, value in left.items():
                if value == best:
                    found[row].add((column, sign))
    return [frozenset(pairs) for pairs in found]


def _numbers(rows: Sequence[Sequence[str]], column: int) -> dict[int, float]:
    values: dict[int, float] = {}
    for place, row in enumerate(rows):
        match = _NUMBER.search(row[column][:20]) if column < len(row) else None
        if match is not None:
            values[place] = _value(match.group())
    return values


def _value(written: str) -> float:
    """Read 62,340 and 62.340 as thousands, 0,5 and 0.5 and 17.9 as decimals; enough to compare within one column."""
    if _GROUPED.fullmatch(written):
        written = re.sub(r"[.,\s](?=\d{3}(?!\d))", "", written)
    return float(re.sub(r"\s", "", written).replace("−", "-").replace(",", "."))


def _totals(columns: Mapping[int, Mapping[int, float]], count: int) -> frozenset[int]:
    """Return the first or last row if it has the sum of all others, within rounding, in some column."""
    ends = {0, count - 1}
    return frozenset(
        row
        for values in columns.values()
        for row, value in values.items()
        if row in ends and value > 0 and abs(sum(values.values()) - 2 * value) <= _ROUNDING * value
    )
