"""One organisation's index in memory: exact cosine over all vectors and BM25 over all words, as an immutable picture.

A search works on one picture while the next one is made beside it; rows and words are appended and tombstoned, never
reloaded. Vectors lie in blocks that two pictures share.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from footnote.adapters.search_indexes.columns import NO_CODES, Codes, Mask, Rows
from footnote.adapters.search_indexes.passages import spread, spread_along
from footnote.adapters.search_indexes.postings import (
    Counts,
    Segment,
    Slots,
    appended,
    find_all,
    merged,
    segment_of,
)
from footnote.retrieval import bm25
from footnote.retrieval.ports import QueryTerm, SearchFilter, Vector

BLOCK_ROWS = 8_192
_SPARSE_BELOW = 50
"""A word in fewer than one of so many entries is spread entry by entry."""
_SHARED_FROM_BLOCKS = 4
"""From so many blocks on, handing some to other threads costs less than it saves."""
_GATHER_BELOW = 0.04
"""Below this share of allowed entries, copying their vectors costs less than scoring all."""


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """All entries of one index at one moment; slot = place in every column, dead ones included.

    before, after: slot of the neighbour in the same version, or the own slot where there is none.
    passage_lengths: words of an entry and up to `PASSAGE_REACH` neighbours on each side.
    runs: float32[size - 1], 1 where a slot follows the one before it in its version, else 0; None when neighbours do
        not lie side by side.
    """

    dimensions: int
    size: int = 0
    blocks: tuple[Vector, ...] = ()
    segments: tuple[Segment, ...] = ()
    alive: Mask = field(default_factory=lambda: np.zeros(0, np.bool_))
    row_ids: npt.NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    chunk_ids: list[str] = field(default_factory=list)
    ordinals: npt.NDArray[np.int32] = field(default_factory=lambda: np.zeros(0, np.int32))
    lengths: Counts = field(default_factory=lambda: np.zeros(0, np.float32))
    documents: Codes = NO_CODES
    document_names: tuple[str, ...] = ()
    before: Slots = field(default_factory=lambda: np.zeros(0, np.int32))
    after: Slots = field(default_factory=lambda: np.zeros(0, np.int32))
    passage_lengths: Counts = field(default_factory=lambda: np.zeros(0, np.float32))
    runs: Counts | None = None
    versions: Codes = NO_CODES
    collections: Codes = NO_CODES
    languages: Codes = NO_CODES
    media_types: Codes = NO_CODES

    @property
    def size_bytes(self) -> int:
        """Memory taken, roughly: arrays exactly, strings by estimate."""
        arrays = sum(b.nbytes for b in self.blocks) + sum(s.size_bytes for s in self.segments)
        return arrays + self.size * 140

    def allowed(self, only: SearchFilter) -> Mask:
        """Return which entries are alive and pass the filter."""
        mask = self.alive
        for column, words in (
            (self.collections, only.collection_ids),
            (self.documents, only.document_ids),
            (self.languages, only.languages),
            (self.media_types, only.media_types),
        ):
            if words is not None:
                mask = mask & column.among(words)
        return mask

    def cosines(self, query: Vector, allowed: Mask, helpers: Executor | None = None) -> Vector:
        """Return float32[size]: the cosine of each allowed entry and its neighbours; others may hold anything.

        helpers: threads that share the work when it is large; numpy works without holding the interpreter.
        """
        scores = np.zeros(self.size, dtype=np.float32)
        # One dot product a row, each by itself: twice as fast here as the matrix product, whose threads would spin, and
        # a row's score does not depend on where it lies.
        if np.count_nonzero(allowed) < _GATHER_BELOW * self.size:
            needed = allowed.copy()
            needed[self.before[allowed]] = True
            needed[self.after[allowed]] = True
            for slot in np.flatnonzero(needed):
                scores[slot] = np.vecdot(self.blocks[slot // BLOCK_ROWS][slot % BLOCK_ROWS], query)
            return scores

        def score(start: int) -> None:
            end = min(start + BLOCK_ROWS, self.size)
            np.vecdot(self.blocks[start // BLOCK_ROWS][: end - start], query, out=scores[start:end])

        starts = range(0, self.size, BLOCK_ROWS)
        if helpers is not None and len(starts) >= _SHARED_FROM_BLOCKS:
            deque(helpers.map(score, starts), maxlen=0)
        else:
            for start in starts:
                score(start)
        return scores

    def keyword_scores(self, terms: Sequence[QueryTerm]) -> tuple[Vector, Vector]:
        """Return float32[size] twice: BM25 of each entry for the words, and of the passage around it.

        Statistics are over living entries only. Passages take an entry's neighbours together, so that words of one
        thought that a cut has parted still count as one.
        """
        own = np.zeros(self.size, dtype=np.float32)
        passage = np.zeros(self.size, dtype=np.float32)
        living = int(np.count_nonzero(self.alive))
        if not living:
            return own, passage
        saturation = self._saturation(self.lengths)
        passage_saturation = self._saturation(self.passage_lengths)
        for weight, slots, counts in self._telling(terms, living):
            own[slots] += weight * counts / (counts + saturation[slots])
            if len(slots) * _SPARSE_BELOW < self.size or self.runs is None:
                total = spread(slots, counts, self.before, self.after)
                touched = np.flatnonzero(total)
                total = total[touched]
                passage[touched] += weight * total / (total + passage_saturation[touched])
            else:
                total = spread_along(slots, counts, self.runs)
                passage += weight * (total / (total + passage_saturation))
        return own, passage

    def _telling(self, terms: Sequence[QueryTerm], living: int) -> Iterator[tuple[np.float32, Slots, Counts]]:
        """Yield weight and living entries of each word that tells something beside the most telling one."""
        found = []
        for term in terms:
            slots, counts = self._entries_with(term)
            if living < self.size:
                is_alive = self.alive[slots]
                slots, counts = slots[is_alive], counts[is_alive]
            if len(slots):
                found.append((term.weight * bm25.idf(living, len(slots)) * (bm25.K1 + 1), slots, counts))
        least = bm25.NEGLIGIBLE * max((weight for weight, _, _ in found), default=0.0)
        for weight, slots, counts in found:
            if weight >= least:
                yield np.float32(weight), slots, counts

    def _saturation(self, lengths: Counts) -> Counts:
        mean = float(lengths[self.alive].mean()) or 1.0
        return (bm25.K1 * (1 - bm25.B + bm25.B * lengths / mean)).astype(np.float32)

    def language_counts(self) -> dict[str, int]:
        """Return living entries by language."""
        counts = np.bincount(self.languages.values[self.alive], minlength=len(self.languages.names))
        return {name: int(counts[code]) for name, code in self.languages.names.items() if counts[code]}

    def nearby(self, scores: Vector) -> Vector:
        """Return float32[size]: the mean score of each entry's two neighbours, itself standing in for a missing one."""
        return (scores[self.before] + scores[self.after]) * np.float32(0.5)

    def holding(self, terms: Sequence[QueryTerm]) -> Mask:
        """Return which entries hold every one of the terms."""
        mask = self.alive.copy()
        for term in terms:
            present = np.zeros(self.size, dtype=np.bool_)
            present[self._entries_with(term)[0]] = True
            mask &= present
        return mask

    def _entries_with(self, term: QueryTerm) -> tuple[Slots, Counts]:
        found = list(find_all(self.segments, term.forms))
        if not found:
            return np.zeros(0, np.int32), np.zeros(0, np.float32)
        if len(found) == 1:
            return found[0]
        slots = np.concatenate([slots for slots, _ in found])
        counts = np.concatenate([counts for _, counts in found])
        if len(term.forms) == 1:
            return slots, counts
        # An entry that holds two forms of the same word counts the more frequent one.
        unique, inverse = np.unique(slots, return_inverse=True)
        best = np.zeros(len(unique), dtype=np.float32)
        np.maximum.at(best, inverse, counts)
        return unique, best

    def slots_of(self, row_ids: Sequence[int]) -> Mask:
        """Return which entries have one of the row ids; row ids rise with the slots."""
        where = np.zeros(self.size, dtype=np.bool_)
        places = np.searchsorted(self.row_ids, np.array(row_ids, np.int64))
        where[places[places < self.size]] = True
        return where

    def with_rows(self, rows: Rows) -> "Picture":
        """Return the picture with entries appended; to be called on the newest picture only, once.

        Blocks and chunk ids are shared with the older pictures, which never look beyond their own size.
        """
        if not rows.chunk_ids:
            return self
        self.chunk_ids.extend(rows.chunk_ids)
        new = segment_of(rows.hashes, (rows.word_rows + self.size).astype(np.int32), rows.counts)
        documents = self.documents.extended(rows.document_ids)
        return replace(
            self,
            size=self.size + len(rows.chunk_ids),
            blocks=_filled(self.blocks, self.size, rows.vectors),
            segments=appended(self.segments, new),
            alive=np.concatenate([self.alive, np.ones(len(rows.chunk_ids), np.bool_)]),
            row_ids=np.concatenate([self.row_ids, np.array(rows.row_ids, np.int64)]),
            chunk_ids=self.chunk_ids,
            ordinals=np.concatenate([self.ordinals, np.array(rows.ordinals, np.int32)]),
            lengths=np.concatenate([self.lengths, np.array(rows.lengths, np.float32)]),
            documents=documents,
            document_names=tuple(documents.names),
            versions=self.versions.extended(rows.version_ids),
            collections=self.collections.extended(rows.collection_ids),
            languages=self.languages.extended(rows.languages),
            media_types=self.media_types.extended(rows.media_types),
        ).linked()

    def without(self, gone: Mask) -> "Picture":
        """Return the picture with some entries dead."""
        return replace(self, alive=self.alive & ~gone).linked() if gone.any() else self

    def moved(self, document_id: str, collection_id: str) -> "Picture":
        """Return the picture with a document's entries in another collection."""
        where = self.documents.among(frozenset((document_id,)))
        return replace(self, collections=self.collections.moved(where, collection_id)) if where.any() else self

    def compacted(self) -> "Picture":
        """Return the same picture without its dead entries."""
        slots = np.flatnonzero(self.alive).astype(np.int32)
        slot_map = np.full(self.size, -1, dtype=np.int32)
        slot_map[slots] = np.arange(len(slots), dtype=np.int32)
        empty = Picture(self.dimensions)
        for start in range(0, len(slots), BLOCK_ROWS):
            part = slots[start : start + BLOCK_ROWS]
            rows = np.stack([self.blocks[s // BLOCK_ROWS][s % BLOCK_ROWS] for s in part])
            empty = replace(empty, blocks=_filled(empty.blocks, empty.size, rows), size=empty.size + len(part))
        return replace(
            empty,
            segments=(merged(self.segments, slot_map),) if self.segments else (),
            alive=np.ones(len(slots), np.bool_),
            row_ids=self.row_ids[slots],
            chunk_ids=[self.chunk_ids[s] for s in slots],
            ordinals=self.ordinals[slots],
            lengths=self.lengths[slots],
            documents=self.documents.taken(slots),
            document_names=self.document_names,
            versions=self.versions.taken(slots),
            collections=self.collections.taken(slots),
            languages=self.languages.taken(slots),
            media_types=self.media_types.taken(slots),
        ).linked()

    def linked(self) -> "Picture":
        """Return the picture with neighbours found anew."""
        own = np.arange(self.size, dtype=np.int32)
        before, after = own.copy(), own.copy()
        keys = (self.versions.values.astype(np.int64) << 32) + self.ordinals
        living = np.flatnonzero(self.alive)
        order = living[np.argsort(keys[living], kind="stable")]
        adjacent = np.flatnonzero(np.diff(keys[order]) == 1)
        after[order[adjacent]] = order[adjacent + 1]
        before[order[adjacent + 1]] = order[adjacent]
        lengths = spread(living.astype(np.int32), self.lengths[living], before, after)
        is_run = before[1:] == own[:-1]
        in_order = bool(np.all(is_run | (before[1:] == own[1:])))
        runs = is_run.astype(np.float32) if in_order else None
        return replace(self, before=before, after=after, passage_lengths=lengths, runs=runs)


def _filled(blocks: tuple[Vector, ...], size: int, vectors: Vector) -> tuple[Vector, ...]:
    """Fill the last block and open new ones. Rows beyond `size` are not looked at by older pictures."""
    filled, taken = size, 0
    result = list(blocks)
    while taken < len(vectors):
        room = filled % BLOCK_ROWS
        count = min(BLOCK_ROWS - room, len(vectors) - taken)
        if room == 0:
            result.append(np.zeros((0, vectors.shape[1]), np.float32))
        block = result[-1]
        if len(block) < room + count:
            # Small indexes stay small: a block grows by doubling up to its full size.
            larger = np.zeros((min(BLOCK_ROWS, max(64, 2 * (room + count))), vectors.shape[1]), np.float32)
            larger[:room] = block[:room]
            result[-1] = block = larger
        block[room : room + count] = vectors[taken : taken + count]
        filled += count
        taken += count
    return tuple(result)
