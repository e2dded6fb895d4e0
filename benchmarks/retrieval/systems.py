"""Systems under test: anything that takes documents in and answers questions with ranked passages."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from benchmarks.retrieval.datasets import SourceDocument
from benchmarks.retrieval.plain_documents import plain_document
from footnote.adapters.search_indexes.sqlite import SqliteSearchIndex
from footnote.ingestion.chunking import Chunk, chunk_document, preset
from footnote.kit.language import detect_language
from footnote.retrieval.ports import Embedder, IndexChange, IndexEntry, Vector
from footnote.retrieval.search import HybridSearch, SearchMode

_ORGANISATION, _VERSION = "org_bench", "idx_bench"
_DOCUMENTS_PER_CHANGE = 50


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage: its document, its half-open range in the document's text as given, and that text."""

    document_id: str
    span: tuple[int, int]
    text: str


class SearchSystem(Protocol):
    """What the bench drives; one lives in this process, another may stand behind the REST API."""

    async def ingest(self, documents: Sequence[SourceDocument]) -> None:
        """Take the documents in; returns when all can be found."""
        ...

    async def search(self, question: str, top_k: int, mode: str) -> list[Hit]:
        """Return the best passages, best first; mode is keyword, dense or hybrid."""
        ...

    async def close(self) -> None:
        """Let go of everything."""
        ...


class InProcessSystem:
    """Our own chunker, embedder, index and fusion, without server or database."""

    def __init__(self, embedder: Embedder, folder: Path, *, chunking: str = "kb") -> None:
        self._embedder = embedder
        self._index = SqliteSearchIndex(folder)
        self._search = HybridSearch(self._index, embedder)
        limit = embedder.identity.max_tokens - embedder.special_tokens
        self._limits = preset(chunking, max_tokens=limit)
        self._hits: dict[str, Hit] = {}

    async def ingest(self, documents: Sequence[SourceDocument]) -> None:
        for start in range(0, len(documents), _DOCUMENTS_PER_CHANGE):
            chunks = [
                (document, chunk)
                for document in documents[start : start + _DOCUMENTS_PER_CHANGE]
                for chunk in self._chunks(document)
            ]
            vectors = await self._embedder.embed_passages([chunk.embedding_text for _, chunk in chunks])
            entries = [
                self._entry(document, chunk, vector) for (document, chunk), vector in zip(chunks, vectors, strict=True)
            ]
            await self._index.apply(_ORGANISATION, _VERSION, IndexChange(f"change_{start}", upserts=entries))

    async def search(self, question: str, top_k: int, mode: str) -> list[Hit]:
        outcome = await self._search.search(_ORGANISATION, _VERSION, question, top_k=top_k, mode=SearchMode(mode))
        return [self._hits[result.chunk_id] for result in outcome.results]

    async def close(self) -> None:
        await self._index.close()

    def _chunks(self, document: SourceDocument) -> list[Chunk]:
        return chunk_document(
            plain_document(document.text, document.title),
            title=document.title,
            limits=self._limits,
            count_tokens=self._embedder.count_tokens,
        )

    def _entry(self, document: SourceDocument, chunk: Chunk, vector: Vector) -> IndexEntry:
        chunk_id = f"{document.document_id}#{chunk.ordinal}"
        # The title stands before the text with a blank line; spans are told in the text as given.
        shift = len(document.title) + 2 if document.title else 0
        span = (max(0, chunk.span.start - shift), max(0, chunk.span.end - shift))
        self._hits[chunk_id] = Hit(document.document_id, span, chunk.text)
        return IndexEntry(
            chunk_id=chunk_id,
            document_id=document.document_id,
            version_id=document.document_id,
            collection_id="col_bench",
            ordinal=chunk.ordinal,
            title=document.title,
            heading=" ".join(chunk.heading_path),
            body=chunk.text,
            vector=vector,
            language=detect_language(document.text),
        )
