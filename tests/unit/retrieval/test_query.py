"""What a question is taken to mean."""

import pytest

from footnote.retrieval.query import ProcessedQuery, process_query

ENGLISH, MIXED = {"en": 100}, {"en": 60, "de": 40}


def forms(query: ProcessedQuery) -> list[str]:
    return [term.forms[0] for term in query.terms]


def test_words_without_meaning_are_left_out():
    query = process_query("What is the warranty of the pump?", ENGLISH)
    assert forms(query) == ["warranti", "pump"]
    assert query.dropped == ("what", "is", "the", "of")


def test_a_question_of_nothing_else_keeps_them():
    assert forms(process_query("who is who", ENGLISH)) == ["who", "is"]


def test_a_repeated_word_weighs_more():
    weights = {t.forms[0]: t.weight for t in process_query("pump pump valve", ENGLISH).terms}
    assert weights == {"pump": 2.0, "valv": 1.0}


@pytest.mark.parametrize("quoted", ['"net weight"', "“net weight”", "„net weight“", "«net weight»"])
def test_quoted_words_must_stand_together(quoted: str):
    query = process_query(f"pump {quoted}", ENGLISH)
    assert [[term.forms[0] for term in phrase] for phrase in query.phrases] == [["net", "weight"]]
    assert forms(query) == ["pump", "net", "weight"]
    assert query.text == "pump net weight"


def test_a_quotation_inside_a_question_is_no_demand():
    query = process_query('What does the manual mean by "net weight"?', ENGLISH)
    assert query.phrases == ()
    assert "weight" in forms(query)


def test_the_language_is_told_by_the_question_and_the_library():
    assert process_query("Wie lange gilt die Garantie der Pumpe?", MIXED).languages[0] == "de"
    assert process_query("How long is the warranty of the pump?", MIXED).languages[0] == "en"
    assert process_query("Pumpe", {"de": 10}).languages[0] == "de"


def test_german_compounds_are_asked_for_by_their_parts():
    terms = process_query("Versicherungsnummer", {"de": 10}).terms
    assert terms[0].weight == 1.0
    assert len(terms) > 3
    assert all(term.weight < 1.0 for term in terms[1:])


@pytest.mark.parametrize("text", ["", "   ", "?!", "\x00", '""', "½" * 5000])
def test_odd_questions_are_not_errors(text: str):
    process_query(text, ENGLISH)
    process_query(text, {})
