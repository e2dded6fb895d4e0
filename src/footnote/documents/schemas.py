"""What callers see of the library."""

import json
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from footnote.jobs.schemas import Job, Problem

DocumentStatus = Literal["queued", "processing", "ready", "failed", "cancelled"]
Preset = Literal["auto", "kb", "pdf"]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Title = Annotated[str, StringConstraints(strip_whitespace=True, max_length=400)]
_MAX_METADATA_BYTES = 20_000


def _storable(value: dict[str, Any]) -> dict[str, Any]:
    try:
        text = json.dumps(value, ensure_ascii=False, allow_nan=False)
        size = len(text.encode())
    except (ValueError, RecursionError) as error:
        raise ValueError("metadata must be plain JSON of characters that can be stored") from error
    if size > _MAX_METADATA_BYTES:
        raise ValueError(f"metadata is larger than {_MAX_METADATA_BYTES} bytes")
    if "\\u0000" in text:
        raise ValueError("metadata must not hold the character NUL")
    return value


Metadata = Annotated[dict[str, Any], AfterValidator(_storable)]
SpanPair = Annotated[
    tuple[int, int], Field(description="Half-open range [start, end) of Unicode code points in the version's text.")
]


class BoxOut(BaseModel):
    """A rectangle in points (1/72 inch), origin at the page's top left."""

    model_config = ConfigDict(from_attributes=True, frozen=True)

    x0: float
    y0: float
    x1: float
    y1: float


class PageBoxOut(BoxOut):
    """A rectangle on one page; pages count from 1."""

    page: int


class Collection(BaseModel):
    """A named set of documents."""

    id: str
    name: str
    description: str
    preset: Preset
    is_default: bool
    document_count: int
    created_at: datetime


class CollectionList(BaseModel):
    """One page of collections, by name."""

    items: list[Collection]
    next_cursor: str | None


class NewCollection(BaseModel):
    """What a collection is made from."""

    model_config = ConfigDict(extra="forbid")

    name: Name
    description: Annotated[str, StringConstraints(max_length=2_000)] = ""
    preset: Preset = "auto"


class CollectionChange(BaseModel):
    """What may be changed of a collection; absent fields stay."""

    model_config = ConfigDict(extra="forbid")

    name: Name | None = None
    description: Annotated[str, StringConstraints(max_length=2_000)] | None = None
    preset: Preset | None = None


class Document(BaseModel):
    """A document and where its newest version stands."""

    id: str
    collection_id: str
    filename: str
    title: str
    media_type: str
    size_bytes: int
    status: DocumentStatus
    searchable: bool = Field(description="Whether any version of it can be found and cited now.")
    has_pages: bool | None
    page_count: int | None
    language: str | None
    current_version_id: str | None
    latest_version_id: str
    version_count: int
    metadata: dict[str, Any]
    error: Problem | None
    warnings: list[str]
    job: Job | None
    created_at: datetime
    updated_at: datetime


class DocumentList(BaseModel):
    """One page of documents, newest first."""

    items: list[Document]
    next_cursor: str | None


class DocumentChange(BaseModel):
    """What may be changed of a document; absent fields stay."""

    model_config = ConfigDict(extra="forbid")

    title: Title | None = None
    collection_id: str | None = None
    metadata: Metadata | None = None


class UploadResult(BaseModel):
    """What became of an uploaded file."""

    outcome: Literal["created", "new_version", "unchanged"]
    document: Document


class Version(BaseModel):
    """One content of a document."""

    id: str
    number: int
    sha256: str
    size_bytes: int
    media_type: str
    status: DocumentStatus
    is_current: bool
    created_at: datetime


class VersionList(BaseModel):
    """All versions of a document, newest first."""

    items: list[Version]
    next_cursor: str | None = None


class VersionText(BaseModel):
    """The text to which every span of the version refers."""

    document_id: str
    version_id: str
    language: str | None
    length: int = Field(description="Unicode code points.")
    text: str


class WordOut(BaseModel):
    """One printed word."""

    text: str
    span: SpanPair
    box: BoxOut


class PageOut(BaseModel):
    """One page with its words; width and height in points."""

    document_id: str
    version_id: str
    number: int
    page_count: int
    width: float
    height: float
    rotation: int
    origin: Literal["digital", "ocr", "none"]
    warning: str | None
    image_url: str
    words: list[WordOut]


class Rendition(BaseModel):
    """A sanitised rendition of a version; block elements carry data-start and data-end."""

    document_id: str
    version_id: str
    html: str


class DeletionReceipt(BaseModel):
    """What was removed with a document, counted."""

    document_id: str
    deleted_at: datetime
    counts: dict[str, int]


class CollectionDeletionReceipt(BaseModel):
    """What was removed with a collection."""

    collection_id: str
    deleted_at: datetime
    documents: list[DeletionReceipt]


class Source(BaseModel):
    """The exact spot that a sentence came from."""

    id: str
    number: int
    kind: Literal["passage"]
    status: Literal["verified", "withdrawn"]
    document_id: str | None
    version_id: str | None
    chunk_id: str | None
    filename: str | None
    title: str | None
    page: int | None
    pages: list[int]
    boxes: list[PageBoxOut]
    span: SpanPair | None
    quote: str | None
