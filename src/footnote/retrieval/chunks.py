"""A chunk as the product knows it, apart from any table or index."""

from dataclasses import dataclass

from footnote.kit.geometry import PageBox, Span
from footnote.kit.ids import ChunkId, CollectionId, DocumentId, VersionId


@dataclass(frozen=True, slots=True)
class NewChunk:
    """A chunk of a version that is being read; `text` is exactly the version's text over `span`.

    table_header: the header of the table whose later rows the text is, or ""; found by, never shown.
    """

    ordinal: int
    kind: str
    span: Span
    text: str
    embedding_text: str
    heading_path: tuple[str, ...]
    token_count: int
    language: str | None
    pages: tuple[int, ...]
    boxes: tuple[PageBox, ...]
    table_header: str = ""


@dataclass(frozen=True, slots=True)
class StoredChunk:
    """A chunk with where it belongs."""

    id: ChunkId
    document_id: DocumentId
    version_id: VersionId
    ordinal: int
    kind: str
    span: Span
    text: str
    heading_path: tuple[str, ...]
    language: str | None
    pages: tuple[int, ...]
    boxes: tuple[PageBox, ...]
    table_header: str = ""


@dataclass(frozen=True, slots=True)
class VersionLabels:
    """What the index must know of the document around a version's chunks."""

    document_id: DocumentId
    version_id: VersionId
    collection_id: CollectionId
    title: str
    media_type: str
