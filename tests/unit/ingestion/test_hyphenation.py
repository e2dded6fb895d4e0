"""Which hyphens belong to the word and which to the end of the line."""

import pytest

from footnote.ingestion.hyphenation import LineEnd, Vocabulary, judge_line_end

SPACE, JOIN, KEEP = LineEnd.SPACE, LineEnd.JOIN_WITHOUT_HYPHEN, LineEnd.JOIN_WITH_HYPHEN


@pytest.mark.parametrize(
    ("last", "following", "expected"),
    [
        ("war-", "ranty", JOIN),
        ("Gewähr-", "leistung", JOIN),
        ("garan\u2010", "tía", JOIN),
        ("(war-", "ranty)", JOIN),
        ("E-", "Mail", KEEP),
        ("e-", "mail", KEEP),
        ("state-of-the-", "art", KEEP),
        ("non-", "linear", KEEP),
        ("2020-", "2021", KEEP),
        ("COVID-", "19", KEEP),
        ("Smith-", "Jones", KEEP),
        ("Ein-", "und", SPACE),
        ("pre-", "and", SPACE),
        ("word", "next", SPACE),
        ("-", "item", SPACE),
        ("--", "item", SPACE),
        ("see-", "(below)", SPACE),
        ("end", "-", SPACE),
    ],
)
def test_without_evidence_spelling_decides(last: str, following: str, expected: LineEnd) -> None:
    assert judge_line_end(last, following, Vocabulary([])) is expected


def test_the_documents_vocabulary_decides_first() -> None:
    assert judge_line_end("semi-", "automatic", Vocabulary(["Semi-automatic,"])) is KEEP
    assert judge_line_end("non-", "linear", Vocabulary(["nonlinear"])) is JOIN


def test_a_soft_hyphen_always_belonged_to_the_line_end() -> None:
    assert judge_line_end("Be", "trieb", Vocabulary([]), has_soft_hyphen=True) is JOIN
