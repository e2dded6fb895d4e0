"""Hybrid search as one function over the ports: question in, ranked chunks with their reasons out; no database."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from footnote.retrieval.embedder_profiles import EmbedderProfile, profile_of
from footnote.retrieval.fusion import completed, distribution_based_fusion, distribution_of
from footnote.retrieval.ports import Candidate, Embedder, SearchFilter, SearchIndex, SearchRequest
from footnote.retrieval.query import ProcessedQuery, process_query

CANDIDATES_PER_LEG = 100
STATISTICS_DEPTH = 50
"""A leg's mean and deviation are taken over the best so many of either leg, however many results are asked for."""
DENSE_NEARBY_SHARE = 0.3
KEYWORD_NEARBY_SHARE = 1.0
"""How much the text around a chunk counts. Measured with chunks of 500 characters: at 1,000 tokens read, three to four
points more of the answers' characters, and whole documents found better by one."""


class SearchMode(StrEnum):
    """Which legs take part."""

    HYBRID = "hybrid"
    DENSE = "dense"
    KEYWORD = "keyword"


@dataclass(frozen=True, slots=True)
class LegScore:
    """One leg's say on one chunk.

    raw: cosine or BM25 of the chunk itself; None where the index cannot tell. normalised: deviations above the mean of
    the candidates, the share of the text around included. weight: the leg's share of the fused score. rank: place in
    the leg's own list, from 1; None beyond it.
    """

    raw: float | None
    normalised: float
    weight: float
    rank: int | None


@dataclass(frozen=True, slots=True)
class RankedChunk:
    """One result; `score` in [0, 1] compares results of one search, not of two."""

    chunk_id: str
    document_id: str
    ordinal: int
    score: float
    dense: LegScore
    keyword: LegScore
    reason: str


@dataclass(frozen=True, slots=True)
class SearchOutcome:
    """Results best first, and what the question was taken to mean.

    is_relaxed: no chunk held the quoted phrases word by word, so they were not required.
    """

    results: tuple[RankedChunk, ...]
    query: ProcessedQuery
    weights: Mapping[str, float]
    is_relaxed: bool = False


class HybridSearch:
    """Searches one organisation's index by meaning and by word, and fuses the two."""

    def __init__(self, index: SearchIndex, embedder: Embedder) -> None:
        self._index = index
        self._embedder = embedder
        self._profile = profile_of(embedder.identity.name)

    async def search(
        self,
        organisation_id: str,
        index_version: str,
        text: str,
        *,
        languages_present: Mapping[str, int] | None = None,
        only: SearchFilter | None = None,
        top_k: int = 10,
        mode: SearchMode = SearchMode.HYBRID,
    ) -> SearchOutcome:
        """Return the best `top_k` chunks for a question.

        languages_present: entries by language, to tell short questions apart; None asks the index.
        """
        if languages_present is None:
            languages_present = await self._index.languages(organisation_id, index_version)
        query = await asyncio.to_thread(process_query, text, languages_present)
        vector = None
        if mode is not SearchMode.KEYWORD and query.text:
            vector = await self._embedder.embed_query(query.text)
        request = SearchRequest(
            terms=() if mode is SearchMode.DENSE else query.terms,
            phrases=query.phrases,
            vector=vector,
            filter=only or SearchFilter(),
            candidates_per_leg=max(CANDIDATES_PER_LEG, 2 * top_k),
            dense_nearby_share=DENSE_NEARBY_SHARE,
            keyword_nearby_share=KEYWORD_NEARBY_SHARE,
        )
        found = await self._index.search(organisation_id, index_version, request)
        is_relaxed = bool(query.phrases) and not found
        if is_relaxed:
            # A question may quote what no document says word for word; it still deserves an answer.
            found = await self._index.search(organisation_id, index_version, replace(request, phrases=()))
        weights = leg_weights(mode, query, self._profile)
        return SearchOutcome(rank(found, weights, self._profile, top_k), query, weights, is_relaxed)


def leg_weights(mode: SearchMode, query: ProcessedQuery, profile: EmbedderProfile) -> dict[str, float]:
    """Return each leg's share of the fused score; they sum to 1."""
    if mode is SearchMode.DENSE or not query.terms:
        dense = 1.0
    elif mode is SearchMode.KEYWORD:
        dense = 0.0
    else:
        dense = profile.dense_weight(query.languages[0] if query.languages else None)
    return {"dense": dense, "keyword": 1.0 - dense}


def rank(
    found: Sequence[Candidate], weights: Mapping[str, float], profile: EmbedderProfile, top_k: int
) -> tuple[RankedChunk, ...]:
    """Fuse the candidates' scores and explain them, best first."""
    kept = {c.chunk_id: c for c in found if _is_hit(c, weights, profile)}
    order = list(kept)
    dense = completed(
        _scores(((c.chunk_id, c.dense, c.dense_nearby) for c in kept.values()), DENSE_NEARBY_SHARE), order
    )
    keyword = completed(
        _scores(((c.chunk_id, c.keyword, c.keyword_nearby) for c in kept.values()), KEYWORD_NEARBY_SHARE), order
    )
    typical = [c.chunk_id for c in kept.values() if _best_rank(c) <= STATISTICS_DEPTH]
    spreads = distribution_of([dense[c] for c in typical]), distribution_of([keyword[c] for c in typical])
    fused = distribution_based_fusion([dense, keyword], [weights["dense"], weights["keyword"]], spreads)
    ranked = []
    for chunk_id, score in fused[:top_k]:
        c = kept[chunk_id]
        dense_leg = LegScore(c.dense, spreads[0].normalised(dense[chunk_id]), weights["dense"], c.dense_rank)
        keyword_leg = LegScore(c.keyword, spreads[1].normalised(keyword[chunk_id]), weights["keyword"], c.keyword_rank)
        ranked.append(_explained(c, score, dense_leg, keyword_leg))
    return tuple(ranked)


def _best_rank(candidate: Candidate) -> int:
    return min(rank for rank in (candidate.dense_rank, candidate.keyword_rank) if rank is not None)


def _scores(rows: Iterable[tuple[str, float | None, float | None]], share: float) -> dict[str, float]:
    return {chunk_id: own + share * (nearby or 0.0) for chunk_id, own, nearby in rows if own is not None}


def _is_hit(candidate: Candidate, weights: Mapping[str, float], profile: EmbedderProfile) -> bool:
    by_word = weights["keyword"] > 0 and candidate.keyword is not None and candidate.keyword > 0
    by_meaning = weights["dense"] > 0 and candidate.dense is not None and candidate.dense >= profile.floor
    return by_word or by_meaning


def _explained(candidate: Candidate, score: float, dense: LegScore, keyword: LegScore) -> RankedChunk:
    if dense.rank is not None and keyword.rank is not None:
        reason = "both"
    else:
        reason = "dense" if dense.rank is not None else "keyword"
    return RankedChunk(candidate.chunk_id, candidate.document_id, candidate.ordinal, score, dense, keyword, reason)
