"""Structure and chunking in child processes, so that a long document never keeps the event loop from others."""

from functools import lru_cache
from pathlib import Path

from footnote.adapters.embedders.minilm import (
    MAX_TOKENS,
    SPECIAL_TOKENS,
    MiniLmTokenCounter,
    model_folder,
    variant_of,
)
from footnote.ingestion.ports import ChunkRequest, DocumentShaper, ShapedVersion
from footnote.ingestion.shaping import chunk_version, shape_version
from footnote.kit.children import ChildPool
from footnote.kit.settings import Settings
from footnote.retrieval.chunks import NewChunk


class ChildDocumentShaper:
    """Runs the pure functions of `ingestion.shaping` in a pool."""

    def __init__(self, children: ChildPool, model_folder: Path) -> None:
        self._children = children
        self._model_folder = model_folder

    async def structure(self, pages: list[bytes]) -> ShapedVersion:
        return await self._children.run(structure_in_child, pages)

    async def chunk(self, request: ChunkRequest) -> list[NewChunk]:
        return await self._children.run(chunk_in_child, request, str(self._model_folder))


def create(settings: Settings, children: ChildPool) -> DocumentShaper:
    """Make the shaper; the embedder's tokenizer sets the ceiling in tokens."""
    return ChildDocumentShaper(children, model_folder(variant_of(settings), settings.models_dir))


def structure_in_child(pages: list[bytes]) -> ShapedVersion:
    """Run `shape_version`; called in a child process."""
    return shape_version(pages)


def chunk_in_child(request: ChunkRequest, model_folder: str) -> list[NewChunk]:
    """Run `chunk_version` with the embedder's own tokenizer; called in a child process."""
    return chunk_version(request, max_tokens=MAX_TOKENS - SPECIAL_TOKENS, count_tokens=_counter(model_folder))


@lru_cache(maxsize=1)
def _counter(model_folder: str) -> MiniLmTokenCounter:
    return MiniLmTokenCounter(Path(model_folder))
