"""PDF: words, tables and figures from liteparse, pages and pictures from PDFium, layout from our own page_layout.

Pages are read in batches that always begin at the same pages, so that a run resumed in the middle gives the same pages
as one from the start, and memory stays that of one batch.
"""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from footnote.adapters.document_parsers.page_layout.fragments import Fragment
from footnote.adapters.document_parsers.page_layout.lay_out import lay_out
from footnote.adapters.document_parsers.pdf.file import (
    damaged,
    has_ink,
    head_of,
    open_pdf,
    page_of,
    png_of,
    render_page,
)
from footnote.adapters.document_parsers.pdf.ocr import OCR_DOTS_PER_INCH, OcrNeed, OcrQueue, PageForOcr, needs_ocr
from footnote.adapters.document_parsers.pdf.printed_items import figure_boxes_of, fragments_of, grids_of
from footnote.adapters.document_parsers.pdf.right_to_left import put_letters_in_order
from footnote.adapters.document_parsers.pdf.turned import dominant_turn, turned_back
from footnote.ingestion.ports import ParsedBlock, ParsedHead, ParsedPage, ParseOptions, TextOrigin, words_of
from footnote.kit.errors import InvalidInput

if TYPE_CHECKING:
    from liteparse import LiteParse
    from liteparse.types import ParsedPage as PrintedPage
    from pypdfium2 import PdfDocument, PdfPage

_BATCH_PAGES = 16
_VIEW_MAX_PIXELS = 40_000_000


class PdfParser:
    """Reads PDF files; pages whose text is missing, sparse or garbled go through OCR."""

    def head(self, path: Path, options: ParseOptions) -> ParsedHead:
        """Return the page count and the document's title and author."""
        with open_pdf(path) as document:
            return head_of(document, options)

    def pages(self, path: Path, options: ParseOptions, *, first_page: int = 1) -> Iterator[ParsedPage]:
        """Yield pages in order from `first_page`.

        At the end of a run over all pages, InvalidInput `no_text_found` if there is ink and no page gave any text, or
        `empty_document` if there is no ink either.
        """
        with open_pdf(path) as document:
            count = head_of(document, options).page_count
            has_text = any_ink = False
            with OcrQueue(options) as queue, _named_as_pdf(path) as named:
                for page in queue.in_order(_read(named, document, count, first_page, options)):
                    has_text = has_text or any(True for block in page.blocks for _ in words_of(block))
                    any_ink = any_ink or page.has_ink
                    yield page
            if not has_text and first_page == 1:
                raise queue.unavailable or _refusal(any_ink=any_ink)

    def render(self, path: Path, page: int, *, scale: float) -> bytes:
        """Return one page as PNG; NotFound `no_such_page` beyond the last."""
        with open_pdf(path) as document:
            image, _ = render_page(page_of(document, page), scale=scale, max_pixels=_VIEW_MAX_PIXELS)
            return png_of(image)


@contextmanager
def _named_as_pdf(path: Path) -> Iterator[Path]:
    """Lend the file under a name that ends in .pdf: liteparse goes by the ending, stored files have none."""
    if path.suffix.lower() == ".pdf":
        yield path
        return
    with tempfile.TemporaryDirectory() as folder:
        link = Path(folder) / "document.pdf"
        link.symlink_to(path.absolute())
        yield link


def _read(
    path: Path, document: "PdfDocument", count: int, first_page: int, options: ParseOptions
) -> "Iterator[ParsedPage | PageForOcr]":
    start = (first_page - 1) // _BATCH_PAGES * _BATCH_PAGES + 1
    for batch_start in range(start, count + 1, _BATCH_PAGES):
        numbers = range(batch_start, min(batch_start + _BATCH_PAGES, count + 1))
        printed = {page.page_num: page for page in _printed_pages(path, numbers)}
        for number in numbers:
            if number >= first_page:
                yield _page(path, document, number, printed.get(number), options)


def _printed_pages(path: Path, numbers: range, *, rotation: int = 0) -> "list[PrintedPage]":
    """Return what is printed on the pages; rotation: degrees clockwise that all of them are to be turned back by."""
    from liteparse import ParseError

    try:
        found: list[PrintedPage] = _reader(numbers, rotation).parse(path).pages
    except ParseError as error:
        raise damaged() from error
    return found


def _reader(numbers: range, rotation: int) -> "LiteParse":
    from liteparse import LiteParse

    # OCR is off: liteparse's own would download language data when it finds none.
    return LiteParse(
        ocr_enabled=False,
        quiet=True,
        target_pages=f"{numbers.start}-{numbers.stop - 1}",
        page_orientation_corrections=[(number, rotation) for number in numbers] if rotation else None,
        continue_on_page_error=True,
        keep_headers_footers=True,
        image_mode="off",
        extract_links=False,
        extract_blocks=True,
        extract_text_metadata=True,
        emit_word_boxes=True,
        include_complexity=True,
    )


def _page(
    path: Path, document: "PdfDocument", number: int, printed: "PrintedPage | None", options: ParseOptions
) -> "ParsedPage | PageForOcr":
    from pypdfium2 import PdfiumError

    try:
        shown = document[number - 1]
    except PdfiumError:
        return _unreadable(number)
    try:
        width, height = shown.get_size()
        page = ParsedPage(number, width, height, (), TextOrigin.NONE, rotation=shown.get_rotation())
        if printed is not None:
            page = replace(page, blocks=_blocks(path, printed, shown), origin=TextOrigin.DIGITAL)
        characters = sum(len(word.text) for block in page.blocks for word in words_of(block))
        need = needs_ocr(printed.complexity if printed is not None else None, characters)
        if need is OcrNeed.NONE:
            return page
        if not has_ink(shown):
            return page if characters else replace(page, blocks=(), origin=TextOrigin.NONE, has_ink=False)
        image, scale = render_page(shown, scale=OCR_DOTS_PER_INCH / 72, max_pixels=options.max_pixels, is_grey=True)
        return PageForOcr(page, need, png_of(image), scale * 72)
    except InvalidInput:
        return _unreadable(number)
    finally:
        shown.close()


def _blocks(path: Path, printed: "PrintedPage", shown: "PdfPage") -> tuple[ParsedBlock, ...]:
    fragments = list(fragments_of(printed.text_items))
    rotation = dominant_turn(fragments)
    if rotation:
        number = printed.page_num
        for upright in _printed_pages(path, range(number, number + 1), rotation=rotation):
            blocks = _laid_out(upright, list(fragments_of(upright.text_items)))
            return turned_back(blocks, rotation, width=printed.width, height=printed.height)
    if shown.get_rotation() == 0:
        put_letters_in_order(fragments, shown, printed.height)
    return _laid_out(printed, fragments)


def _laid_out(printed: "PrintedPage", fragments: list[Fragment]) -> tuple[ParsedBlock, ...]:
    found = printed.blocks or []
    return lay_out(fragments, grids_of(found), figure_boxes_of(found, printed.width * printed.height))


def _unreadable(number: int) -> ParsedPage:
    return ParsedPage(number, None, None, (), TextOrigin.NONE, warning="This page is damaged and could not be read.")


def _refusal(*, any_ink: bool) -> InvalidInput:
    if any_ink:
        return InvalidInput(
            "No text could be read from any page; check the scan's quality and the OCR languages.", code="no_text_found"
        )
    return InvalidInput("The PDF's pages are blank.", code="empty_document")
