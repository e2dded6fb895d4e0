"""Which row of a table has the most or the least in a column."""

import pytest

from footnote.chat.answering.selection.extremes import extremes
from footnote.chat.answering.selection.question import read_question


def table(*rows: str) -> list[list[str]]:
    return [row.split(" | ") for row in rows]


def test_the_highest_and_the_lowest_of_each_column_are_found() -> None:
    found = extremes(table("Cork | 11.0 | 364,000", "Bonn | 7.1 | 1,281,000", "Porto | 17.9 | 112,000"))
    assert found == [frozenset(), {(1, -1), (2, 1)}, {(1, 1), (2, -1)}]


def test_a_row_of_totals_is_not_the_highest() -> None:
    found = extremes(table("Switch | 26 | 12 %", "Guide | 88 | 40 %", "Wiring | 12 | 5 %", "Total | 126 | 57 %"))
    assert (1, 1) in found[1]
    assert not found[3]


def test_columns_of_words_and_small_tables_have_no_extremes() -> None:
    assert not any(extremes(table("Cork | old | 3", "Bonn | new | 4")))
    assert not any(extremes(table("Cork | old", "Bonn | new", "Porto | new")))


@pytest.mark.parametrize(
    ("question", "language", "sign"),
    [
        ("Which works had the highest rate?", "en", 1),
        ("Welches Werk hat den höchsten Wert?", "de", 1),
        ("¿Qué planta tiene el menor consumo?", "es", -1),
        ("Which town has the fewest stands?", "en", -1),
    ],
)
def test_a_superlative_is_read_from_the_question_in_any_form(question: str, language: str, sign: int) -> None:
    asked = read_question(question, language)
    assert asked.extreme is not None
    assert asked.extreme.sign == sign


def test_a_plain_question_asks_for_no_extreme() -> None:
    assert read_question("How many stands does the test bay have?", "en").extreme is None
