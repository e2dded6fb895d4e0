"""Which entries hold a word and how often, as sorted arrays: small, immutable, appended to and merged.

A word is known by a 64-bit hash, so no vocabulary is kept. A slot is an entry's place in memory.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

Hashes = npt.NDArray[np.uint64]
Slots = npt.NDArray[np.int32]
Counts = npt.NDArray[np.float32]


@lru_cache(maxsize=200_000)
def word_hash(word: str) -> int:
    """Return the word's hash, the same in every process and on every machine."""
    return int.from_bytes(hashlib.blake2b(word.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")


@dataclass(frozen=True, slots=True, eq=False)
class Segment:
    """The words of a run of entries.

    hashes: uint64[W], ascending, each once. starts: int64[W + 1], where each word's entries begin in the next two.
    slots: int32[P]. counts: float32[P], the word's occurrences weighted by field.
    """

    hashes: Hashes
    starts: npt.NDArray[np.int64]
    slots: Slots
    counts: Counts

    def find(self, word: int) -> tuple[Slots, Counts] | None:
        """Return the entries that hold the word, and how often; None if there are none."""
        place = int(np.searchsorted(self.hashes, np.uint64(word)))
        if place >= len(self.hashes) or int(self.hashes[place]) != word:
            return None
        start, end = self.starts[place], self.starts[place + 1]
        return self.slots[start:end], self.counts[start:end]

    @property
    def size_bytes(self) -> int:
        """Memory taken."""
        return self.hashes.nbytes + self.starts.nbytes + self.slots.nbytes + self.counts.nbytes


def segment_of(hashes: Hashes, slots: Slots, counts: Counts) -> Segment:
    """Sort triples (word, slot, count) into a segment; each (word, slot) must be there once."""
    order = np.argsort(hashes, kind="stable")
    ordered = hashes[order]
    fresh = np.ones(len(ordered), dtype=np.bool_)
    fresh[1:] = ordered[1:] != ordered[:-1]
    starts = np.append(np.flatnonzero(fresh), len(ordered)).astype(np.int64)
    return Segment(ordered[fresh], starts, slots[order], counts[order])


def merged(segments: Sequence[Segment], slot_map: Slots | None = None) -> Segment:
    """Return one segment for many. slot_map: old slot -> new slot, -1 for entries that are gone.

    Nothing is sorted but the words: what a word's entries are in one segment is copied as a run, segment after segment.
    """
    if slot_map is not None:
        segments = [_moved(segment, slot_map) for segment in segments]
    hashes = np.unique(np.concatenate([s.hashes for s in segments]))
    places = [np.searchsorted(hashes, s.hashes) for s in segments]
    sizes = np.zeros(len(hashes), dtype=np.int64)
    for segment, place in zip(segments, places, strict=True):
        sizes[place] += np.diff(segment.starts)
    starts = np.concatenate([np.zeros(1, np.int64), np.cumsum(sizes)])
    slots, counts = np.empty(starts[-1], np.int32), np.empty(starts[-1], np.float32)
    free = starts[:-1].copy()
    for segment, place in zip(segments, places, strict=True):
        runs = np.diff(segment.starts)
        target = np.repeat(free[place] - segment.starts[:-1], runs)
        target += np.arange(len(target))
        slots[target], counts[target] = segment.slots, segment.counts
        free[place] += runs
    return Segment(hashes, starts, slots, counts)


def _moved(segment: Segment, slot_map: Slots) -> Segment:
    """Return the segment with its entries in their new slots; those that are gone leave, and words left without any."""
    slots = slot_map[segment.slots]
    kept = slots >= 0
    starts = np.concatenate([np.zeros(1, np.int64), np.cumsum(kept)])[segment.starts]
    is_used = np.diff(starts) > 0
    return Segment(
        segment.hashes[is_used], np.append(starts[:-1][is_used], starts[-1]), slots[kept], segment.counts[kept]
    )


def appended(segments: tuple[Segment, ...], new: Segment) -> tuple[Segment, ...]:
    """Add a segment, merging from the right while a neighbour is not much larger, so that few are left."""
    stack = [*segments, new]
    while len(stack) > 1 and len(stack[-2].slots) <= 2 * len(stack[-1].slots):
        stack[-2:] = [merged(stack[-2:])]
    return tuple(stack)


def find_all(segments: Sequence[Segment], forms: Sequence[str]) -> Iterator[tuple[Slots, Counts]]:
    """Yield, form by form and segment by segment, the entries that hold it."""
    for form in forms:
        word = word_hash(form)
        for segment in segments:
            found = segment.find(word)
            if found is not None:
                yield found
