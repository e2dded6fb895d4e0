"""Whether two organisations in one instance score exactly as each does alone: the same index folder, and apart."""

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.context import BenchContext
from benchmarks.report import PartResult, Table
from benchmarks.retrieval.datasets import LabelledSet, SourceDocument, load_set
from benchmarks.retrieval.embedding_cache import CachedEmbedder
from benchmarks.retrieval.plain_documents import plain_document
from footnote.adapters.embedders.minilm import MiniLmEmbedder, model_folder
from footnote.adapters.search_indexes.sqlite import SqliteSearchIndex
from footnote.ingestion.chunking import chunk_document, preset
from footnote.retrieval.ports import Embedder, IndexChange, IndexEntry
from footnote.retrieval.search import HybridSearch, SearchMode

_SETS = ("cranfield", "xquad-de")
_TOP_K = 20
_DOCUMENTS = 400
_Ranking = list[tuple[str, float]]


async def run(context: BenchContext) -> PartResult:
    """Fill three index folders: one set each, and both as two organisations; compare every rank and every score."""
    documents = 60 if context.quick else _DOCUMENTS
    sets = [load_set(name, context.data) for name in _SETS]
    context.say("two organisations in one instance")
    with TemporaryDirectory(prefix="footnote-bench-") as name:
        embedder = CachedEmbedder(MiniLmEmbedder(model_folder("int8")), context.cache / "embeddings.sqlite")
        together = SqliteSearchIndex(Path(name) / "together")
        alone = {labelled.name: SqliteSearchIndex(Path(name) / labelled.name) for labelled in sets}
        for labelled in sets:
            for index in (together, alone[labelled.name]):
                await _fill(index, labelled.name, labelled.documents[:documents], labelled.language, embedder)
        compared = [await _compare(labelled, together, alone[labelled.name], embedder) for labelled in sets]
        for index in (together, *alone.values()):
            await index.close()
    result = PartResult("organisations", "Two organisations in one instance")
    result.figures = {labelled.name: figures for labelled, figures in zip(sets, compared, strict=True)}
    result.tables.append(
        Table(
            ["organisation", "searches", "rankings that differ", "largest difference of a score"],
            [[labelled.name, *figures.values()] for labelled, figures in zip(sets, compared, strict=True)],
            "Each search in each mode, the first 20 chunks: beside another organisation against alone.",
        )
    )
    return result


async def _compare(
    labelled: LabelledSet, together: SqliteSearchIndex, alone: SqliteSearchIndex, embedder: Embedder
) -> dict[str, float]:
    searches = differing = 0
    largest = 0.0
    for question in labelled.questions[:100]:
        for mode in SearchMode:
            rankings = [
                await _ranking(HybridSearch(index, embedder), labelled.name, question.text, mode)
                for index in (together, alone)
            ]
            searches += 1
            differing += [chunk for chunk, _ in rankings[0]] != [chunk for chunk, _ in rankings[1]]
            pairs = zip(*rankings, strict=False)
            largest = max(largest, *(abs(here[1] - there[1]) for here, there in pairs), 0.0)
    return {"searches": searches, "differing": differing, "largest_difference": largest}


async def _ranking(search: HybridSearch, organisation: str, text: str, mode: SearchMode) -> _Ranking:
    outcome = await search.search(organisation, "idx", text, top_k=_TOP_K, mode=mode)
    return [(result.chunk_id, result.score) for result in outcome.results]


async def _fill(
    index: SqliteSearchIndex,
    organisation: str,
    documents: Sequence[SourceDocument],
    language: str,
    embedder: Embedder,
) -> None:
    limits = preset("kb", max_tokens=embedder.identity.max_tokens - embedder.special_tokens)
    for document in documents:
        chunks = chunk_document(
            plain_document(document.text), title=document.title, limits=limits, count_tokens=embedder.count_tokens
        )
        vectors = await embedder.embed_passages([chunk.embedding_text for chunk in chunks])
        entries = [
            IndexEntry(
                f"{document.document_id}#{chunk.ordinal}", document.document_id, document.document_id, "all",
                chunk.ordinal, document.title, " ".join(chunk.heading_path), chunk.text, vector, language, "text/plain",
            )
            for chunk, vector in zip(chunks, vectors, strict=True)
        ]  # fmt: skip
        await index.apply(organisation, "idx", IndexChange(f"add:{document.document_id}", entries))
