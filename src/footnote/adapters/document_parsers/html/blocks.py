"""From an HTML tree to blocks: what a reader of the page would call its content."""

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from footnote.adapters.document_parsers.flowing_text import block, lines_in, list_item
from footnote.ingestion.ports import BlockKind, ParsedBlock, ParsedCell

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_NEVER_SHOWN = [
    "script",
    "style",
    "noscript",
    "template",
    "iframe",
    "object",
    "embed",
    "svg",
    "canvas",
    "math",
    "head",
    "link",
    "meta",
    "audio",
    "video",
]
_CONTROLS = ["button", "input", "select", "textarea", "dialog"]
_FURNITURE = ["nav", "aside"]
_FURNITURE_ROLES = frozenset({"navigation", "banner", "contentinfo", "search", "complementary", "dialog", "alert"})
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_BLOCK_TAGS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "center",
        "dd",
        "details",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "html",
        "legend",
        "li",
        "main",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "summary",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "ul",
    ]
)
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_ENOUGH_SHARE = 0.4
_MAX_DEPTH = 150
_MAX_SPAN = 200


def main_content(root: "HtmlElement") -> "HtmlElement":
    """Take out what is never shown or frames every page, and return the element that holds the rest.

    The one `main` or `article` is the content if it has at least 40 % of the text. Page furniture stays if without it
    less than 40 % would be left: a page of links is its links.
    """
    _drop(root, lambda element: element.tag in _NEVER_SHOWN or element.tag in _CONTROLS or _is_hidden(element))
    body = root.find("body") if root.find("body") is not None else root
    everything = _letter_count(body)
    for path in (".//main", ".//*[@role='main']", ".//article"):
        found = body.xpath(path)
        if len(found) == 1 and _letter_count(found[0]) >= _ENOUGH_SHARE * everything:
            body = found[0]
            break
    furniture = [element for element in body.iter() if _is_furniture(element, body)]
    all_of_it = set(furniture)
    framed = sum(_letter_count(element) for element in furniture if not _has_ancestor_in(element, all_of_it))
    if _letter_count(body) - framed >= _ENOUGH_SHARE * _letter_count(body):
        for element in furniture:
            _remove(element)
    return body


def blocks_in(root: "HtmlElement") -> Iterator[ParsedBlock]:
    """Yield the blocks below an element in document order."""
    for made in _Walk().walk(root, depth=0):
        if made is not None:
            yield made


class _Walk:
    """Gathers inline text until a block ends; knows the open lists."""

    def __init__(self) -> None:
        self._inline: list[str] = []
        self._marker: str | None = None
        self._numbers: list[int | None] = []
        self._has_breaks = False

    def walk(self, element: "HtmlElement", depth: int) -> Iterator[ParsedBlock | None]:
        """Yield the blocks of an element, its own inline text included; the text after it is the caller's."""
        tag = element.tag if isinstance(element.tag, str) else ""
        if tag in _HEADINGS:
            yield self._flush()
            yield block(BlockKind.HEADING, _inline_text(element), level=_HEADINGS[tag])
        elif tag == "pre":
            yield self._flush()
            yield block(BlockKind.CODE, element.text_content())
        elif tag == "table" and _is_data_table(element):
            yield self._flush()
            yield _table(element)
        elif tag == "br":
            self._inline.append("\n")
            self._has_breaks = True
        elif tag == "img":
            self._inline.append(f" {element.get('alt') or ''} ")
        elif depth > _MAX_DEPTH:
            self._inline.append(element.text_content())
        elif tag in _BLOCK_TAGS:
            yield self._flush()
            yield from self._block_element(element, tag, depth)
            yield self._flush()
        else:
            yield from self._children(element, depth)

    def _block_element(self, element: "HtmlElement", tag: str, depth: int) -> Iterator[ParsedBlock | None]:
        if tag in {"ul", "ol"}:
            self._numbers.append(_start(element) if tag == "ol" else None)
            yield from self._children(element, depth)
            yield self._flush()
            self._numbers.pop()
            return
        if tag == "li":
            self._marker = self._next_marker()
        yield from self._children(element, depth)

    def _children(self, element: "HtmlElement", depth: int) -> Iterator[ParsedBlock | None]:
        self._inline.append(_collapsed(element.text))
        for child in element:
            yield from self.walk(child, depth + 1)
            self._inline.append(_collapsed(child.tail))

    def _next_marker(self) -> str:
        number = self._numbers[-1] if self._numbers else None
        if number is None:
            return "•"
        self._numbers[-1] = number + 1
        return f"{number}."

    def _flush(self) -> ParsedBlock | None:
        text = "".join(self._inline)
        self._inline = []
        if not text.strip():
            return None
        has_breaks, self._has_breaks = self._has_breaks, False
        marker, self._marker = self._marker, None
        if marker is not None:
            return list_item(text, marker=marker, level=max(1, len(self._numbers)))
        return block(BlockKind.PARAGRAPH, text, keeps_lines=has_breaks)


def _collapsed(text: str | None) -> str:
    return re.sub(r"[ \t\r\n\f]+", " ", text or "")


def _inline_text(element: "HtmlElement") -> str:
    parts = [_collapsed(element.text)]
    for child in element:
        if child.tag == "br":
            parts.append(" ")
        elif child.tag == "img":
            parts.append(f" {child.get('alt') or ''} ")
        elif isinstance(child.tag, str):
            separator = " " if child.tag in _BLOCK_TAGS else ""
            parts.append(f"{separator}{_inline_text(child)}{separator}")
        parts.append(_collapsed(child.tail))
    return "".join(parts)


def _is_data_table(table: "HtmlElement") -> bool:
    """Tell a table from a page laid out with table elements: no table inside, and more than one cell."""
    if table.find(".//table") is not None or table.get("role") in {"presentation", "none"}:
        return False
    return len(table.xpath(".//td|.//th")) > 1


def _table(table: "HtmlElement") -> ParsedBlock | None:
    cells: list[ParsedCell] = []
    occupied: set[tuple[int, int]] = set()
    for row, line in enumerate(table.iter("tr")):
        column = 0
        for cell in line.xpath("./td|./th"):
            while (row, column) in occupied:
                column += 1
            height, width = _span(cell, "rowspan"), _span(cell, "colspan")
            occupied.update((row + down, column + across) for down in range(height) for across in range(width))
            is_header = cell.tag == "th"
            lines = lines_in("\n".join(_cell_lines(cell)))
            cells.append(ParsedCell(row, column, lines, None, height, width, is_header=is_header))
            column += width
    if not any(cell.lines for cell in cells):
        return None
    return ParsedBlock(BlockKind.TABLE, (), cells=tuple(cells))


def _cell_lines(cell: "HtmlElement") -> Iterator[str]:
    for made in blocks_in(cell):
        for line in made.lines:
            yield " ".join(word.text for word in line)


def _span(cell: "HtmlElement", name: str) -> int:
    value = (cell.get(name) or "1").strip()
    return min(max(int(value), 1), _MAX_SPAN) if value.isascii() and value.isdigit() and len(value) < 6 else 1


def _start(element: "HtmlElement") -> int:
    value = (element.get("start") or "1").strip()
    return int(value) if value.isascii() and value.isdigit() and len(value) < 6 else 1


def _is_hidden(element: "HtmlElement") -> bool:
    is_hidden = element.get("hidden") is not None or element.get("aria-hidden") == "true"
    return is_hidden or _HIDDEN_STYLE.search(element.get("style") or "") is not None


def _is_furniture(element: "HtmlElement", body: "HtmlElement") -> bool:
    if element.tag in _FURNITURE or element.get("role") in _FURNITURE_ROLES:
        return True
    is_of_whole_page = element.getparent() is body or (
        element.getparent() is not None and element.getparent().getparent() is body
    )
    return element.tag == "footer" or (element.tag == "header" and is_of_whole_page and element.find(".//h1") is None)


def _has_ancestor_in(element: "HtmlElement", others: set["HtmlElement"]) -> bool:
    return any(ancestor in others for ancestor in element.iterancestors())


def _letter_count(element: "HtmlElement") -> int:
    return sum(1 for character in element.text_content() if not character.isspace())


def _drop(root: "HtmlElement", is_unwanted: Callable[["HtmlElement"], bool]) -> None:
    for element in list(root.iter("*")):
        if isinstance(element.tag, str) and element.tag not in {"html", "body"} and is_unwanted(element):
            _remove(element)


def _remove(element: "HtmlElement") -> None:
    """Empty the element where it stands: lxml refuses to move a text that holds control characters."""
    del element[:]
    element.text = None
    element.attrib.clear()
    element.tag = "span"
