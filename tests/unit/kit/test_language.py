"""Telling the language of a text."""

import pytest

from footnote.kit.language import detect_language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The warranty covers faults of material and workmanship.", "en"),
        ("Die Gewährleistung umfasst Fehler von Material und Verarbeitung.", "de"),
        ("La garantía cubre los defectos de material y de fabricación.", "es"),
        ("La garantie couvre les défauts de matériel et de fabrication.", "fr"),
        ("يغطي الضمان عيوب المواد والتصنيع لمدة عامين", "ar"),
    ],
)
def test_a_sentence_is_enough(text: str, language: str) -> None:
    assert detect_language(text) == language


@pytest.mark.parametrize("text", ["", "4711", "OK", "https://example.com/a/b", "x" * 50, "12.05.2024 | 19,99 | 0815"])
def test_a_text_without_enough_words_has_none(text: str) -> None:
    assert detect_language(text) is None


def test_a_long_text_is_judged_by_its_whole_length() -> None:
    assert detect_language("ISO 9001 " + "Die Lieferung erfolgt innerhalb von zehn Tagen. " * 5_000) == "de"
