"""Numbers with points or commas inside are one word."""

import pytest

from footnote.chat.answering.selection.reading import read_words


@pytest.mark.parametrize(
    ("text", "stems"),
    [
        ("Release 3.4.1", ["3.4.1"]),
        ("62,340 machines", ["62340"]),
        ("62.340 machines", ["62340"]),
        ("0,5 mm", ["0.5"]),
        ("In 2024, 12 of 13.", ["2024", "12", "13"]),
        ("", []),
    ],
)
def test_a_number_is_one_word(text: str, stems: list[str]) -> None:
    words = read_words(text, "en")
    assert [w.stem for w in words if w.has_digit] == stems
    assert all(text[w.start : w.end] == w.text for w in words)
