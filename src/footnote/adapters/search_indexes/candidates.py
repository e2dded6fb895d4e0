"""From scores of all entries to the candidates a search returns."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from footnote.adapters.search_indexes.columns import Mask
from footnote.adapters.search_indexes.exact import Picture
from footnote.adapters.search_indexes.postings import Slots
from footnote.retrieval.ports import Candidate, Vector


@dataclass(frozen=True, slots=True, eq=False)
class Leg:
    """One leg's scores of all entries, and of what stands around them; `ranks` are of its best, by slot."""

    own: Vector
    nearby: Vector
    ranks: Mapping[int, int]


def leg(picture: Picture, own: Vector, nearby: Vector, allowed: Mask, *, share: float, count: int) -> Leg:
    """Choose a leg's best by own score and the share of what stands around."""
    combined = own + np.float32(share) * nearby if share else own
    best = best_slots(picture, combined, allowed, count)
    return Leg(own, nearby, {slot: rank for rank, slot in enumerate(best, start=1)})


def candidates(picture: Picture, dense: Leg | None, keyword: Leg | None) -> list[Candidate]:
    """Return the union of both legs' best, each with its true score in both legs, ordered by chunk id."""
    slots = {*(dense.ranks if dense else ()), *(keyword.ranks if keyword else ())}
    found = [
        Candidate(
            chunk_id=picture.chunk_ids[slot],
            document_id=picture.document_names[picture.documents.values[slot]],
            ordinal=int(picture.ordinals[slot]),
            dense=float(dense.own[slot]) if dense else None,
            keyword=float(keyword.own[slot]) if keyword else None,
            dense_rank=dense.ranks.get(slot) if dense else None,
            keyword_rank=keyword.ranks.get(slot) if keyword else None,
            dense_nearby=float(dense.nearby[slot]) if dense else None,
            keyword_nearby=float(keyword.nearby[slot]) if keyword else None,
        )
        for slot in slots
    ]
    return sorted(found, key=lambda candidate: candidate.chunk_id)


def best_slots(picture: Picture, scores: Vector, allowed: Mask, count: int) -> list[int]:
    """Return the best allowed entries, best first, ties by chunk id."""
    slots: Slots = np.flatnonzero(allowed).astype(np.int32)
    if len(slots) > count:
        own = scores[slots]
        # Everything that ties with the last one stays in, so that the chunk id decides and not the place in memory.
        threshold = np.partition(own, len(own) - count)[len(own) - count]
        slots = slots[own >= threshold]
    ordered = sorted(slots.tolist(), key=lambda slot: (-float(scores[slot]), picture.chunk_ids[slot]))
    return ordered[:count]


def phrase_in(field: Sequence[int], places: Sequence[Collection[int]]) -> bool:
    """Return whether the words stand in the field one after the other; each place allows several forms."""
    width = len(places)
    return any(all(field[start + i] in places[i] for i in range(width)) for start in range(len(field) - width + 1))
