"""The functions that run inside the child processes; everything dangerous happens behind them."""

from collections.abc import Iterator
from pathlib import Path

from footnote.adapters.document_parsers.media_types import media_type_of
from footnote.adapters.document_parsers.registry import create_parser
from footnote.ingestion.ports import ParsedHead, ParsedPage, ParseOptions


def detect(path: Path, filename: str) -> str:
    """Return the file's media type by content."""
    return media_type_of(path, filename)


def head(path: Path, media_type: str, options: ParseOptions) -> ParsedHead:
    """Return what is known of the whole document."""
    return create_parser(media_type).head(path, options)


def pages(path: Path, media_type: str, options: ParseOptions, first_page: int) -> Iterator[ParsedPage]:
    """Yield the document's pages from `first_page`."""
    yield from create_parser(media_type).pages(path, options, first_page=first_page)


def render(path: Path, media_type: str, page: int, scale: float) -> bytes:
    """Return one page as PNG."""
    return create_parser(media_type).render(path, page, scale=scale)
