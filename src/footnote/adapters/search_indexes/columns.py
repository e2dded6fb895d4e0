"""Columns of an index in memory."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from footnote.adapters.search_indexes.postings import Counts, Hashes, Slots
from footnote.retrieval.ports import Vector

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Codes:
    """A column of few distinct words as small integers; `names` maps a word to its integer."""

    names: Mapping[str, int]
    values: npt.NDArray[np.int32]

    def extended(self, words: Sequence[str]) -> "Codes":
        """Return the column with more entries."""
        names = dict(self.names)
        new = np.array([names.setdefault(word, len(names)) for word in words], dtype=np.int32)
        return Codes(names, np.concatenate([self.values, new]))

    def moved(self, where: Mask, word: str) -> "Codes":
        """Return the column with some entries set to another word."""
        names = dict(self.names)
        values = self.values.copy()
        values[where] = names.setdefault(word, len(names))
        return Codes(names, values)

    def among(self, words: frozenset[str]) -> Mask:
        """Return which entries hold one of the words."""
        chosen = np.zeros(len(self.names) + 1, dtype=np.bool_)
        chosen[[self.names[word] for word in words if word in self.names]] = True
        return chosen[self.values]

    def taken(self, slots: Slots) -> "Codes":
        """Return the column of some entries."""
        return Codes(self.names, self.values[slots])


NO_CODES = Codes({}, np.zeros(0, np.int32))


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """Entries to append, column by column; the last three describe their words as in `postings.Segment`.

    word_rows: which of these entries (from 0) a hash belongs to.
    """

    row_ids: Sequence[int]
    chunk_ids: Sequence[str]
    document_ids: Sequence[str]
    version_ids: Sequence[str]
    collection_ids: Sequence[str]
    languages: Sequence[str]
    media_types: Sequence[str]
    ordinals: Sequence[int]
    lengths: Sequence[float]
    vectors: Vector
    hashes: Hashes
    word_rows: Slots
    counts: Counts
