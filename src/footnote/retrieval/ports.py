"""What retrieval needs from outside: an embedder and a search index; and the shapes that cross those borders.

The index is a cache of the relational database: it holds what is needed to *find* a chunk and never what is shown.
Texts come in analysed words by `retrieval.analysis`, the same on every index, so that two indexes rank alike.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
import numpy.typing as npt

Vector = npt.NDArray[np.float32]

PASSAGE_REACH = 2
"""Chunks on each side of a chunk that are read with it by the keyword leg."""


@dataclass(frozen=True, slots=True)
class EmbedderIdentity:
    """Which embedder made a vector; vectors of different identities never meet in one index.

    variant: weights, precision and pooling, in one word that changes whenever a vector would.
    max_tokens: the longest input in the embedder's own tokens, its special tokens included.
    """

    name: str
    variant: str
    dimensions: int
    max_tokens: int

    @property
    def key(self) -> str:
        """One word for storing beside vectors."""
        return f"{self.name}/{self.variant}/{self.dimensions}"


def no_vector(embedder: str) -> Vector:
    """Return float32[D] of zeros, which stands for a vector that an index's embedder, given by its key, never made.

    An index with such entries is searched by words only.
    """
    return np.zeros(int(embedder.rpartition("/")[2]), dtype=np.float32)


class TokenCounter(Protocol):
    """Counts an embedder's tokens."""

    def __call__(self, texts: Sequence[str]) -> list[int]:
        """Return the tokens of each text, special tokens not included. Keep texts short: paragraphs, not books."""
        ...


class Embedder(Protocol):
    """Turns texts into unit vectors; each text on its own, so that a vector is a function of its text only."""

    @property
    def identity(self) -> EmbedderIdentity:
        """Which vectors this embedder makes."""
        ...

    @property
    def special_tokens(self) -> int:
        """Tokens the model adds to every text, to be left free below `identity.max_tokens`."""
        ...

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Return the tokens of each text, special tokens not included; a `TokenCounter`."""
        ...

    async def embed_query(self, text: str) -> Vector:
        """Return float32[D], length 1. A text over the limit is cut at the limit. Unavailable if the model is."""
        ...

    async def embed_passages(self, texts: Sequence[str]) -> Vector:
        """Return float32[N, D], rows of length 1, in the order given. InvalidInput if a text exceeds the limit."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class IndexEntry:
    """One chunk as the index sees it.

    ordinal: the chunk's place in its version, from 0.
    language: ISO 639-1 code, or None when unknown; it chooses stemmer and stop words.
    title, heading: of the document, and the heading path above the chunk; both count more than the body's words.
    vector: float32[D] of length 1; all zero for a chunk that the index's embedder has not seen (see `no_vector`).
    """

    chunk_id: str
    document_id: str
    version_id: str
    collection_id: str
    ordinal: int
    title: str
    heading: str
    body: str
    vector: Vector
    language: str | None = None
    media_type: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class IndexChange:
    """One atomic change, applied at most once for its id.

    Order inside a change: removals, moves, then upserts (an upsert replaces the entry of the same chunk id).
    moves: document id -> the collection it now belongs to.
    """

    change_id: str
    upserts: Sequence[IndexEntry] = ()
    remove_document_ids: Sequence[str] = ()
    remove_version_ids: Sequence[str] = ()
    moves: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SearchFilter:
    """What may be found; None means no restriction, an empty set means nothing at all."""

    collection_ids: frozenset[str] | None = None
    document_ids: frozenset[str] | None = None
    languages: frozenset[str] | None = None
    media_types: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class QueryTerm:
    """One word of a question: its analysed forms (one per language tried; the best one counts) and its weight."""

    forms: tuple[str, ...]
    weight: float = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class SearchRequest:
    """One search of both legs.

    vector: float32[D] of length 1 for the dense leg, or None to leave it out.
    terms: for the keyword leg; none leave it out.
    phrases: each must occur in a found chunk, word by word, whatever the leg.
    candidates_per_leg: how many of each leg's best are returned, at least 1.
    dense_nearby_share, keyword_nearby_share: how much of `Candidate.*_nearby` is added to a chunk's own score when the
        legs choose their best. An index that does not know neighbours ignores them.
    """

    terms: Sequence[QueryTerm] = ()
    phrases: Sequence[Sequence[QueryTerm]] = ()
    vector: Vector | None = None
    filter: SearchFilter = SearchFilter()
    candidates_per_leg: int = 100
    dense_nearby_share: float = 0.0
    keyword_nearby_share: float = 0.0


@dataclass(frozen=True, slots=True)
class Candidate:
    """A chunk found by at least one leg, with its raw score in each.

    dense: cosine in [-1, 1]; keyword: BM25, 0 when no word occurs. None: the index cannot tell, because the chunk was
    found by the other leg only and this index does not complete scores, or because the leg was left out.
    dense_rank, keyword_rank: place in the leg's own list, from 1; None when not among its `candidates_per_leg`.
    dense_nearby: mean cosine of the chunks just before and after in the same version; the own stands in for a missing
        one. keyword_nearby: BM25 of the passage, which is the chunk with up to `PASSAGE_REACH` chunks on each side.
        None: as above, or the index does not know neighbours.
    """

    chunk_id: str
    document_id: str
    ordinal: int
    dense: float | None
    keyword: float | None
    dense_rank: int | None
    keyword_rank: int | None
    dense_nearby: float | None = None
    keyword_nearby: float | None = None


@dataclass(frozen=True, slots=True)
class IndexStatus:
    """What one organisation's index of one version holds.

    languages: entries by language code; "" stands for unknown.
    is_outdated: written by an older analysis of words: still searched, to be rebuilt.
    """

    entries: int
    documents: int
    languages: Mapping[str, int]
    applied_changes: int
    size_bytes: int
    is_outdated: bool = False


class SearchIndex(Protocol):
    """Finds chunks by meaning and by word, per organisation and index version.

    Statistics of words are per organisation and version: nothing of one organisation changes a score of another.
    Implementations may be approximate on the dense leg; they say so in their registry entry.
    """

    async def apply(self, organisation_id: str, index_version: str, change: IndexChange) -> bool:
        """Apply a change and its id in one transaction; return False, doing nothing, if the id was applied before."""
        ...

    async def search(self, organisation_id: str, index_version: str, request: SearchRequest) -> list[Candidate]:
        """Return the union of both legs' best, ordered by chunk id; nothing where the index does not exist yet."""
        ...

    async def count(self, organisation_id: str, index_version: str, only: SearchFilter | None = None) -> int:
        """Return the number of entries that pass the filter."""
        ...

    async def forget_changes(self, organisation_id: str, index_version: str) -> None:
        """Drop the ids of all changes applied so far: the caller has noted that none of them is ever sent again."""
        ...

    async def status(self, organisation_id: str, index_version: str) -> IndexStatus:
        """Return what the index holds; all zero where it does not exist."""
        ...

    async def languages(self, organisation_id: str, index_version: str) -> Mapping[str, int]:
        """Return the number of entries by language code, "" for unknown; cheap enough for every search."""
        ...

    async def drop(self, organisation_id: str, index_version: str) -> None:
        """Remove the index and everything in it, from disk too; nothing happens where it does not exist."""
        ...

    async def close(self) -> None:
        """Let go of files and threads; the index cannot be used afterwards."""
        ...
