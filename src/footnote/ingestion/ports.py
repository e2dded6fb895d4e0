"""What ingestion needs from outside: parsers and OCR; and the shapes that cross the child process's pipe.

The shapes are plain frozen dataclasses because they travel as typed MessagePack: the server never unpickles
what a child that read a hostile file sends back.
"""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from footnote.documents.layout import StoredBlock, StoredPage
from footnote.kit.geometry import Box
from footnote.retrieval.chunks import NewChunk


class BlockKind(StrEnum):
    """What a block is; closed, since chunking and rendering decide by it."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    LIST_ITEM = "list_item"
    TABLE = "table"
    FIGURE = "figure"
    CODE = "code"
    HEADER = "header"
    FOOTER = "footer"


class TextOrigin(StrEnum):
    """Where a page's text came from."""

    DIGITAL = "digital"
    OCR = "ocr"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Word:
    """One word as printed, with its box on the page; `box` is None in formats without pages."""

    text: str
    box: Box | None


@dataclass(frozen=True, slots=True)
class ParsedCell:
    """One table cell; rows and columns count from 0; a merged cell states how many it covers.

    lines: the cell's words, line by line, as in a block.
    """

    row: int
    column: int
    lines: tuple[tuple[Word, ...], ...]
    box: Box | None = None
    row_span: int = 1
    column_span: int = 1
    is_header: bool = False


@dataclass(frozen=True, slots=True)
class ParsedBlock:
    """One block in reading order.

    lines: the block's printed lines, each a run of words in reading order; empty for a table, whose words are its
        cells'. Text is derived from the words downstream (de-hyphenation happens there), so every character of a
        version's text leads back to the boxes of its words.
    level: heading level 1-6, or list depth from 1; None otherwise, and for a heading whose level only its size tells.
    marker: a list item's bullet or number as printed; it is the first word of the first line as well.
    cells: a table's cells, row by row; empty otherwise.
    font_size: median size in points, where the format knows it.
    is_bold: whether most of the block is set in bold.
    keeps_lines: whether the line breaks carry meaning (addresses, forms, verse, code) and stay in the text.
    """

    kind: BlockKind
    lines: tuple[tuple[Word, ...], ...]
    box: Box | None = None
    level: int | None = None
    marker: str | None = None
    cells: tuple[ParsedCell, ...] = ()
    font_size: float | None = None
    is_bold: bool = False
    keeps_lines: bool = False


def words_of(block: ParsedBlock) -> Iterator[Word]:
    """Yield all words of a block, a table's cell by cell."""
    for lines in (block.lines, *(cell.lines for cell in block.cells)):
        for line in lines:
            yield from line


@dataclass(frozen=True, slots=True)
class ParsedPage:
    """One page, or the whole body of a format without pages (then number 1, and width and height None).

    has_ink: whether anything visible is printed; a page with ink and no text is never an empty success.
    rotation: degrees clockwise that the page is shown turned by; boxes are in the shown orientation.
    warning: one sentence when the page could not be read fully, else None.
    ocr_problem: why OCR could not be done, as an error code, where the page needs it; reading the page again may then
        give more. `warning` says it in words.
    """

    number: int
    width: float | None
    height: float | None
    blocks: tuple[ParsedBlock, ...]
    origin: TextOrigin
    has_ink: bool = True
    rotation: int = 0
    warning: str | None = None
    ocr_problem: str | None = None


@dataclass(frozen=True, slots=True)
class ParsedHead:
    """What is known of the whole document before its pages are read."""

    page_count: int
    has_pages: bool
    title: str | None = None
    author: str | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True)
class ParseOptions:
    """How to parse: OCR languages as Tesseract names them, and the limits that a document must stay within.

    ocr_engine: a name of the OCR registry.
    ocr_parallel_pages: how many pages of one document are read by OCR at a time.
    max_pixels: of a page rendered for OCR. max_unpacked_bytes: of a packed format. max_characters: of the text of a
        format without pages, which is held in memory as one.
    """

    ocr_languages: tuple[str, ...] = ("eng",)
    ocr_engine: str = "tesseract"
    ocr_parallel_pages: int = 2
    max_pages: int = 5_000
    max_pixels: int = 40_000_000
    max_unpacked_bytes: int = 500_000_000
    max_characters: int = 5_000_000


class DocumentParser(Protocol):
    """Reads one kind of file. Runs inside a resource-limited child process; pure, synchronous, no network.

    Refusals are `UnsupportedFormat`, `InvalidInput` (codes `encrypted_file`, `damaged_file`, `empty_document`)
    or `TooLarge`; each message is one sentence that a person can act on.
    """

    def head(self, path: Path, options: ParseOptions) -> ParsedHead:
        """Return the page count and the document's own metadata."""
        ...

    def pages(self, path: Path, options: ParseOptions, *, first_page: int = 1) -> Iterator[ParsedPage]:
        """Yield pages in order from `first_page`, each as soon as it is read."""
        ...

    def render(self, path: Path, page: int, *, scale: float) -> bytes:
        """Return one page as PNG at `scale` pixels per point; NotFound with code `no_pages` where there are none."""
        ...


@dataclass(frozen=True, slots=True)
class OcrRead:
    """What OCR read from one page.

    blocks: in reading order, boxes in points of the page turned upright.
    rotation: degrees clockwise by which the page shows its text turned: 0, 90, 180 or 270.
    """

    blocks: tuple[ParsedBlock, ...]
    rotation: int = 0


class OcrEngine(Protocol):
    """Reads the words of one rendered page."""

    def read(self, image_png: bytes, *, languages: tuple[str, ...], dots_per_inch: int) -> OcrRead:
        """Return what is printed, whichever way up the page lies; Unavailable if a language is missing."""
        ...


class ParserRunner(Protocol):
    """Runs the parser that fits a file, away from the event loop and under resource limits.

    Every method raises the parsers' refusals (see DocumentParser) and, when the child reading the file dies,
    `InvalidInput` with code `parser_crashed`, `out_of_memory` or `time_limit`.
    """

    async def detect(self, path: Path, filename: str) -> str:
        """Return the media type by content, UnsupportedFormat if none; the name decides between kinds of text only."""
        ...

    async def head(self, path: Path, media_type: str, options: ParseOptions) -> ParsedHead:
        """Return the page count and the document's own metadata."""
        ...

    def pages(
        self, path: Path, media_type: str, options: ParseOptions, *, first_page: int = 1
    ) -> AsyncIterator[ParsedPage]:
        """Yield pages in order from `first_page`, each as soon as it is read; `no_text_found` may come at the end."""
        ...

    async def render(self, path: Path, media_type: str, page: int, *, scale: float) -> bytes:
        """Return one page as PNG at `scale` pixels per point; NotFound `no_pages` where the format has none."""
        ...


@dataclass(frozen=True, slots=True)
class ShapedVersion:
    """A version's text with its blocks and pages, ready to be stored."""

    text: str
    language: str | None
    blocks: list[StoredBlock]
    pages: list[StoredPage]


@dataclass(frozen=True, slots=True)
class ChunkRequest:
    """What chunking needs of a stored version. words: by page, as stored. preset: kb or pdf."""

    text: str
    title: str
    language: str | None
    preset: str
    blocks: list[StoredBlock]
    words: dict[int, bytes]
    has_pages: bool


class DocumentShaper(Protocol):
    """Does the CPU-bound, pure steps away from the event loop."""

    async def structure(self, pages: list[bytes]) -> ShapedVersion:
        """Put encoded parsed pages together to one text; see `ingestion.structure`."""
        ...

    async def chunk(self, request: ChunkRequest) -> list[NewChunk]:
        """Cut a version into chunks within the preset's and the embedder's ceilings; see `ingestion.chunking`."""
        ...
