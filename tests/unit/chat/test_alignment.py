"""Lining up a draft with its source."""

from hypothesis import given
from hypothesis import strategies as st

from footnote.chat.checking.alignment import align

WORDS = st.lists(st.sampled_from("abcd"), max_size=12)


@given(WORDS, WORDS)
def test_what_is_no_difference_is_equal_on_both_sides(source: list[str], draft: list[str]):
    alignment = align(source, draft)
    left, right = list(source), list(draft)
    for difference in reversed(alignment.differences):
        del left[slice(*difference.source)]
        del right[slice(*difference.draft)]
    assert left == right
    assert len(left) == alignment.matched


def test_words_that_changed_places_are_two_differences():
    found = align(["a", "paid", "b"], ["b", "paid", "a"]).differences
    assert [(d.source, d.draft) for d in found] == [((0, 1), (0, 1)), ((2, 3), (2, 3))]
