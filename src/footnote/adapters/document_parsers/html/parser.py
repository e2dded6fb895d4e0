"""HTML: the main content as blocks; scripts never run, nothing is fetched, page furniture is left out."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from footnote.adapters.document_parsers.flowing_text import WithoutPages, only_page
from footnote.adapters.document_parsers.html.blocks import blocks_in
from footnote.adapters.document_parsers.html.content import main_content
from footnote.adapters.document_parsers.text_encoding import decode_text
from footnote.ingestion.ports import ParsedBlock, ParsedHead, ParsedPage, ParseOptions
from footnote.kit.errors import InvalidInput, TooLarge

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_DECLARED = re.compile(
    rb"""<meta[^>]+charset\s*=\s*["']?\s*([\w.:-]+)|<\?xml[^>]+encoding\s*=\s*["']([\w.:-]+)""", re.IGNORECASE
)
_DECLARATION = re.compile(r"\A\s*<\?xml[^>]*\?>")
_ENDS = re.compile(r"</(?:body|html)\s*>", re.IGNORECASE)
_TOO_DEEP = "Excessive depth"


class HtmlParser(WithoutPages):
    """Reads HTML and XHTML files."""

    def head(self, path: Path, options: ParseOptions) -> ParsedHead:
        """Return the title, author and language that the page states."""
        root = _parse(_read(path, options))
        title = " ".join((root.findtext(".//title") or "").split())
        author = root.xpath("string(.//meta[@name='author']/@content)")
        language = (root.get("lang") or root.get("{http://www.w3.org/XML/1998/namespace}lang") or "").strip()
        return ParsedHead(
            page_count=1,
            has_pages=False,
            title=title[:500] or None,
            author=str(author).strip()[:500] or None,
            language=language.split("-")[0].lower()[:3] or None,
        )

    def pages(self, path: Path, options: ParseOptions, *, first_page: int = 1) -> Iterator[ParsedPage]:
        """Yield the one body."""
        if first_page == 1:
            root = _parse(_read(path, options))
            has_pictures = root.find(".//img") is not None
            yield only_page(blocks_in(main_content(root)), options, has_pictures=has_pictures)


def blocks_of_html(content: str) -> Iterator[ParsedBlock]:
    """Yield the blocks of a piece of HTML, as Markdown may embed it; nothing for one without text."""
    # Around it an element of our own, since a piece may be a comment or an end tag alone.
    yield from blocks_in(main_content(_parse(f"<div>{content}</div>")))


def _read(path: Path, options: ParseOptions) -> str:
    # Markup commonly takes several times the room of the text.
    if path.stat().st_size > 16 * options.max_characters:
        raise TooLarge("The page is too large to be read; split it.")
    content = path.read_bytes()
    match = _DECLARED.search(content[:4096])
    declared = (match.group(1) or match.group(2)).decode("ascii") if match else None
    return decode_text(content, declared=declared)


def _parse(text: str) -> "HtmlElement":
    from lxml import etree
    from lxml.html import HTMLParser, document_fromstring

    # With huge_tree the library reads to a depth of 2,048, without it to 256, and stops there without an error.
    parser = HTMLParser(remove_comments=True, remove_pis=True, no_network=True, huge_tree=True, encoding="utf-8")
    clean = _DECLARATION.sub("", text).replace("\0", "")
    if not clean.strip():
        raise InvalidInput("The document holds no text.", code="empty_document")
    # The library drops what follows the end of the body; a browser shows it.
    content = _ENDS.sub("", clean).encode("utf-8", "replace")
    try:
        root: HtmlElement = document_fromstring(content, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise InvalidInput("The page's HTML is damaged and cannot be read.", code="damaged_file") from error
    if any(entry.level_name == "FATAL" and _TOO_DEEP in entry.message for entry in parser.error_log):
        raise InvalidInput(
            "The page's elements are nested too deep to be read whole; save its text in another form.",
            code="damaged_file",
        )
    return root
