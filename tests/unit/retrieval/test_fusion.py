"""Score fusion: what it promises of any scores."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footnote.retrieval.fusion import Distribution, completed, distribution_based_fusion, distribution_of

SCORES = st.dictionaries(
    st.text("abc", min_size=1, max_size=3), st.floats(-50, 50, allow_nan=False), min_size=1, max_size=12
)


def fuse(*legs: dict[str, float], weights: tuple[float, ...] = (0.5, 0.5)) -> list[tuple[str, float]]:
    return distribution_based_fusion(legs, weights, [distribution_of(list(leg.values())) for leg in legs])


def test_a_hit_that_stands_out_in_one_leg_wins_over_lukewarm_agreement():
    knows = {"right": 20.0, **{f"c{i}": 2.0 + i / 100 for i in range(50)}}
    guesses = {"right": 0.30, **{f"c{i}": 0.31 + i / 500 for i in range(50)}}
    assert fuse(guesses, knows)[0][0] == "right"


def test_ties_are_ordered_by_chunk_id():
    assert [chunk for chunk, _ in fuse({"b": 1.0, "a": 1.0}, {"a": 1.0, "b": 1.0})] == ["a", "b"]


def test_a_leg_of_weight_zero_changes_nothing():
    leg, other = {"a": 1.0, "b": 2.0}, {"a": 9.0, "b": -9.0}
    assert [c for c, _ in fuse(leg, other, weights=(1.0, 0.0))] == ["b", "a"]


def test_an_unknown_score_counts_as_the_lowest_known():
    assert completed({"a": 3.0, "b": 1.0}, ["a", "b", "c"]) == {"a": 3.0, "b": 1.0, "c": 1.0}
    assert completed({}, ["a"]) == {"a": 0.0}


@pytest.mark.parametrize("weights", [(0.5, 0.6), (-0.5, 1.5)])
def test_weights_must_be_shares(weights: tuple[float, float]):
    with pytest.raises(ValueError, match="weights"):
        fuse({"a": 1.0}, {"a": 1.0}, weights=weights)


def test_legs_must_score_the_same_chunks():
    with pytest.raises(ValueError, match="same chunks"):
        fuse({"a": 1.0}, {"b": 1.0})
    with pytest.raises(ValueError, match="one length"):
        distribution_based_fusion([{"a": 1.0}], [1.0], [])


@given(SCORES, st.floats(0, 1))
def test_every_chunk_comes_once_with_a_score_between_0_and_1(leg: dict[str, float], weight: float):
    other = {chunk: -score for chunk, score in leg.items()}
    fused = fuse(leg, other, weights=(weight, 1 - weight))
    assert sorted(chunk for chunk, _ in fused) == sorted(leg)
    assert all(0 < score < 1 for _, score in fused)
    assert [score for _, score in fused] == sorted((score for _, score in fused), reverse=True)


@given(SCORES, st.floats(0.01, 100), st.floats(-100, 100))
def test_a_legs_unit_and_origin_do_not_matter(leg: dict[str, float], scale: float, shift: float):
    spread = distribution_of(list(leg.values()))
    moved = distribution_of([score * scale + shift for score in leg.values()])
    if min(spread.deviation, moved.deviation) > 1e-3:
        for score in leg.values():
            assert math.isclose(
                spread.normalised(score), moved.normalised(score * scale + shift), rel_tol=1e-4, abs_tol=1e-4
            )


def test_alike_scores_say_nothing():
    assert distribution_of([0.1 + 0.2, 0.3]).normalised(0.3) == 0.0
    assert distribution_of([]) == Distribution(0.0, 0.0)
