"""Reading a model's text while it comes."""

from hypothesis import given
from hypothesis import strategies as st

from footnote.chat.answering.model_output import SentenceStream, parse_answer, says_no_answer

ANSWER = (
    "The pump holds 3.5 litres [1]. Dr. J. Smith said so.[2][3] It was built in 1999 [1, 4-6].\n"
    '- First item [2].\n- Second item\n\n"Yes." [3] No. 5 is missing 【4】.'
)


@given(st.lists(st.integers(1, 9), max_size=80))
def test_how_the_text_was_cut_changes_nothing(sizes: list[int]):
    stream, found, place = SentenceStream(), [], 0
    for size in sizes:
        found += stream.feed(ANSWER[place : place + size])
        place += size
    found += stream.feed(ANSWER[place:])
    assert found + stream.finish() == parse_answer(ANSWER)


@given(st.text(st.sampled_from("ab A.1[]\n?-,"), max_size=60))
def test_no_letter_is_lost(text: str):
    kept = "".join(d.separator + d.text for d in parse_answer(text))
    assert kept.count("a") == text.count("a")
    assert kept.count("A") == text.count("A")


def test_markers_become_citations_and_leave_the_text():
    drafts = parse_answer(ANSWER)
    assert drafts[0].text == "The pump holds 3.5 litres."
    assert [[c.passage_number for c in d.citations] for d in drafts[:3]] == [[1], [2, 3], [1, 4, 5, 6]]


def test_bullets_move_into_the_separator():
    drafts = parse_answer("Two things:\n- first [1]\n- second [2]")
    assert [(d.separator, d.text) for d in drafts[1:]] == [("\n- ", "first"), ("\n- ", "second")]


def test_a_sentence_is_held_until_it_certainly_ended():
    stream = SentenceStream()
    assert stream.feed("It is No.") == []
    assert stream.feed(" 5 of them.") == []
    assert [d.text for d in stream.feed(" The next ")] == ["It is No. 5 of them."]


def test_a_marker_after_the_point_belongs_to_the_sentence_before():
    stream = SentenceStream()
    assert stream.feed("It rained. [") == []
    assert stream.feed("1] Then ") != []


def test_saying_that_there_is_no_answer_is_understood():
    assert says_no_answer(parse_answer("NO_ANSWER"))
    assert not says_no_answer(parse_answer("It rained [1]."))
