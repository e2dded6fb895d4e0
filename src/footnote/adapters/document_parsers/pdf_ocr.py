"""OCR for the pages of a PDF that need it: which do, several at a time, results in the pages' order."""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from enum import Enum
from statistics import median
from typing import TYPE_CHECKING, Self

from footnote.adapters.document_parsers.page_blocks import blocks_of, usual_size
from footnote.adapters.document_parsers.page_print import Line
from footnote.adapters.ocr_engines.registry import create_ocr_engine
from footnote.ingestion.ports import ParsedBlock, ParsedPage, ParseOptions, TextOrigin, Word, words_of
from footnote.kit.errors import Unavailable
from footnote.kit.geometry import Box, union

if TYPE_CHECKING:
    from types import TracebackType

    from liteparse.types import PageComplexityStats

OCR_DOTS_PER_INCH = 200
"""Chosen by measurement over 150 and 300; see docs/decisions."""

_SPARSE_CHARACTERS = 400
_ALMOST_NONE_CHARACTERS = 30
_LARGE_IMAGE = 0.35
_MANY_OUTLINES = 0.02
_MAX_WAITING_PAGES = 48


class OcrNeed(Enum):
    """What OCR is to do for a page."""

    NONE = "none"
    ADD = "add"
    """Read what is only in pictures, beside the digital text."""
    REPLACE = "replace"
    """Read everything: the digital text is missing or glyph codes."""


def needs_ocr(complexity: "PageComplexityStats | None", character_count: int) -> OcrNeed:
    """Judge a page by its digital text and by what else is printed on it.

    character_count: visible characters of the page's digital text.
    """
    if character_count < _ALMOST_NONE_CHARACTERS:
        return OcrNeed.ADD if character_count else OcrNeed.REPLACE
    if complexity is None:
        return OcrNeed.NONE
    if complexity.is_garbled:
        return OcrNeed.REPLACE
    if character_count >= _SPARSE_CHARACTERS:
        return OcrNeed.NONE
    outlines = (complexity.uncovered_vector_area or 0.0) / max(complexity.page_area, 1.0)
    is_picture = complexity.full_page_image or complexity.image_coverage >= _LARGE_IMAGE
    return OcrNeed.ADD if is_picture or outlines >= _MANY_OUTLINES else OcrNeed.NONE


@dataclass(frozen=True, slots=True)
class PageForOcr:
    """A page that waits for OCR: its digital part, its picture, and the picture's resolution."""

    page: ParsedPage
    need: OcrNeed
    image_png: bytes
    dots_per_inch: float


class OcrQueue:
    """Reads several pages at a time and gives all pages back in their order; a context manager."""

    def __init__(self, options: ParseOptions) -> None:
        self._options = options
        self._engine = create_ocr_engine(options.ocr_engine)
        self._threads = ThreadPoolExecutor(options.ocr_parallel_pages, thread_name_prefix="ocr")
        self.unavailable: Unavailable | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: "TracebackType | None"
    ) -> None:
        self._threads.shutdown(wait=True, cancel_futures=True)

    def in_order(self, entries: Iterable[ParsedPage | PageForOcr]) -> Iterator[ParsedPage]:
        """Yield every page, those that need it after OCR; reads ahead by a few pages only."""
        waiting: deque[ParsedPage | Future[ParsedPage]] = deque()
        for entry in entries:
            waiting.append(entry if isinstance(entry, ParsedPage) else self._threads.submit(self._recognise, entry))
            while waiting and self._is_due(waiting):
                yield _finished(waiting.popleft())
        while waiting:
            yield _finished(waiting.popleft())

    def _is_due(self, waiting: "deque[ParsedPage | Future[ParsedPage]]") -> bool:
        first = waiting[0]
        if isinstance(first, ParsedPage) or first.done():
            return True
        in_work = sum(1 for entry in waiting if isinstance(entry, Future) and not entry.done())
        return in_work > 2 * self._options.ocr_parallel_pages or len(waiting) > _MAX_WAITING_PAGES

    def _recognise(self, entry: PageForOcr) -> ParsedPage:
        try:
            read = self._engine.read(
                entry.image_png, languages=self._options.ocr_languages, dots_per_inch=round(entry.dots_per_inch)
            )
        except Unavailable as error:
            self.unavailable = error
            return replace(entry.page, warning=error.message)
        if entry.need is OcrNeed.REPLACE:
            if not read:
                return replace(entry.page, blocks=(), origin=TextOrigin.NONE, warning=_NOTHING_READ)
            return replace(entry.page, blocks=_laid_out(read), origin=TextOrigin.OCR)
        added = _beside(read, entry.page)
        if not added:
            return entry.page
        blocks = sorted((*entry.page.blocks, *_laid_out(added)), key=lambda b: b.box.y0 if b.box else 0.0)
        is_mostly_ocr = _character_count(added) > _character_count(entry.page.blocks)
        return replace(entry.page, blocks=tuple(blocks), origin=TextOrigin.OCR if is_mostly_ocr else TextOrigin.DIGITAL)


_NOTHING_READ = "Something is printed on this page, but no text could be read from it."


def _finished(entry: "ParsedPage | Future[ParsedPage]") -> ParsedPage:
    return entry if isinstance(entry, ParsedPage) else entry.result()


def _character_count(blocks: Sequence[ParsedBlock]) -> int:
    return sum(len(word.text) for block in blocks for line in block.lines for word in line)


def _beside(read: Sequence[ParsedBlock], page: ParsedPage) -> list[ParsedBlock]:
    """Return what OCR read where the page has no digital word."""
    digital = [word.box for block in page.blocks for word in words_of(block) if word.box is not None]
    kept = []
    for block in read:
        lines = [tuple(word for word in line if not _is_covered(word.box, digital)) for line in block.lines]
        if lines := [line for line in lines if line]:
            kept.append(replace(block, lines=tuple(lines)))
    return kept


def _is_covered(box: Box | None, digital: Sequence[Box]) -> bool:
    if box is None:
        return False
    x, y = (box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2
    return any(d.x0 - 2 <= x <= d.x1 + 2 and d.y0 - 2 <= y <= d.y1 + 2 for d in digital)


def _laid_out(read: Sequence[ParsedBlock]) -> tuple[ParsedBlock, ...]:
    """Tell headings, list items and paragraphs apart, keeping the engine's own order of regions."""
    regions = [_lines_of(block) for block in read]
    body_size = usual_size([line for region in regions for line in region])
    return tuple(block for region in regions for block in blocks_of(region, body_size))


def _lines_of(block: ParsedBlock) -> list[Line]:
    """Return a region's lines, all of one size: a line's own height depends on the letters that happen to be in it."""
    boxes = [_box_of(line) for line in block.lines]
    size = median(box.y1 - box.y0 for box in boxes)
    return [
        Line(list(words), box.x0, box.y0, box.x1, box.y1, size, is_bold=False, is_monospaced=False, gaps=0)
        for words, box in zip(block.lines, boxes, strict=True)
    ]


def _box_of(words: Sequence[Word]) -> Box:
    return union(word.box for word in words if word.box is not None) or Box(0.0, 0.0, 0.0, 0.0)
