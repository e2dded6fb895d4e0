"""What callers send to and get from search."""

from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from footnote.documents.schemas import PageBoxOut, SpanPair

QueryText = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4_000)]


class SearchFilters(BaseModel):
    """Narrow a search; absent fields do not restrict."""

    model_config = ConfigDict(extra="forbid")

    document_ids: list[str] | None = Field(default=None, max_length=1_000)
    language: str | None = Field(default=None, max_length=8)
    media_type: str | None = Field(default=None, max_length=150)


class SearchQuery(BaseModel):
    """One search. `mode` leaves one leg out, for comparing."""

    model_config = ConfigDict(extra="forbid")

    query: QueryText
    collection_id: str | None = None
    top_k: int = Field(default=10, ge=1, le=200)
    filters: SearchFilters | None = None
    mode: Literal["hybrid", "dense", "keyword"] = "hybrid"
    explain: bool = False


class LegExplanation(BaseModel):
    """One leg's part in a result: the raw score (cosine, or BM25), the normalised one in [0, 1], weight and rank."""

    model_config = ConfigDict(from_attributes=True)

    raw: float | None
    normalised: float
    weight: float
    rank: int | None


class ResultExplanation(BaseModel):
    """Why a result stands where it stands."""

    dense: LegExplanation
    keyword: LegExplanation
    reason: str


class SearchResult(BaseModel):
    """One passage, with the exact spot it stands at."""

    document_id: str
    version_id: str
    filename: str
    title: str
    chunk_id: str
    kind: str
    score: float = Field(description="In [0, 1]; compares results of one search, not of two.")
    text: str
    heading_path: list[str]
    span: SpanPair
    pages: list[int]
    boxes: list[PageBoxOut]
    explain: ResultExplanation | None = None


class QueryExplanation(BaseModel):
    """What the query was taken to mean."""

    languages: list[str]
    terms: list[list[str]]
    dropped: list[str]
    phrases: list[list[str]]
    weights: dict[str, float]


class SearchTimings(BaseModel):
    """Milliseconds: searching includes embedding the query."""

    search: float
    load: float
    total: float


class SearchResults(BaseModel):
    """Results, best first."""

    query: str
    language: str | None
    results: list[SearchResult]
    timings_ms: SearchTimings
    explain: QueryExplanation | None = None


IndexStanding: TypeAlias = Literal["ready", "behind", "rebuilding", "rebuild_needed"]


class IndexState(BaseModel):
    """The organisation's serving index.

    `rebuild_needed`: the configured embedder is not the one of this index, or some of its chunks were never embedded by
    it; until a rebuild, everything is found by its words only.
    """

    index_version: str
    status: IndexStanding
    embedder: str = Field(description="Of this index; not always the configured one.")
    chunks: int
    documents: int
    languages: dict[str, int]
    pending: int = Field(description="Changes that the index has not applied yet.")
    size_bytes: int
    is_outdated: bool
