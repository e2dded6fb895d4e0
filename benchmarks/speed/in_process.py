"""The steps of a search without server and database, each apart: what the question costs, and what each leg costs."""

import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.report import Spread, spread_of
from footnote.adapters.embedders.minilm import MiniLmModel, model_folder
from footnote.adapters.search_indexes.sqlite import SqliteSearchIndex
from footnote.retrieval.ports import EmbedderIdentity, Vector
from footnote.retrieval.search import HybridSearch, SearchMode

_IDENTITY = EmbedderIdentity("all-minilm-l6-v2", "bench", 384, 256)


class _KnownVectors:
    """An `Embedder` whose questions were embedded before, so that a search is measured without it."""

    special_tokens = 2
    identity = _IDENTITY

    def __init__(self) -> None:
        self.vectors: dict[str, Vector] = {}

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(text.split()) for text in texts]

    async def embed_query(self, text: str) -> Vector:
        return self.vectors[text]

    async def embed_passages(self, texts: Sequence[str]) -> Vector:
        raise NotImplementedError("Only questions are embedded here.")


async def measure_in_process(folder: Path, asked: Sequence[str]) -> dict[str, Spread]:
    """Return milliseconds of embedding a question, and of a whole search in each mode without it."""
    (path,) = (folder / "indexes").glob("*/*.sqlite")
    organisation, version = path.parent.name, path.stem
    model, embedder = MiniLmModel(model_folder("int8"), threads=1), _KnownVectors()
    embedding = []
    for text in asked:
        plain = " ".join(text.split())
        started = time.perf_counter()
        embedder.vectors[plain] = model.embed(plain)[0]
        embedding.append((time.perf_counter() - started) * 1_000)
    index = SqliteSearchIndex(folder / "indexes")
    search = HybridSearch(index, embedder)
    spreads = {"embedding a question": spread_of(embedding)}
    for mode in SearchMode:
        spent = []
        for text in (*asked[:20], *asked):
            started = time.perf_counter()
            await search.search(organisation, version, " ".join(text.split()), mode=mode)
            spent.append((time.perf_counter() - started) * 1_000)
        spreads[f"{mode} without embedding"] = spread_of(spent[20:])
    await index.close()
    return spreads
