"""Columns of a page: found where text runs in them, and nowhere else; nothing is ever lost."""

from hypothesis import given
from hypothesis import strategies as st

from footnote.adapters.document_parsers.page_layout.columns import columns_of
from footnote.adapters.document_parsers.page_layout.fragments import Fragment
from footnote.adapters.document_parsers.page_layout.lay_out import lay_out
from footnote.ingestion.ports import Word, words_of
from footnote.kit.geometry import Box


def fragment(text: str, x: float, y: float, width: float = 200, rotation: int = 0) -> Fragment:
    words = text.split()
    step = width / len(words)
    boxes = [Box(x + step * n, y, x + step * (n + 1) - 4, y + 10) for n in range(len(words))]
    printed = [Word(word, box) for word, box in zip(words, boxes, strict=True)]
    return Fragment(printed, x, y, x + width, y + 10, font_size=10, rotation=rotation)


def column(name: str, x: float, *, lines: int = 8, top: float = 100, offset: float = 0) -> list[Fragment]:
    return [fragment(f"{name}{n} some more words", x, top + 14 * n + offset) for n in range(lines)]


def names(columns: list[list[Fragment]]) -> list[str]:
    return ["".join(sorted({f.words[0].text[0] for f in group})) for group in columns]


def test_two_columns_whose_lines_are_not_level_are_read_one_after_the_other() -> None:
    found = list(columns_of([*column("L", 60), *column("R", 310, offset=5)], right_to_left=False))
    assert names(found) == ["L", "R"]


def test_a_right_to_left_page_begins_with_its_right_column() -> None:
    assert names(list(columns_of([*column("L", 60), *column("R", 310)], right_to_left=True))) == ["R", "L"]


def test_three_columns_between_a_title_and_a_closing_line() -> None:
    title, close = fragment("Title across the page", 60, 60, 480), fragment("Closing words across it", 60, 400, 480)
    columns = [
        f
        for name, x in (("A", 60), ("B", 230), ("C", 400))
        for f in [fragment(f"{name}{n} some more words", x, 100 + 14 * n, 140) for n in range(6)]
    ]
    assert names(list(columns_of([title, *columns, close], right_to_left=False))) == ["T", "A", "B", "C", "C"]


def test_labels_and_values_of_a_form_stay_together() -> None:
    rows = [
        f for n in range(8) for f in (fragment("Label", 60, 100 + 14 * n, 60), fragment("value", 310, 100 + 14 * n, 60))
    ]
    assert len(list(columns_of(rows, right_to_left=False))) == 1


fragments = st.lists(
    st.builds(
        fragment,
        st.sampled_from(["one", "two words", "three words here", "• item text", "1. point", "عربي نص"]),
        st.integers(0, 500).map(float),
        st.integers(0, 800).map(float),
        st.integers(20, 300).map(float),
        st.sampled_from([0, 0, 0, 90]),
    ),
    max_size=40,
)


@given(fragments)
def test_every_printed_letter_is_in_exactly_one_block(printed: list[Fragment]) -> None:
    laid_out = "".join(sorted("".join(word.text for block in lay_out(printed) for word in words_of(block))))
    assert laid_out == "".join(sorted("".join(word.text for f in printed for word in f.words)))
