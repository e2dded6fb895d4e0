"""OCR for the pages of a PDF that need it: which do, several at a time, results in the pages' order."""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from enum import Enum
from statistics import median
from typing import TYPE_CHECKING, Self

from footnote.adapters.document_parsers.page_layout.fragments import Fragment
from footnote.adapters.document_parsers.page_layout.lay_out import lay_out
from footnote.adapters.document_parsers.pdf.turned import turned_back
from footnote.adapters.ocr_engines.registry import create_ocr_engine
from footnote.ingestion.ports import OcrRead, ParsedBlock, ParsedPage, ParseOptions, TextOrigin, Word, words_of
from footnote.kit.errors import Unavailable
from footnote.kit.geometry import Box, union

if TYPE_CHECKING:
    from types import TracebackType

    from liteparse.types import PageComplexityStats

OCR_DOTS_PER_INCH = 200
"""Measured on noisy scans with Tesseract: print of 6.5 points is read to 91 % at 120, 99.5 % at 150, 100 % from 200 on;
a page takes 0.8 CPU seconds at 150, 1.1 at 200, 1.4 at 300."""

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
            return replace(entry.page, warning=error.message, ocr_problem=error.error_code)
        if entry.need is OcrNeed.REPLACE:
            if not read.blocks:
                return replace(entry.page, blocks=(), origin=TextOrigin.NONE, warning=_NOTHING_READ)
            return replace(
                entry.page, blocks=_as_shown(_laid_out(read.blocks), read, entry.page), origin=TextOrigin.OCR
            )
        added = _beside(_as_shown(read.blocks, read, entry.page), entry.page)
        if not added:
            return entry.page
        laid_out = _laid_out(added) if read.rotation == 0 else added
        blocks = sorted((*entry.page.blocks, *laid_out), key=lambda b: b.box.y0 if b.box else 0.0)
        is_mostly_ocr = _character_count(added) > _character_count(entry.page.blocks)
        return replace(entry.page, blocks=tuple(blocks), origin=TextOrigin.OCR if is_mostly_ocr else TextOrigin.DIGITAL)


_NOTHING_READ = "Something is printed on this page, but no text could be read from it."


def _finished(entry: "ParsedPage | Future[ParsedPage]") -> ParsedPage:
    return entry if isinstance(entry, ParsedPage) else entry.result()


def _as_shown(blocks: tuple[ParsedBlock, ...], read: OcrRead, page: ParsedPage) -> tuple[ParsedBlock, ...]:
    if read.rotation == 0:
        return blocks
    return turned_back(blocks, read.rotation, width=page.width or 0.0, height=page.height or 0.0)


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
    """Lay the lines out as those of a digital page are; the engine's own paragraphs end at every second line."""
    heights = [(_box_of(line), line) for block in read for line in block.lines]
    usual = median(box.y1 - box.y0 for box, _ in heights)
    fragments = [
        Fragment(list(line), box.x0, box.y0, box.x1, box.y1, _size(box.y1 - box.y0, usual)) for box, line in heights
    ]
    return lay_out(fragments)


def _size(height: float, usual: float) -> float:
    """Return the usual size for a line about as high: exact heights depend on the letters that a line has."""
    return usual if 0.7 * usual < height < 1.35 * usual else height


def _box_of(words: Sequence[Word]) -> Box:
    return union(word.box for word in words if word.box is not None) or Box(0.0, 0.0, 0.0, 0.0)
