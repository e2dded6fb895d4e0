"""What chunking takes and gives: limits, the document as far as chunking looks, chunks."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Protocol

from footnote.ingestion.ports import BlockKind
from footnote.kit.geometry import Span

TokenCounts = Callable[[Sequence[str]], list[int]]
"""Texts -> tokens of each, without the model's special tokens."""


class ChunkKind(StrEnum):
    """What a chunk holds; a mixed chunk is text."""

    TEXT = "text"
    TABLE = "table"
    CODE = "code"


@dataclass(frozen=True, slots=True)
class ChunkLimits:
    """How large a chunk may be.

    max_characters: of its span. overlap_characters: how much of the end of one chunk may stand again at the beginning
    of the next, in whole sentences. max_tokens: of its embedding text, without the model's special tokens.
    """

    max_characters: int
    overlap_characters: int
    max_tokens: int

    def __post_init__(self) -> None:
        """Raise ValueError for limits under which no text could be cut."""
        if self.max_characters < 1 or self.max_tokens < 8 or not 0 <= self.overlap_characters < self.max_characters:
            raise ValueError("chunk limits need room for text, and an overlap smaller than the chunk")


PRESETS: Mapping[str, tuple[int, int]] = MappingProxyType({"kb": (500, 50), "pdf": (1_000, 200)})
"""Name -> characters and overlap."""


def preset(name: str, *, max_tokens: int) -> ChunkLimits:
    """Return a preset's limits for an embedder. KeyError for an unknown name."""
    characters, overlap = PRESETS[name]
    return ChunkLimits(characters, overlap, max_tokens)


class Cell(Protocol):
    """A table cell, as far as chunking looks."""

    @property
    def row(self) -> int: ...
    @property
    def is_header(self) -> bool: ...
    @property
    def span(self) -> Span: ...


class Block(Protocol):
    """A block, as far as chunking looks; its span is None when it is not in the text."""

    @property
    def kind(self) -> BlockKind: ...
    @property
    def span(self) -> Span | None: ...
    @property
    def level(self) -> int | None: ...
    @property
    def cells(self) -> Sequence[Cell]: ...


class Document(Protocol):
    """A text with its blocks in order."""

    @property
    def text(self) -> str: ...
    @property
    def blocks(self) -> Sequence[Block]: ...


@dataclass(frozen=True, slots=True)
class Chunk:
    """One chunk; `text` is exactly the version's text at `span`.

    heading_path: the headings above it, outermost first. token_count: of the embedding text, special tokens included
    nowhere. embedding_text: title, heading path and, for later parts of a table, its header row, then the text.
    table_header: for later parts of a table, the header by whose words they are found as well; "" otherwise.
    """

    ordinal: int
    span: Span
    text: str
    heading_path: tuple[str, ...]
    kind: ChunkKind
    token_count: int
    embedding_text: str
    table_header: str = ""
