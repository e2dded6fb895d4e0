"""Which parser reads which media type, by import path: its libraries are loaded only in the child that needs them."""

import importlib
from typing import cast

from footnote.ingestion.ports import DocumentParser
from footnote.kit.errors import UnsupportedFormat

PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
HTML = "text/html"
MARKDOWN = "text/markdown"
PLAIN_TEXT = "text/plain"

DOCUMENT_PARSERS: dict[str, str] = {
    PDF: "footnote.adapters.document_parsers.pdf.parser:PdfParser",
    DOCX: "footnote.adapters.document_parsers.docx.parser:DocxParser",
    HTML: "footnote.adapters.document_parsers.html.parser:HtmlParser",
    MARKDOWN: "footnote.adapters.document_parsers.markdown:MarkdownParser",
    PLAIN_TEXT: "footnote.adapters.document_parsers.text:TextParser",
}


def create_parser(media_type: str) -> DocumentParser:
    """Return the parser for a media type; UnsupportedFormat if none is registered."""
    path = DOCUMENT_PARSERS.get(media_type)
    if path is None:
        raise UnsupportedFormat(
            f"Files of type {media_type} cannot be read; supported are PDF, Word, HTML, Markdown and text."
        )
    module, _, name = path.partition(":")
    return cast("DocumentParser", getattr(importlib.import_module(module), name)())
