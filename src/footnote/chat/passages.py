"""The shapes that travel through one answer: passages in, drafted sentences between, checked sentences out."""

from dataclasses import dataclass
from enum import StrEnum

from footnote.kit.geometry import Span


class Verdict(StrEnum):
    """What the citation check found; only the first two may be shown as sourced."""

    VERBATIM = "verbatim"
    GROUNDED = "grounded"
    UNSUPPORTED = "unsupported"


class Reason(StrEnum):
    """Why a sentence is unsupported, or what was noted about a supported one."""

    CHANGED_NUMBER = "changed_number"
    CHANGED_DATE = "changed_date"
    CHANGED_UNIT = "changed_unit"
    CHANGED_QUANTIFIER = "changed_quantifier"
    FOREIGN_NAME = "foreign_name"
    ROLE_SWAP = "role_swap"
    NEGATION_MISMATCH = "negation_mismatch"
    ANTONYM = "antonym"
    UNKNOWN_WORDS = "unknown_words"
    WRONG_PASSAGE = "wrong_passage"
    UNCITED = "uncited"
    UNKNOWN_PASSAGE = "unknown_passage"
    NOT_FOUND = "not_found"
    EMPTY = "empty"


@dataclass(frozen=True, slots=True)
class Passage:
    """One retrieved stretch of a document version's text.

    number: what an answer cites it by, counting from 1, unique within one answer.
    text: exactly the version's text over `span` (code points), so positions in it map to the version by addition.
    score: the fused retrieval score, higher is better; dense_score is a cosine, keyword_score a BM25 value, and each
        is None when that leg did not return the chunk.
    before, after: the version's text right around the span (a few hundred code points, may be empty); they complete
        a sentence which the chunk's border cut.
    """

    number: int
    chunk_id: str
    document_id: str
    version_id: str
    title: str
    heading_path: tuple[str, ...]
    text: str
    span: Span
    score: float
    dense_score: float | None = None
    keyword_score: float | None = None
    language: str | None = None
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class Citation:
    """What a sentence points at; `span` (in the version's text) and `quote` are None and "" until located."""

    passage_number: int
    span: Span | None = None
    quote: str = ""


@dataclass(frozen=True, slots=True)
class DraftSentence:
    """One sentence an engine wrote, without footnote markers; `separator` is what stands before it in the answer."""

    text: str
    citations: tuple[Citation, ...]
    separator: str = ""


@dataclass(frozen=True, slots=True)
class CheckedSentence:
    """A sentence with what the check found; citations are located, and empty when it is unsupported.

    reasons: for an unsupported sentence why; WRONG_PASSAGE or UNCITED on a supported one says that the citation was
    bound to the passage which does hold the words.
    """

    text: str
    verdict: Verdict
    citations: tuple[Citation, ...]
    reasons: tuple[Reason, ...] = ()
    separator: str = ""
