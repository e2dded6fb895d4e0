"""Neighbouring results read as one passage."""

from hypothesis import given
from hypothesis import strategies as st

from footnote.retrieval.neighbours import merge_neighbours
from footnote.retrieval.search import LegScore, RankedChunk

LEG = LegScore(None, 0.0, 0.5, None)


def result(document: str, ordinal: int, score: float) -> RankedChunk:
    return RankedChunk(f"{document}#{ordinal}", document, ordinal, score, LEG, LEG, "both")


def test_chunks_side_by_side_become_one_passage_in_text_order():
    (passage,) = merge_neighbours([result("d", 4, 0.9), result("d", 3, 0.5)])
    assert passage.chunk_ids == ("d#3", "d#4")
    assert (passage.best_chunk_id, passage.score) == ("d#4", 0.9)


def test_other_documents_and_gaps_stay_apart():
    found = merge_neighbours([result("a", 1, 0.9), result("b", 2, 0.8), result("a", 3, 0.7)])
    assert [p.chunk_ids for p in found] == [("a#1",), ("b#2",), ("a#3",)]


def test_the_better_neighbour_is_taken_when_there_is_room_for_one():
    found = merge_neighbours([result("d", 5, 0.9), result("d", 6, 0.6), result("d", 4, 0.5)], max_chunks=2)
    assert [p.chunk_ids for p in found] == [("d#5", "d#6"), ("d#4",)]


@given(
    st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 9), st.floats(0, 1)), unique_by=lambda r: r[:2]),
    st.integers(1, 4),
)
def test_every_result_is_in_exactly_one_passage(rows: list[tuple[str, int, float]], most: int):
    results = sorted((result(*row) for row in rows), key=lambda r: -r.score)
    passages = merge_neighbours(results, max_chunks=most)
    merged = [chunk for passage in passages for chunk in passage.chunk_ids]
    assert sorted(merged) == sorted(r.chunk_id for r in results)
    assert all(len(passage.chunk_ids) <= most for passage in passages)
    assert [p.score for p in passages] == sorted((p.score for p in passages), reverse=True)
