"""A library in memory: the product's own chunker, embedder, index and search, without database or HTTP."""

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.retrieval.embedding_cache import CachedEmbedder
from benchmarks.retrieval.plain_documents import plain_document
from footnote.adapters.embedders.minilm import MiniLmEmbedder, model_folder
from footnote.adapters.search_indexes.memory import MemorySearchIndex
from footnote.chat.passages import Passage
from footnote.ingestion.chunking import Chunk, chunk_document, preset
from footnote.kit.geometry import Span
from footnote.retrieval.neighbours import FoundPlace, covering, neighbouring
from footnote.retrieval.ports import Embedder, IndexChange, IndexEntry, SearchFilter
from footnote.retrieval.search import HybridSearch, RankedChunk

_CONTEXT = 300


@dataclass(frozen=True, slots=True)
class LibraryDocument:
    """A document to put in; the title is what the index weighs, and may be empty."""

    document_id: str
    title: str
    text: str


class BenchLibrary:
    """Holds documents of one set and finds passages in them as the product does."""

    def __init__(self, *, cache: Path, preset_name: str = "kb") -> None:
        """cache: where embeddings are kept between runs."""
        self._embedder: Embedder = CachedEmbedder(MiniLmEmbedder(model_folder("int8")), cache)
        self._index = MemorySearchIndex()
        self._search = HybridSearch(self._index, self._embedder)
        self._preset = preset_name
        self._chunks: dict[str, tuple[LibraryDocument, Chunk, str]] = {}

    @property
    def embedder_name(self) -> str:
        """Whose cosines the passages carry."""
        return self._embedder.identity.name

    def add(self, documents: Sequence[LibraryDocument], *, language: str) -> None:
        """Chunk, embed and index the documents; all are in one language (ISO 639-1)."""
        asyncio.run(self._add(documents, language))

    def find(
        self, question: str, *, top_k: int = 12, without: Collection[str] = ()
    ) -> tuple[list[Passage], str | None]:
        """Return passages best first and the question's language; documents named in `without` are not searched."""
        only = None
        if without:
            kept = {document.document_id for document, _, _ in self._chunks.values()} - set(without)
            only = SearchFilter(document_ids=frozenset(kept))
        outcome = asyncio.run(self._search.search("org", "v1", question, only=only, top_k=top_k))
        languages = outcome.query.languages
        passages = []
        for number, group in enumerate(self._groups(outcome.results), 1):
            best = max(group, key=lambda ranked: ranked.score)
            document, chunk, language = self._chunks[best.chunk_id]
            span = covering([self._span(ranked) for ranked in group])
            passages.append(
                Passage(
                    number, best.chunk_id, document.document_id, document.document_id, document.title,
                    chunk.heading_path, document.text[span.start : span.end], span, best.score, best.dense.raw,
                    best.keyword.raw, language, document.text[max(0, span.start - _CONTEXT) : span.start],
                    document.text[span.end : span.end + _CONTEXT],
                )
            )  # fmt: skip
        return passages, languages[0] if languages else None

    def _groups(self, results: Sequence[RankedChunk]) -> list[list[RankedChunk]]:
        places = []
        for ranked in results:
            document, chunk, _ = self._chunks[ranked.chunk_id]
            stretch = (document.document_id, chunk.heading_path, chunk.kind)
            places.append(FoundPlace(stretch, ranked.ordinal, self._span(ranked), ranked.score))
        return [[results[position] for position in group] for group in neighbouring(places)]

    def _span(self, ranked: RankedChunk) -> Span:
        span = self._chunks[ranked.chunk_id][1].span
        return Span(span.start, span.end)

    async def _add(self, documents: Sequence[LibraryDocument], language: str) -> None:
        room = self._embedder.identity.max_tokens - self._embedder.special_tokens
        limits = preset(self._preset, max_tokens=room)
        for document in documents:
            chunks = chunk_document(
                plain_document(document.text), title=document.title, limits=limits,
                count_tokens=self._embedder.count_tokens,
            )  # fmt: skip
            vectors = await self._embedder.embed_passages([chunk.embedding_text for chunk in chunks])
            entries = []
            for chunk, vector in zip(chunks, vectors, strict=True):
                chunk_id = f"{document.document_id}:{chunk.ordinal:04d}"
                self._chunks[chunk_id] = (document, chunk, language)
                entries.append(
                    IndexEntry(
                        chunk_id, document.document_id, document.document_id, "all", chunk.ordinal, document.title,
                        " ".join(chunk.heading_path), chunk.text, vector, language, "text/plain",
                    )
                )  # fmt: skip
            await self._index.apply("org", "v1", IndexChange(document.document_id, entries))
