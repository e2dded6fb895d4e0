"""The citation check: what passes, what is refused, and where the quote stands."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.factories.passages import draft, passage

from footnote.chat.checking.verification import verify_sentence
from footnote.chat.passages import Reason, Verdict
from footnote.kit.geometry import Span

TEXT = (
    "Google bought Motorola in 2011 for $12.5 billion. Siemens had offered 1,000 dollars. "
    "The plan covers dental care, but it does not cover vision. Einstein was born in Ulm. He moved to Bern in 1902. "
    "Cats sleep for sixteen hours a day."
)
OTHER = "Refunds are not given after 30 days. It is false that the device is waterproof."
PASSAGES = [passage(TEXT, number=1, start=100), passage(OTHER, number=2, start=5)]


@pytest.mark.parametrize(
    "said",
    [
        "Google bought Motorola in 2011 for $12.5 billion.",
        "google bought Motorola in 2011",
        "The plan covers dental care.",
    ],
)
def test_words_that_stand_in_the_text_are_verbatim(said: str):
    assert verify_sentence(draft(said, 1), PASSAGES).verdict is Verdict.VERBATIM


def test_quotes_hyphens_and_line_breaks_do_not_matter_to_verbatim():
    source = passage("He said the “state-of-the-art” docu-\nment   was fine.", start=40)
    checked = verify_sentence(draft('the "state‑of‑the‑art" document was fine', 1), [source])
    assert checked.verdict is Verdict.VERBATIM
    assert checked.citations[0].span == Span(48, 40 + len(source.text) - 1)


@pytest.mark.parametrize(
    "said",
    [
        "In 2011, Google acquired Motorola for 12.5 billion dollars.",
        "Motorola was bought by Google in 2011.",
        "Cats sleep 16 hours a day.",
        "According to the document, Siemens had offered $1000.",
        "Einstein moved to Bern in 1902.",
        "The plan does not cover vision.",
    ],
)
def test_honest_paraphrases_are_grounded(said: str):
    checked = verify_sentence(draft(said, 1), PASSAGES)
    assert (checked.verdict, checked.reasons) == (Verdict.GROUNDED, ())


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("Google bought Motorola in 2012 for $12.5 billion.", Reason.CHANGED_NUMBER),
        ("Google bought Motorola in 2011 for €12.5 billion.", Reason.CHANGED_UNIT),
        ("Google bought Siemens in 2011 for $12.5 billion.", Reason.FOREIGN_NAME),
        ("Tesla bought Motorola in 2011 for $12.5 billion.", Reason.FOREIGN_NAME),
        ("Motorola bought Google in 2011 for $12.5 billion.", Reason.ROLE_SWAP),
        ("Google was bought by Motorola in 2011.", Reason.ROLE_SWAP),
        ("Google sold Motorola in 2011 for $12.5 billion.", Reason.ANTONYM),
        ("The plan covers vision.", Reason.NEGATION_MISMATCH),
        ("The plan does not cover dental care.", Reason.NEGATION_MISMATCH),
        ("Google moved to Bern in 1902.", Reason.FOREIGN_NAME),
        ("All cats sleep for sixteen hours a day.", Reason.CHANGED_QUANTIFIER),
    ],
)
def test_planted_lies_are_refused_with_their_reason(said: str, reason: Reason):
    checked = verify_sentence(draft(said, 1), PASSAGES)
    assert checked.verdict is Verdict.UNSUPPORTED
    assert reason in checked.reasons
    assert checked.citations == ()


@pytest.mark.parametrize("said", ["Refunds are given after 30 days.", "The device is waterproof."])
def test_words_cut_out_of_a_denial_are_not_verbatim(said: str):
    assert verify_sentence(draft(said, 2), PASSAGES).verdict is Verdict.UNSUPPORTED


@pytest.mark.parametrize(
    ("language", "source", "lie"),
    [
        ("de", "Die Firma kaufte das Werk im Mai 1999 nicht.", "Die Firma kaufte das Werk im Mai 1999."),
        ("de", "Das Unternehmen Siemens hat 25 Werke in Ulm.", "Das Unternehmen Siemens hat 52 Werke in Ulm."),
        ("es", "El seguro no cubre los daños por agua.", "El seguro cubre los daños por agua."),
        ("fr", "Le contrat a été signé le 3 mars 1999 à Lyon.", "Le contrat a été signé le 3 mai 1999 à Lyon."),
        ("ar", "لم يغطِّ التأمين أضرار المياه في عام 1999.", "يغطي التأمين أضرار المياه في عام 1999."),
        ("ar", "اشترت شركة سيمنز المصنع في برلين عام 1999.", "اشترت شركة سيمنز المصنع في باريس عام 1999."),
    ],
)
def test_lies_are_refused_in_other_languages(language: str, source: str, lie: str):
    assert verify_sentence(draft(source, 1), [passage(source, language=language)]).verdict is Verdict.VERBATIM
    assert verify_sentence(draft(lie, 1), [passage(source, language=language)]).verdict is Verdict.UNSUPPORTED


def test_a_wrong_passage_is_put_right_and_noted():
    checked = verify_sentence(draft("Refunds are not given after 30 days.", 1), PASSAGES)
    assert (checked.verdict, checked.reasons) == (Verdict.VERBATIM, (Reason.WRONG_PASSAGE,))
    assert checked.citations[0].passage_number == 2


def test_a_sentence_without_support_anywhere_is_refused():
    checked = verify_sentence(draft("Bananas are yellow and grow in Ecuador.", 1), PASSAGES)
    assert checked.verdict is Verdict.UNSUPPORTED


@pytest.mark.parametrize(
    ("said", "cited", "reason"),
    [
        ("He likes jazz.", (9,), Reason.UNKNOWN_PASSAGE),
        ("He likes jazz.", (), Reason.UNCITED),
        ("...", (1,), Reason.EMPTY),
    ],
)
def test_a_refusal_says_what_was_wrong_with_the_citation(said: str, cited: tuple[int, ...], reason: Reason):
    assert verify_sentence(draft(said, *cited), PASSAGES).reasons == (reason,)


def test_a_sentence_that_needs_two_passages_is_bound_to_both():
    passages = [
        passage("The tower was finished in 1889.", number=1),
        passage("It stands in Paris near the Seine.", number=2),
    ]
    checked = verify_sentence(
        draft("The tower was finished in 1889 and stands in Paris near the Seine.", 1, 2), passages
    )
    assert [c.passage_number for c in checked.citations] == [1, 2]


def test_quotes_may_use_the_text_around_the_passage():
    source = passage("and the pump stops.", start=30, before="If the tank is empty, the light blinks ")
    checked = verify_sentence(draft("the light blinks and the pump stops", 1), [source])
    assert checked.citations[0].quote == "the light blinks and the pump stops"


@given(st.integers(0, len(TEXT) - 1), st.integers(1, 120))
def test_every_quote_is_exactly_the_text_at_its_span(start: int, length: int):
    checked = verify_sentence(draft(TEXT[start : start + length], 1), PASSAGES)
    for citation in checked.citations:
        base, text = (100, TEXT) if citation.passage_number == 1 else (5, OTHER)
        assert citation.span is not None
        assert text[citation.span.start - base : citation.span.end - base] == citation.quote
