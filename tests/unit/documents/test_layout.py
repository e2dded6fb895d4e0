"""Words as they are stored, and boxes for spans."""

from hypothesis import given
from hypothesis import strategies as st

from footnote.documents.layout import PlacedWord, boxes_for_span, decode_words, encode_words
from footnote.kit.geometry import Box, Span

COORDINATES = st.integers(0, 100_000).map(lambda value: value / 100)


@st.composite
def _page(draw: st.DrawFn) -> list[PlacedWord]:
    words: list[PlacedWord] = []
    position = draw(st.integers(0, 5))
    for _ in range(draw(st.integers(0, 30))):
        end = position + draw(st.integers(1, 12))
        x0, y0 = draw(COORDINATES), draw(COORDINATES)
        box = Box(x0, y0, x0 + draw(st.integers(1, 5_000)) / 100, y0 + 10)
        words.append(PlacedWord(position, end, draw(st.integers(0, 5)) + (words[-1].line if words else 0), box))
        position = end + draw(st.integers(0, 3))
    return words


@given(_page())
def test_stored_words_come_back_to_a_hundredth_of_a_point(words: list[PlacedWord]) -> None:
    back = decode_words(encode_words(words))
    assert [(word.start, word.end, word.line) for word in back] == [(word.start, word.end, word.line) for word in words]
    for word, stored in zip(words, back, strict=True):
        assert abs(word.box.x1 - stored.box.x1) < 0.006


@given(_page(), st.integers(0, 400), st.integers(1, 60))
def test_the_boxes_of_a_span_hold_the_words_it_touches_and_no_line_it_does_not(
    words: list[PlacedWord], start: int, length: int
) -> None:
    span = Span(start, start + length)
    touched = [word for word in words if word.start < span.end and word.end > span.start]
    boxes = boxes_for_span({3: words}, span)
    assert len(boxes) == len({word.line for word in touched})
    assert all(box.page == 3 for box in boxes)
    for word in touched:
        assert any(
            box.x0 <= word.box.x0 and word.box.x1 <= box.x1 and box.y0 <= word.box.y0 and word.box.y1 <= box.y1
            for box in boxes
        )


def test_a_span_over_two_pages_has_boxes_on_both_in_order() -> None:
    first = [PlacedWord(0, 4, 0, Box(10, 700, 30, 712))]
    second = [PlacedWord(5, 9, 0, Box(10, 50, 30, 62))]
    assert [box.page for box in boxes_for_span({2: second, 1: first}, Span(0, 9))] == [1, 2]
