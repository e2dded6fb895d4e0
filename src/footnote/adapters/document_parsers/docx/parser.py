"""Word files: paragraphs, headings, numbered lists, tables with merged cells, notes; heads and feet once."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from footnote.adapters.document_parsers.docx.blocks import BodyReader
from footnote.adapters.document_parsers.docx.package import check_package
from footnote.adapters.document_parsers.flowing_text import WithoutPages, only_page
from footnote.ingestion.ports import ParsedBlock, ParsedHead, ParsedPage, ParseOptions
from footnote.kit.errors import InvalidInput

if TYPE_CHECKING:
    from docx.document import Document


class DocxParser(WithoutPages):
    """Reads Word files in the format of Word 2007 and later."""

    def head(self, path: Path, options: ParseOptions) -> ParsedHead:
        """Return the document's own properties."""
        properties = _open(path, options).core_properties
        return ParsedHead(
            page_count=1,
            has_pages=False,
            title=(properties.title or "").strip()[:500] or None,
            author=(properties.author or "").strip()[:500] or None,
            language=(properties.language or "").split("-")[0].lower()[:3] or None,
        )

    def pages(self, path: Path, options: ParseOptions, *, first_page: int = 1) -> Iterator[ParsedPage]:
        """Yield the one body; a Word file has no pages until it is printed."""
        if first_page == 1:
            document = _open(path, options)
            has_pictures = any("/media/" in part.partname for part in document.part.package.iter_parts())
            yield only_page(_blocks(document), options, has_pictures=has_pictures)


def _open(path: Path, options: ParseOptions) -> "Document":
    import docx

    check_package(path, options)
    try:
        return docx.Document(str(path))
    except Exception as error:  # python-docx lets errors of zipfile, lxml and its own lookups through alike
        raise InvalidInput(
            "The Word file is damaged and cannot be opened; save it anew.", code="damaged_file"
        ) from error


def _blocks(document: "Document") -> Iterator[ParsedBlock]:
    reader = BodyReader(document)
    yield from reader.heads()
    yield from reader.body()
    yield from reader.notes()
    yield from reader.feet()
