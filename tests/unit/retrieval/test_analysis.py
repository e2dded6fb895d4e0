"""Words of a text, per language."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footnote.retrieval.analysis import analyser_for, word_parts, words


def analyse(text: str, language: str | None) -> list[str]:
    return [form for word in words(text) for form in analyser_for(language)(word)]


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("en", "The drained pumps", "the draining pump"),
        ("de", "Die Häuser der Straße", "die Hauser der Strasse"),
        ("es", "unas canciones", "unas canción"),
        ("fr", "Les écoles nationales", "les ecoles nationale"),
        ("ar", "والمدارس", "المدارس"),
        ("ru", "Ёлка и ёлки", "елка и елки"),
    ],
)
def test_forms_of_a_word_meet(language: str, one: str, other: str):
    assert analyse(one, language) == analyse(other, language)


def test_width_and_case_do_not_matter():
    assert analyse("ＰＵＭＰ ﬁt", None) == ["pump", "fit"]


def test_underscores_and_signs_part_words():
    assert words("Super_Bowl-50, U.S.") == ["super", "bowl", "50", "u", "s"]


def test_scripts_without_spaces_give_pairs():
    assert analyse("文書検索", "ja") == ["文書", "書検", "検索"]
    assert analyse("ABC検", None) == ["abc", "検"]


def test_vowel_signs_stay_with_their_letters():
    assert words("हिन्दी भाषा") == ["हिन्दी", "भाषा"]


def test_tones_tell_words_apart_where_they_are_letters():
    assert analyse("má mà", "vi") == ["má", "mà"]


def test_parts_of_a_compound_are_shared_with_its_members():
    assert set(word_parts("versicherungsnummer", "de")) & set(word_parts("versicherung", "de"))
    assert word_parts("insurance", "en") == ()
    assert word_parts("2024", "de") == word_parts("ab", "de") == word_parts("検索", "ja") == ()


@given(st.text(max_size=200), st.sampled_from([None, "en", "de", "ar", "hi", "th", "xx"]))
def test_any_text_can_be_analysed_and_no_word_is_empty(text: str, language: str | None):
    found = analyse(text, language)
    assert all(found)
    assert bool(found) == any(c.isalnum() for word in words(text) for c in word)
