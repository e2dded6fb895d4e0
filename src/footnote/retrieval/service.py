"""Search for callers: what may be found, found, and read from the truth."""

from sqlalchemy.ext.asyncio import AsyncSession

from footnote.db.engine import Database
from footnote.documents.schemas import PageBoxOut
from footnote.documents.service.collections import CollectionService
from footnote.documents.service.library import LibraryService
from footnote.documents.service.storing import StoringService
from footnote.kit.clock import Clock
from footnote.kit.errors import Conflict
from footnote.kit.geometry import Span
from footnote.kit.ids import CollectionId
from footnote.kit.principal import Principal, Scope
from footnote.retrieval.index_versions import IndexVersions
from footnote.retrieval.outbox import IndexOutbox
from footnote.retrieval.passages import FoundPassage, with_context, with_neighbours
from footnote.retrieval.ports import SearchFilter, SearchIndex
from footnote.retrieval.schemas import (
    IndexStanding,
    IndexState,
    LegExplanation,
    QueryExplanation,
    ResultExplanation,
    SearchQuery,
    SearchResult,
    SearchResults,
    SearchTimings,
)
from footnote.retrieval.search import HybridSearch, RankedChunk, SearchMode, SearchOutcome
from footnote.retrieval.store import ChunkStore

_SPARE_RESULTS = 8
"""Fetched on top of what was asked for, since a chunk that was deleted a moment ago may still be in the index."""


class SearchService:
    """Finds passages of one organisation; nothing else is ever loaded."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        search: HybridSearch,
        index: SearchIndex,
        versions: IndexVersions,
        outbox: IndexOutbox,
        chunks: ChunkStore,
        library: LibraryService,
        collections: CollectionService,
        storing: StoringService,
    ) -> None:
        self._database = database
        self._clock = clock
        self._search = search
        self._index = index
        self._versions = versions
        self._outbox = outbox
        self._chunks = chunks
        self._library = library
        self._collections = collections
        self._storing = storing

    async def search(self, principal: Principal, query: SearchQuery) -> SearchResults:
        """Return the best passages; NotFound when the collection is not the caller's to see.

        An index of another embedder is searched by words only; Conflict `index_rebuild_needed` when only the meaning
        was asked for.
        """
        started = self._clock.monotonic_seconds()
        only = await self._filter(principal, query)
        outcome = await self._ranked(principal, query.query, only, query.top_k, SearchMode(query.mode))
        searched = self._clock.monotonic_seconds()
        async with self._database.reading() as session:
            found = (await self._load(session, principal, outcome.results))[: query.top_k]
        loaded = self._clock.monotonic_seconds()
        languages = outcome.query.languages
        return SearchResults(
            query=query.query,
            language=languages[0] if languages else None,
            results=[_result(passage, explain=query.explain) for passage in found],
            timings_ms=SearchTimings(
                search=_ms(searched - started), load=_ms(loaded - searched), total=_ms(loaded - started)
            ),
            explain=_explained(outcome) if query.explain else None,
        )

    async def passages(
        self,
        principal: Principal,
        text: str,
        *,
        collection_id: CollectionId | None,
        top_k: int,
        context_characters: int,
    ) -> tuple[list[FoundPassage], str | None]:
        """Return passages for answering, each with some text around it, and the question's language.

        top_k: chunks looked for; those that stand side by side come as one passage, see `neighbours`.
        """
        only = await self._filter(principal, SearchQuery(query=text, collection_id=collection_id))
        outcome = await self._ranked(principal, text, only, top_k, SearchMode.HYBRID)
        async with self._database.reading() as session:
            found = (await self._load(session, principal, outcome.results))[:top_k]
            texts = await self._storing.texts_in(session, principal, (p.chunk.version_id for p in found))
        languages = outcome.query.languages
        passages = [
            with_context(passage, texts.get(passage.chunk.version_id, ""), context_characters)
            for passage in with_neighbours(found, texts)
        ]
        return passages, languages[0] if languages else None

    async def state(self, principal: Principal) -> IndexState:
        """Return how the organisation's index stands."""
        principal.require(Scope.READ)
        serving = await self._versions.serving(principal.organisation_id)
        status = await self._index.status(principal.organisation_id, serving.id)
        pending = await self._outbox.pending(principal.organisation_id, serving.id)
        standing: IndexStanding = "behind" if pending else "ready"
        if await self._versions.is_building(principal.organisation_id):
            standing = "rebuilding"
        elif self._versions.is_by_words_only(serving):
            standing = "rebuild_needed"
        return IndexState(
            index_version=serving.id,
            status=standing,
            embedder=serving.embedder,
            chunks=status.entries,
            documents=status.documents,
            languages={language or "unknown": count for language, count in status.languages.items()},
            pending=pending,
            size_bytes=status.size_bytes,
            is_outdated=status.is_outdated,
        )

    async def _filter(self, principal: Principal, query: SearchQuery) -> SearchFilter:
        principal.require(Scope.READ)
        collection_ids = None
        if query.collection_id is not None:
            collection = await self._collections.get(principal, CollectionId(query.collection_id))
            collection_ids = frozenset({collection.id})
        filters = query.filters
        if filters is None:
            return SearchFilter(collection_ids=collection_ids)
        return SearchFilter(
            collection_ids=collection_ids,
            document_ids=_set(filters.document_ids),
            languages=_set([filters.language] if filters.language else None),
            media_types=_set([filters.media_type] if filters.media_type else None),
        )

    async def _ranked(
        self, principal: Principal, text: str, only: SearchFilter, top_k: int, mode: SearchMode
    ) -> SearchOutcome:
        organisation_id = principal.organisation_id
        serving = await self._versions.serving(organisation_id)
        if self._versions.is_by_words_only(serving):
            if mode is SearchMode.DENSE:
                raise Conflict(
                    "The search index was made by another embedder: rebuild it to search by meaning.",
                    code="index_rebuild_needed",
                )
            mode = SearchMode.KEYWORD
        return await self._search.search(
            organisation_id, serving.id, text, only=only, top_k=top_k + _SPARE_RESULTS, mode=mode
        )

    async def _load(
        self, session: AsyncSession, principal: Principal, ranked: tuple[RankedChunk, ...]
    ) -> list[FoundPassage]:
        chunks = await self._chunks.chunks_in(session, principal, [item.chunk_id for item in ranked])
        documents = sorted({chunk.document_id for chunk in chunks.values()})
        names = await self._library.names_in(session, principal, documents)
        return [
            FoundPassage(item, chunk, names[chunk.document_id].filename, names[chunk.document_id].title)
            for item in ranked
            if (chunk := chunks.get(item.chunk_id)) is not None
            and chunk.document_id in names
            and names[chunk.document_id].current_version_id == chunk.version_id
        ]


def _result(passage: FoundPassage, *, explain: bool) -> SearchResult:
    chunk, ranked = passage.chunk, passage.ranked
    return SearchResult(
        document_id=chunk.document_id,
        version_id=chunk.version_id,
        filename=passage.filename,
        title=passage.title,
        chunk_id=chunk.id,
        kind=chunk.kind,
        score=ranked.score,
        text=chunk.text,
        heading_path=list(chunk.heading_path),
        span=_pair(chunk.span),
        pages=list(chunk.pages),
        boxes=[PageBoxOut.model_validate(box) for box in chunk.boxes],
        explain=ResultExplanation(
            dense=LegExplanation.model_validate(ranked.dense),
            keyword=LegExplanation.model_validate(ranked.keyword),
            reason=ranked.reason,
        )
        if explain
        else None,
    )


def _explained(outcome: SearchOutcome) -> QueryExplanation:
    query = outcome.query
    return QueryExplanation(
        languages=list(query.languages),
        terms=[list(term.forms) for term in query.terms],
        dropped=list(query.dropped),
        phrases=[[term.forms[0] for term in phrase] for phrase in query.phrases],
        weights=dict(outcome.weights),
    )


def _set(values: list[str] | None) -> frozenset[str] | None:
    return None if values is None else frozenset(values)


def _pair(span: Span) -> tuple[int, int]:
    return span.start, span.end


def _ms(seconds: float) -> float:
    return round(seconds * 1000, 2)
