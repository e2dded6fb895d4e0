"""The engine that quotes: what it chooses, how it cites, when it abstains."""

import pytest
from tests.factories.passages import passage

from footnote.chat.answering.local_engine import NO_PASSAGES, NO_QUESTION, WEAK_EVIDENCE, LocalEngine
from footnote.chat.answering.selection.question import AnswerKind, read_question

MANUAL = (
    "The Aqua 300 pump moves water from the tank to the filter. The tank of the Aqua 300 holds 12 litres. "
    "It must be cleaned every week. The warranty of the Aqua 300 lasts 24 months and was written by Maria Keller."
)
TRAVEL = "Travel costs are paid within 30 days. Employees book flights through the portal."


def ask(question: str, *texts: str, language: str = "en") -> tuple[list[str], bool]:
    passages = [passage(t, number=n, start=10, language=language, score=1.0 / n) for n, t in enumerate(texts, 1)]
    answer = LocalEngine().answer(question, passages, language=language)
    return [s.text for s in answer.sentences], answer.abstained


def test_the_sentence_that_answers_comes_first():
    sentences, abstained = ask("How many litres does the tank of the Aqua 300 hold?", MANUAL, TRAVEL)
    assert not abstained
    assert sentences[0] == "The tank of the Aqua 300 holds 12 litres."


def test_a_question_for_a_person_prefers_a_sentence_with_a_name():
    assert "Maria Keller" in ask("Who wrote the warranty of the Aqua 300?", MANUAL, TRAVEL)[0][0]


@pytest.mark.parametrize(
    ("language", "question", "text", "expected"),
    [
        ("de", "Wie viele Liter fasst der Tank der Pumpe?",
         "Die Pumpe fördert Wasser. Der Tank der Pumpe fasst 12 Liter. Er ist blau.", "12 Liter"),
        ("es", "¿Cuándo se fundó la empresa Acme?",
         "La empresa Acme vende bombas. La empresa Acme se fundó en 1987 en Madrid.", "1987"),
        ("ar", "متى تأسست شركة النور للتجارة؟", "تبيع شركة النور المضخات. تأسست شركة النور للتجارة عام 1987 في القاهرة.", "1987"),
    ],
)  # fmt: skip
def test_other_languages_are_answered_too(language: str, question: str, text: str, expected: str):
    assert expected in ask(question, text, language=language)[0][0]


def test_every_sentence_is_quoted_from_its_exact_place():
    passages = [passage(MANUAL, number=1, start=70), passage(TRAVEL, number=2, start=9)]
    answer = LocalEngine().answer("How long does the warranty of the Aqua 300 last?", passages, language="en")
    assert answer.sentences
    for sentence in answer.sentences:
        (citation,) = sentence.citations
        source = passages[citation.passage_number - 1]
        assert citation.span is not None
        start = citation.span.start - source.span.start
        assert source.text[start : start + len(sentence.text)] == sentence.text == citation.quote


def test_a_sentence_cut_by_the_chunk_is_completed_from_the_text_around_it():
    source = passage(
        "holds 12 litres. It is blue.", start=25, before="The tank of the Aqua 300 ", after=" It is made of steel."
    )
    answer = LocalEngine().answer("How many litres does the tank of the Aqua 300 hold?", [source], language="en")
    assert answer.sentences[0].text == "The tank of the Aqua 300 holds 12 litres."
    assert answer.sentences[0].citations[0].span is not None
    assert answer.sentences[0].citations[0].span.start == 0


def test_overlapping_chunks_do_not_quote_a_sentence_twice():
    first = passage(MANUAL[:120], number=1, start=0, version="ver_1")
    second = passage(MANUAL[60:], number=2, start=60, version="ver_1")
    answer = LocalEngine().answer("How often must the tank be cleaned?", [first, second], language="en")
    texts = [s.text for s in answer.sentences]
    assert len(texts) == len(set(texts))


def test_answer_without_evidence_says_so():
    passages = [passage(TRAVEL, number=1)]
    answer = LocalEngine().answer("Which planet did Galileo observe in Padua in 1610?", passages, language="en")
    assert (answer.sentences, answer.abstained, answer.reason) == ((), True, WEAK_EVIDENCE)


@pytest.mark.parametrize(("question", "texts", "reason"), [("Why?", (), NO_PASSAGES), ("...", (TRAVEL,), NO_QUESTION)])
def test_nothing_to_go_by_is_an_abstention(question: str, texts: tuple[str, ...], reason: str):
    answer = LocalEngine().answer(question, [passage(t) for t in texts], language=None)
    assert (answer.abstained, answer.reason, answer.confidence) == (True, reason, 0.0)


def test_confidence_is_higher_when_the_fact_is_there():
    question = "How many litres does the tank of the Aqua 300 hold?"
    there = LocalEngine().answer(question, [passage(MANUAL)], language="en").confidence
    absent = LocalEngine().answer(question, [passage(TRAVEL)], language="en").confidence
    assert 0 <= absent < there <= 100


@pytest.mark.parametrize(
    ("question", "language", "kind"),
    [
        ("How many people live there?", "en", AnswerKind.NUMBER),
        ("In welchem Jahr begann der Krieg?", "de", AnswerKind.DATE),
        ("¿Quién escribió el libro?", "es", AnswerKind.PERSON),
        ("Pourquoi le moteur s'arrête-t-il ?", "fr", AnswerKind.REASON),
        ("Dove si trova la fabbrica?", "it", AnswerKind.PLACE),
        ("Quantas pessoas moram lá?", "pt", AnswerKind.NUMBER),
        ("متى بدأت الحرب؟", "ar", AnswerKind.DATE),
    ],
)
def test_the_kind_of_answer_is_read_from_the_question(question: str, language: str, kind: AnswerKind):
    assert read_question(question, language).kind is kind


def test_a_row_of_a_table_answers_by_its_label_and_the_words_of_its_head() -> None:
    table = (
        "Table 2: Machines delivered by quarter\n\nMachine | First quarter | Second quarter\n"
        "Heron 180 | 3,310 | 3,720\nPetrel 60 | 640 | 1,720\nTern 140 | 2,150 | 2,280\n\n"
        "The works were closed for two weeks in August."
    )
    sentences, _ = ask("How many Petrel 60 machines were delivered in the second quarter?", table)
    assert "Petrel 60 | 640 | 1,720" in sentences[:2]


RATES = (
    "Safety\n\nTable 7: Accidents by works\n\nWorks | Accidents | Rate\nCork | 4 | 11.0\nBremerhaven | 2 | 7.1\n"
    "Gdynia | 2 | 17.9\n\nNobody was hurt badly."
)


def test_a_row_is_quoted_under_the_head_of_its_table() -> None:
    answer = LocalEngine().answer("What is the accident rate in Bremerhaven?", [passage(RATES)], language="en")
    assert [s.text for s in answer.sentences[:2]] == ["Works | Accidents | Rate", "Bremerhaven | 2 | 7.1"]
    assert answer.sentences[1].separator == "\n"
    assert all(s.text == s.citations[0].quote for s in answer.sentences)


def test_rows_that_the_question_does_not_name_are_left_out() -> None:
    sentences, _ = ask("What is the accident rate in Bremerhaven?", RATES)
    assert not {"Cork | 4 | 11.0", "Gdynia | 2 | 17.9"} & set(sentences)


def test_the_row_with_the_most_answers_a_question_for_the_most() -> None:
    assert "Gdynia | 2 | 17.9" in ask("Which works had the highest accident rate?", RATES)[0][:2]
    assert "Bremerhaven | 2 | 7.1" in ask("Which works had the lowest accident rate?", RATES)[0][:2]


def test_a_head_out_of_the_passage_but_in_the_text_before_it_is_quoted_too() -> None:
    place = RATES.index("Gdynia")
    source = passage(RATES[place:], start=place, before=RATES[:place])
    answer = LocalEngine().answer("What is the accident rate in Gdynia?", [source], language="en")
    assert [s.text for s in answer.sentences[:2]] == ["Works | Accidents | Rate", "Gdynia | 2 | 17.9"]


def test_a_list_that_is_asked_for_is_quoted_whole_under_its_lead_in() -> None:
    text = "The foundry has set itself two goals for next year:\n\n• close the doors for good;\n• use less sand.\n\nAll agree."
    sentences, _ = ask("Which goals has the foundry set itself for next year?", text, TRAVEL)
    assert sentences == [
        "The foundry has set itself two goals for next year:",
        "• close the doors for good;",
        "• use less sand.",
    ]


def test_a_heading_or_a_running_head_is_not_an_answer() -> None:
    text = (
        "Warranty of the Aqua 300\n\nIt lasts 24 months from delivery.\n\n"
        "Keller Pumps · Handbook 2024 Warranty of the Aqua 300\n\nFilters are not covered."
    )
    sentences, _ = ask("How long is the warranty of the Aqua 300?", text)
    assert sentences[0] == "It lasts 24 months from delivery."
    assert not [s for s in sentences if s.endswith("Aqua 300")]


def test_what_stands_in_two_documents_is_quoted_once() -> None:
    sentences, _ = ask("How many litres does the tank of the Aqua 300 hold?", MANUAL, MANUAL)
    assert len(sentences) == len(set(sentences))


def test_a_version_number_is_matched_whole() -> None:
    text = "Release 3.4.1 mends the brake of the lathe. Release 1.3.4 mends the lamp of the lathe."
    assert ask("What does release 1.3.4 mend?", text)[0][0] == "Release 1.3.4 mends the lamp of the lathe."
