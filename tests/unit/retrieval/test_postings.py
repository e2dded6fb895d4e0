"""The inverted index in memory: however it came together, a word finds the same entries."""

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from footnote.adapters.search_indexes.postings import Segment, appended, merged, segment_of

Entry = dict[int, float]
"""Hash of a word -> its count."""

entries = st.dictionaries(st.integers(0, 12), st.integers(1, 9).map(float), max_size=6)
batches = st.lists(st.lists(entries, min_size=1, max_size=6), min_size=1, max_size=6)


def _segments(written: list[list[Entry]]) -> list[Segment]:
    """Return one segment a batch; slots rise from batch to batch."""
    made, slot = [], 0
    for batch in written:
        triples = [(word, slot + i, count) for i, entry in enumerate(batch) for word, count in entry.items()]
        columns = list(zip(*triples, strict=True)) or [(), (), ()]
        made.append(
            segment_of(
                np.array(columns[0], np.uint64), np.array(columns[1], np.int32), np.array(columns[2], np.float32)
            )
        )
        slot += len(batch)
    return made


def _as_dict(segment: Segment) -> dict[int, list[tuple[int, float]]]:
    return {
        int(word): list(zip(segment.slots[a:b].tolist(), segment.counts[a:b].tolist(), strict=True))
        for word, (a, b) in zip(segment.hashes, pairwise(segment.starts), strict=True)
    }


def _expected(written: list[list[Entry]], new_slots: dict[int, int]) -> dict[int, list[tuple[int, float]]]:
    found: dict[int, list[tuple[int, float]]] = {}
    for slot, entry in enumerate(entry for batch in written for entry in batch):
        for word, count in entry.items():
            if slot in new_slots:
                found.setdefault(word, []).append((new_slots[slot], count))
    return found


@given(batches)
def test_one_segment_holds_what_many_held(written: list[list[Entry]]) -> None:
    whole = merged(_segments(written))

    size = sum(len(batch) for batch in written)
    assert _as_dict(whole) == _expected(written, {slot: slot for slot in range(size)})
    assert whole.hashes.tolist() == sorted(set(whole.hashes.tolist()))


@given(batches, st.data())
def test_entries_that_are_gone_leave_no_word_behind(written: list[list[Entry]], data: st.DataObject) -> None:
    size = sum(len(batch) for batch in written)
    kept = sorted(data.draw(st.sets(st.integers(0, size - 1))))
    slot_map = np.full(size, -1, np.int32)
    slot_map[kept] = np.arange(len(kept), dtype=np.int32)

    whole = merged(_segments(written), slot_map)

    assert _as_dict(whole) == _expected(written, {old: new for new, old in enumerate(kept)})


@given(batches)
def test_few_segments_are_left_and_each_is_much_larger_than_the_next(written: list[list[Entry]]) -> None:
    segments: tuple[Segment, ...] = ()
    for segment in _segments(written):
        segments = appended(segments, segment)

    assert all(len(left.slots) > 2 * len(right.slots) for left, right in pairwise(segments))
    size = sum(len(batch) for batch in written)
    assert _as_dict(merged(segments)) == _expected(written, {slot: slot for slot in range(size)})
