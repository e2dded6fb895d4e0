"""The reference index: plain Python, exact, forgets at exit; what every other index is compared with."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from footnote.kit.errors import InvalidInput
from footnote.kit.settings import Settings
from footnote.retrieval import bm25
from footnote.retrieval.ports import (
    PASSAGE_REACH,
    Candidate,
    IndexChange,
    IndexEntry,
    IndexStatus,
    QueryTerm,
    SearchFilter,
    SearchIndex,
    SearchRequest,
    Vector,
)


@dataclass(slots=True)
class _Index:
    entries: dict[str, tuple[IndexEntry, bm25.EntryWords]] = field(default_factory=dict)
    applied: set[str] = field(default_factory=set)


class MemorySearchIndex:
    """`SearchIndex` in dictionaries."""

    def __init__(self) -> None:
        self._indexes: dict[tuple[str, str], _Index] = {}

    async def apply(self, organisation_id: str, index_version: str, change: IndexChange) -> bool:
        index = self._indexes.setdefault((organisation_id, index_version), _Index())
        if change.change_id in index.applied:
            return False
        _require_one_length([*(entry for entry, _ in index.entries.values()), *change.upserts])
        gone = {*change.remove_document_ids}, {*change.remove_version_ids}
        kept = {
            chunk_id: (_moved(entry, change.moves), words)
            for chunk_id, (entry, words) in index.entries.items()
            if entry.document_id not in gone[0] and entry.version_id not in gone[1]
        }
        for entry in change.upserts:
            kept[entry.chunk_id] = (replace(entry, vector=_halved(entry.vector)), bm25.weigh(entry))
        index.entries = kept
        index.applied.add(change.change_id)
        return True

    async def search(self, organisation_id: str, index_version: str, request: SearchRequest) -> list[Candidate]:
        index = self._indexes.get((organisation_id, index_version), _Index())
        allowed = {chunk_id: entry for chunk_id, (entry, _) in index.entries.items() if _passes(entry, request.filter)}
        chosen = {c for c in allowed if all(_holds_phrase(index.entries[c][1], p) for p in request.phrases)}
        dense: dict[str, float] = {}
        if request.vector is not None:
            _require_one_length(allowed.values(), len(request.vector))
            dense = {chunk_id: float(entry.vector @ request.vector) for chunk_id, entry in allowed.items()}
        around = _Passages(index.entries)
        words = {chunk_id: words for chunk_id, (_, words) in index.entries.items()}
        keyword, passage = _bm25(words, around, request.terms)
        nearby = {c: around.mean_of_neighbours(c, index.entries, request.vector) for c in dense}
        dense_ranks = _ranks(
            {c: s + request.dense_nearby_share * nearby[c] for c, s in dense.items() if c in chosen},
            request.candidates_per_leg,
        )
        keyword_ranks = _ranks(
            {c: keyword[c] + request.keyword_nearby_share * passage[c] for c in chosen if keyword[c] > 0},
            request.candidates_per_leg,
        )
        return [
            Candidate(
                chunk_id=chunk_id,
                document_id=allowed[chunk_id].document_id,
                ordinal=allowed[chunk_id].ordinal,
                dense=dense.get(chunk_id),
                keyword=keyword[chunk_id] if request.terms else None,
                dense_rank=dense_ranks.get(chunk_id),
                keyword_rank=keyword_ranks.get(chunk_id),
                dense_nearby=nearby.get(chunk_id),
                keyword_nearby=passage[chunk_id] if request.terms else None,
            )
            for chunk_id in sorted(dense_ranks.keys() | keyword_ranks.keys())
        ]

    async def count(self, organisation_id: str, index_version: str, only: SearchFilter | None = None) -> int:
        index = self._indexes.get((organisation_id, index_version), _Index())
        return sum(_passes(entry, only or SearchFilter()) for entry, _ in index.entries.values())

    async def forget_changes(self, organisation_id: str, index_version: str) -> None:
        self._indexes.get((organisation_id, index_version), _Index()).applied.clear()

    async def status(self, organisation_id: str, index_version: str) -> IndexStatus:
        index = self._indexes.get((organisation_id, index_version), _Index())
        entries = [entry for entry, _ in index.entries.values()]
        languages = Counter(entry.language or "" for entry in entries)
        size = sum(entry.vector.nbytes + len(entry.body) for entry in entries)
        return IndexStatus(
            len(entries), len({e.document_id for e in entries}), dict(languages), len(index.applied), size
        )

    async def languages(self, organisation_id: str, index_version: str) -> Mapping[str, int]:
        return (await self.status(organisation_id, index_version)).languages

    async def drop(self, organisation_id: str, index_version: str) -> None:
        self._indexes.pop((organisation_id, index_version), None)

    async def close(self) -> None:
        self._indexes.clear()


def _halved(vector: Vector) -> Vector:
    # Stored vectors keep what float16 keeps on every index, so that a rebuilt index scores the same.
    return vector.astype(np.float16).astype(np.float32)


def _require_one_length(entries: Collection[IndexEntry], *more: int) -> None:
    lengths = {len(entry.vector) for entry in entries} | set(more)
    if len(lengths) > 1:
        raise InvalidInput("The vectors of one index differ in length.", code="vector_dimensions")


def _moved(entry: IndexEntry, moves: Mapping[str, str]) -> IndexEntry:
    return replace(entry, collection_id=moves.get(entry.document_id, entry.collection_id))


def _passes(entry: IndexEntry, only: SearchFilter) -> bool:
    return all(
        allowed is None or value in allowed
        for value, allowed in (
            (entry.collection_id, only.collection_ids),
            (entry.document_id, only.document_ids),
            (entry.language or "", only.languages),
            (entry.media_type or "", only.media_types),
        )
    )


def _holds_phrase(words: bm25.EntryWords, phrase: Sequence[QueryTerm]) -> bool:
    width = len(phrase)
    return any(
        all(found[start + i] in phrase[i].forms for i in range(width))
        for found in words.fields
        for start in range(len(found) - width + 1)
    )


class _Passages:
    """Which chunks stand around which, in the same version."""

    def __init__(self, entries: Mapping[str, tuple[IndexEntry, bm25.EntryWords]]) -> None:
        self._places = {(entry.version_id, entry.ordinal): chunk_id for chunk_id, (entry, _) in entries.items()}
        self._keys = {chunk_id: (entry.version_id, entry.ordinal) for chunk_id, (entry, _) in entries.items()}

    def neighbour(self, chunk_id: str, step: int) -> str | None:
        version_id, ordinal = self._keys[chunk_id]
        return self._places.get((version_id, ordinal + step))

    def around(self, chunk_id: str) -> list[str]:
        """Return the chunk and its neighbours, up to the first gap on each side."""
        found = [chunk_id]
        for direction in (-1, 1):
            for distance in range(1, PASSAGE_REACH + 1):
                other = self.neighbour(chunk_id, direction * distance)
                if other is None:
                    break
                found.append(other)
        return found

    def mean_of_neighbours(
        self, chunk_id: str, entries: Mapping[str, tuple[IndexEntry, bm25.EntryWords]], query: Vector | None
    ) -> float:
        if query is None:
            return 0.0
        both = (self.neighbour(chunk_id, -1) or chunk_id, self.neighbour(chunk_id, 1) or chunk_id)
        return sum(float(entries[other][0].vector @ query) for other in both) / 2


def _bm25(
    entries: Mapping[str, bm25.EntryWords], around: _Passages, terms: Sequence[QueryTerm]
) -> tuple[dict[str, float], dict[str, float]]:
    own, passage = dict.fromkeys(entries, 0.0), dict.fromkeys(entries, 0.0)
    if not entries or not terms:
        return own, passage
    lengths = {chunk_id: words.length for chunk_id, words in entries.items()}
    passages = {chunk_id: around.around(chunk_id) for chunk_id in entries}
    passage_lengths = {c: sum(lengths[other] for other in others) for c, others in passages.items()}
    counted = []
    for term in terms:
        counts = {c: max(words.counts.get(form, 0.0) for form in term.forms) for c, words in entries.items()}
        containing = sum(count > 0 for count in counts.values())
        if containing:
            counted.append((term.weight * bm25.idf(len(entries), containing) * (bm25.K1 + 1), counts))
    least = bm25.NEGLIGIBLE * max((weight for weight, _ in counted), default=0.0)
    for weight, counts in counted:
        if weight >= least:
            totals = {c: sum(counts[other] for other in others) for c, others in passages.items()}
            _add(own, counts, lengths, weight)
            _add(passage, totals, passage_lengths, weight)
    return own, passage


def _add(scores: dict[str, float], counts: Mapping[str, float], lengths: Mapping[str, float], weight: float) -> None:
    mean = sum(lengths.values()) / len(lengths) or 1.0
    for chunk_id, count in counts.items():
        saturation = bm25.K1 * (1 - bm25.B + bm25.B * lengths[chunk_id] / mean)
        scores[chunk_id] += weight * count / (count + saturation)


def _ranks(scores: Mapping[str, float], count: int) -> dict[str, int]:
    ordered = sorted(scores, key=lambda chunk_id: (-scores[chunk_id], chunk_id))
    return {chunk_id: rank for rank, chunk_id in enumerate(ordered[:count], start=1)}


def create(settings: Settings) -> SearchIndex:
    """Make an empty index that lives as long as the process; the settings have nothing to say here."""
    del settings
    return MemorySearchIndex()
