"""Numbers, however they are written."""

import pytest

from footnote.chat.checking.quantities import quantities, readings
from footnote.chat.language.words import words_of


def read(text: str, language: str) -> list[tuple[float, str | None]]:
    return [(max(q.values), q.unit) for q in quantities(text, words_of(text, language), language)]


@pytest.mark.parametrize(
    ("text", "language", "value", "unit"),
    [
        ("1,000 people", "en", 1000, None),
        ("1.000 Euro", "de", 1000, "eur"),
        ("1 000 km", "fr", 1000, "km"),
        ("$12.5 billion", "en", 12_500_000_000, "usd"),
        ("3,2 Mio. Euro", "de", 3_200_000, "eur"),
        ("twenty-five miles", "en", 25, "mile"),
        ("fünfundzwanzig Tage", "de", 25, "day"),
        ("treinta y cinco años", "es", 35, "year"),
        ("12 %", "en", 12, "%"),
        ("12 per cent", "en", 12, "%"),
        ("two hundred thousand men", "en", 200_000, None),
        ("6½ sacks", "en", 6.5, None),
        ("٢٥ يوماً", "ar", 25, "day"),
    ],
)
def test_numbers_are_read_as_values_with_units(text: str, language: str, value: float, unit: str | None):
    assert read(text, language) == [(value, unit)]


def test_a_single_separator_before_three_digits_has_two_readings():
    assert readings("1.234") == {1234.0, 1.234}
    assert readings("1.234.567") == {1234567.0}
    assert readings("1,234.5") == {1234.5}
