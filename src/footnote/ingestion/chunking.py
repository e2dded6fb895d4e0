"""From a structured document to chunks: what is embedded, searched and cited. Pure and deterministic.

A chunk is a run of sentences, list items or table rows under one heading. Every visible character of the text is in at
least one chunk; nothing is cut in silence. Sizes are ceilings, in characters and in the embedder's tokens.
"""

from collections.abc import Iterator

from footnote.ingestion.chunk_maker import ChunkMaker, Section
from footnote.ingestion.chunk_types import (
    PRESETS,
    Block,
    Chunk,
    ChunkKind,
    ChunkLimits,
    Document,
    TokenCounts,
    preset,
)
from footnote.ingestion.ports import BlockKind
from footnote.kit.geometry import Span

__all__ = ["PRESETS", "Chunk", "ChunkKind", "ChunkLimits", "TokenCounts", "chunk_document", "preset"]


_MAX_LABEL = 300


def chunk_document(document: Document, *, title: str, limits: ChunkLimits, count_tokens: TokenCounts) -> list[Chunk]:
    """Return the document's chunks in the text's order.

    title: shown to the embedder before every chunk; may be empty.
    """
    maker = ChunkMaker(document.text, title, limits, count_tokens)
    return maker.finished([draft for section in _sections(document) for draft in maker.drafts(section)])


def _sections(document: Document) -> Iterator[Section]:
    path: list[tuple[int, str]] = []
    outer = 0
    heading: list[Span] = []
    blocks: list[Block] = []
    for block in document.blocks:
        if block.span is None or not document.text[block.span.start : block.span.end].strip():
            continue
        if block.kind is not BlockKind.HEADING:
            blocks.append(block)
            continue
        if blocks:
            yield _section(path, outer, heading, blocks)
            heading, blocks, outer = [], [], len(path)
        level = block.level or 1
        while path and path[-1][0] >= level:
            path.pop()
        outer = min(outer, len(path))
        path.append((level, _label(document.text[block.span.start : block.span.end])))
        heading.append(block.span)
    if heading or blocks:
        yield _section(path, outer, heading, blocks)


def _label(heading: str) -> str:
    """Return the heading as it stands above other text: one that is a text itself only by its beginning."""
    label = " ".join(heading[: 10 * _MAX_LABEL].split())
    return label if len(label) <= _MAX_LABEL else label[:_MAX_LABEL].rstrip() + "…"


def _section(path: list[tuple[int, str]], outer: int, heading: list[Span], blocks: list[Block]) -> Section:
    titles = tuple(title for _, title in path)
    return Section(titles, titles[:outer], tuple(heading), tuple(blocks))
