"""Opening a PDF with PDFium: refusals, the document's own metadata, rendering, ink."""

from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from footnote.ingestion.ports import ParsedHead, ParseOptions
from footnote.kit.errors import InvalidInput, NotFound, TooLarge

if TYPE_CHECKING:
    from PIL.Image import Image
    from pypdfium2 import PdfDocument, PdfPage

_ERR_PASSWORD = 4
_ERR_SECURITY = 5
_INK_SCALE = 0.5
_INK_CONTRAST = 40
"""Difference in grey, of 255, from the page's own background that counts as ink."""
_INK_SHARE = 0.0002
_MAX_RENDER_SIDE_PIXELS = 12_000


@contextmanager
def open_pdf(path: Path) -> Iterator["PdfDocument"]:
    """Open the file, or raise InvalidInput with code `empty_document`, `encrypted_file` or `damaged_file`."""
    from pypdfium2 import PdfDocument, PdfiumError

    if path.stat().st_size == 0:
        raise InvalidInput("The file is empty.", code="empty_document")
    try:
        document = PdfDocument(path)
    except PdfiumError as error:
        if error.err_code in {_ERR_PASSWORD, _ERR_SECURITY}:
            raise InvalidInput(
                "The PDF is protected by a password; remove the protection and add it again.", code="encrypted_file"
            ) from error
        raise damaged() from error
    try:
        if len(document) == 0:
            raise damaged()
        yield document
    finally:
        document.close()


def damaged() -> InvalidInput:
    """Return the refusal for a file that breaks off or is not what it says it is."""
    return InvalidInput("The PDF is damaged and cannot be opened; save or export it anew.", code="damaged_file")


def head_of(document: "PdfDocument", options: ParseOptions) -> ParsedHead:
    """Return the page count and metadata; TooLarge beyond the allowed number of pages."""
    count = len(document)
    if count > options.max_pages:
        raise TooLarge(f"The PDF has {count} pages; at most {options.max_pages} are accepted.")
    metadata = document.get_metadata_dict(skip_empty=True)
    return ParsedHead(
        page_count=count, has_pages=True, title=_clean(metadata.get("Title")), author=_clean(metadata.get("Author"))
    )


def page_of(document: "PdfDocument", number: int) -> "PdfPage":
    """Return a page by its number from 1; NotFound `no_such_page`, or `damaged_file` if it cannot be loaded."""
    from pypdfium2 import PdfiumError

    if not 1 <= number <= len(document):
        raise NotFound(f"The document has {len(document)} pages.", code="no_such_page")
    try:
        return document[number - 1]
    except PdfiumError as error:
        raise damaged() from error


def render_page(page: "PdfPage", *, scale: float, max_pixels: int, is_grey: bool = False) -> "tuple[Image, float]":
    """Return the page as it is shown, and the scale in fact used, lowered if the picture would exceed `max_pixels`."""
    from pypdfium2 import PdfiumError

    width, height = page.get_size()
    if width <= 0 or height <= 0:
        raise damaged()
    fitting = min(scale, (max_pixels / (width * height)) ** 0.5, _MAX_RENDER_SIDE_PIXELS / max(width, height))
    try:
        bitmap = page.render(scale=fitting, grayscale=is_grey)
        image: Image = bitmap.to_pil()
    except PdfiumError as error:
        raise damaged() from error
    return image, fitting


def png_of(image: "Image") -> bytes:
    """Return the picture as PNG, packed fast rather than small."""
    target = BytesIO()
    image.save(target, format="PNG", compress_level=1)
    return target.getvalue()


def has_ink(page: "PdfPage") -> bool:
    """Tell whether anything visible is printed: pixels that clearly differ from the page's commonest shade."""
    image, _ = render_page(page, scale=_INK_SCALE, max_pixels=4_000_000, is_grey=True)
    histogram = image.histogram()
    background = max(range(256), key=histogram.__getitem__)
    ink = sum(count for shade, count in enumerate(histogram) if abs(shade - background) > _INK_CONTRAST)
    return ink > _INK_SHARE * image.width * image.height


def _clean(value: str | None) -> str | None:
    text = " ".join("".join(c for c in value or "" if c.isprintable() or c.isspace()).split())
    return text[:500] or None
