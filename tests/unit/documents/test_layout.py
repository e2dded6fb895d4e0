"""From a span of a version's text to boxes on its pages, and the compact form in which words are kept."""

from hypothesis import given
from hypothesis import strategies as st

from footnote.documents.layout import PlacedWord, boxes_for_span, decode_words, encode_words
from footnote.kit.geometry import Box, PageBox, Span


def _word(start: int, end: int, line: int, x: float, y: float) -> PlacedWord:
    return PlacedWord(start, end, line, Box(x, y, x + 6 * (end - start), y + 11))


WORDS = (_word(0, 3, 0, 72, 200), _word(4, 7, 0, 96, 200), _word(8, 13, 1, 72, 214), _word(14, 18, 1, 108, 214))


def test_words_of_one_printed_line_make_one_box() -> None:
    assert boxes_for_span({7: WORDS}, Span(4, 13)) == (PageBox(7, 96, 200, 114, 211), PageBox(7, 72, 214, 102, 225))


def test_a_word_that_is_touched_in_part_is_boxed_whole() -> None:
    assert boxes_for_span({7: WORDS}, Span(5, 6)) == (PageBox(7, 96, 200, 114, 211),)


def test_an_empty_span_and_one_between_words_have_no_box() -> None:
    assert boxes_for_span({7: WORDS}, Span(5, 5)) == ()
    assert boxes_for_span({7: WORDS}, Span(3, 4)) == ()


def test_a_span_over_two_pages_has_boxes_on_both_in_order() -> None:
    later = (_word(19, 22, 2, 72, 60),)
    assert [box.page for box in boxes_for_span({2: later, 1: WORDS}, Span(14, 22))] == [1, 2]


@given(st.lists(st.tuples(st.integers(0, 9), st.floats(0, 600, width=16), st.floats(0, 800, width=16)), max_size=30))
def test_stored_words_come_back_with_their_spans_and_boxes_to_a_hundredth(places: list[tuple[int, float, float]]) -> None:
    words = [_word(i * 10, i * 10 + 5, line, round(x, 2), round(y, 2)) for i, (line, x, y) in enumerate(places)]
    back = decode_words(encode_words(words))
    assert [(w.start, w.end, w.line) for w in back] == [(w.start, w.end, w.line) for w in words]
    assert all(abs(a.box.x0 - b.box.x0) < 0.01 and abs(a.box.y1 - b.box.y1) < 0.01 for a, b in zip(back, words, strict=True))
