"""The form in which a printed word enters the text."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footnote.ingestion.word_normalisation import normalise_code_line, normalise_word


@pytest.mark.parametrize(
    ("printed", "written"),
    [
        ("ﬁnal", "final"),
        ("oﬃce", "office"),
        ("Be\u00adtrieb", "Betrieb"),
        ("e\u0301", "é"),
        ("a\u0000b", "ab"),
        ("\ufeffstart", "start"),
        ("zero\u200bwidth", "zerowidth"),
        ("1\u00a0000", "1 000"),
        ("ﻣﺮﺣﺒﺎ", "مرحبا"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("\uf0b7", "•"),
        ("x²", "x²"),
        ("½", "½"),
        ("\ud83d", ""),
        ("\u200b\u00ad", ""),
    ],
)
def test_a_word_is_written_as_a_reader_sees_it(printed: str, written: str) -> None:
    assert normalise_word(printed) == written


@given(st.text())
def test_normal_words_stay_as_they_are_when_normalised_again(text: str) -> None:
    once = normalise_word(text)
    assert normalise_word(once) == once
    assert unicodedata.is_normalized("NFC", once)
    once.encode("utf-8")


def test_a_line_of_code_keeps_its_indentation() -> None:
    assert normalise_code_line("\treturn 1  ") == "    return 1"
    assert normalise_code_line("   ") == ""
