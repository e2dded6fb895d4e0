"""Neighbouring results read as one passage."""

from hypothesis import given
from hypothesis import strategies as st

from footnote.kit.geometry import Span
from footnote.retrieval.neighbours import MAX_PASSAGE_CHARACTERS, MAX_SCORE_DISTANCE, FoundPlace, covering, neighbouring

WIDTH = 480


def place(stretch: str, ordinal: int, score: float = 0.9, width: int = WIDTH) -> FoundPlace:
    return FoundPlace(stretch, ordinal, Span(ordinal * width, (ordinal + 1) * width), score)


def test_chunks_side_by_side_become_one_passage_in_text_order():
    assert neighbouring([place("d", 4), place("d", 3, 0.88)]) == [[1, 0]]


def test_other_stretches_and_gaps_stay_apart():
    assert neighbouring([place("a", 1), place("b", 2), place("a", 3)]) == [[0], [1], [2]]


def test_a_much_weaker_neighbour_does_not_borrow_the_better_ones_score():
    assert neighbouring([place("d", 4, 0.9), place("d", 5, 0.9 - 2 * MAX_SCORE_DISTANCE)]) == [[0], [1]]


def test_the_better_neighbour_is_taken_when_there_is_room_for_one():
    half = MAX_PASSAGE_CHARACTERS // 2
    found = [place("d", 5, 0.9, half), place("d", 6, 0.89, half), place("d", 4, 0.88, half)]
    assert neighbouring(found) == [[0, 1], [2]]


def test_a_chunk_beyond_the_ceiling_stays_alone():
    long = 2 * MAX_PASSAGE_CHARACTERS
    assert neighbouring([place("d", 0, 0.9, long), place("d", 1, 0.9, long)]) == [[0], [1]]


@given(
    st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 9), st.floats(0, 1)), unique_by=lambda r: r[:2]),
    st.integers(1, 1_500),
)
def test_every_result_is_in_exactly_one_passage_within_the_ceiling(rows: list[tuple[str, int, float]], width: int):
    found = sorted((place(*row, width) for row in rows), key=lambda p: -p.score)
    groups = neighbouring(found)
    assert sorted(member for group in groups for member in group) == list(range(len(found)))
    for group in groups:
        span = covering([found[member].span for member in group])
        assert span.end - span.start <= max(MAX_PASSAGE_CHARACTERS, width)
        ordinals = [found[member].ordinal for member in group]
        assert ordinals == list(range(ordinals[0], ordinals[0] + len(group)))
    best = [max(found[member].score for member in group) for group in groups]
    assert best == sorted(best, reverse=True)
