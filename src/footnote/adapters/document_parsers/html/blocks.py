"""From an HTML tree to blocks, in document order."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from footnote.adapters.document_parsers.flowing_text import block, lines_in, list_item
from footnote.ingestion.ports import BlockKind, ParsedBlock, ParsedCell

if TYPE_CHECKING:
    from lxml.html import HtmlElement

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
_MAX_SPAN = 200


def blocks_in(root: "HtmlElement") -> Iterator[ParsedBlock]:
    """Yield the blocks below an element in document order, however deep they are nested."""
    walk = _Walk()
    for made in walk.blocks(root):
        if made is not None:
            yield made


class _Walk:
    """Gathers inline text until a block ends; knows the open lists."""

    def __init__(self) -> None:
        self._inline: list[str] = []
        self._marker: str | None = None
        self._numbers: list[int | None] = []
        self._has_breaks = False

    def blocks(self, root: "HtmlElement") -> Iterator[ParsedBlock | None]:
        """Yield the blocks of an element; a loop, because pages may be nested deeper than calls can be."""
        from lxml.etree import iterwalk

        walker = iterwalk(root, events=("start", "end"))
        for event, element in walker:
            tag = element.tag if isinstance(element.tag, str) else ""
            if event == "start":
                if tag in _BLOCK_TAGS:
                    yield self._flush()
                whole = self._whole(element, tag)
                if whole is not None:
                    walker.skip_subtree()
                    yield from whole
                else:
                    self._open(element, tag)
                continue
            if tag in _BLOCK_TAGS:
                yield self._flush()
                if tag in {"ul", "ol"}:
                    self._numbers.pop()
            if element is not root:
                self._inline.append(_collapsed(element.tail))

    def _whole(self, element: "HtmlElement", tag: str) -> "list[ParsedBlock | None] | None":
        """Return what an element gives that is taken as one, or None for one to be walked through."""
        if tag in _HEADINGS:
            return [block(BlockKind.HEADING, _inline_text(element), level=_HEADINGS[tag])]
        if tag == "pre":
            return [block(BlockKind.CODE, _inline_text(element, keeps_blanks=True))]
        if tag == "table" and _is_data_table(element):
            captions = [block(BlockKind.PARAGRAPH, _inline_text(caption)) for caption in element.iter("caption")]
            return [*captions, _table(element)]
        return None

    def _open(self, element: "HtmlElement", tag: str) -> None:
        if tag == "br":
            self._inline.append("\n")
            self._has_breaks = True
        elif tag == "img":
            self._inline.append(f" {element.get('alt') or ''} ")
        elif tag in {"ul", "ol"}:
            self._numbers.append(_start(element) if tag == "ol" else None)
        elif tag == "li":
            self._marker = self._next_marker()
        self._inline.append(_collapsed(element.text))

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


def _inline_text(root: "HtmlElement", *, keeps_blanks: bool = False) -> str:
    """Return an element's text; keeps_blanks: as preformatted text, whose line breaks count."""
    from lxml.etree import iterwalk

    parts: list[str] = []
    for event, element in iterwalk(root, events=("start", "end")):
        tag = element.tag
        if element is not root and tag in _BLOCK_TAGS:
            parts.append("\n" if keeps_blanks else " ")
        if event == "end":
            tail = None if element is root else element.tail
            parts.append((tail or "") if keeps_blanks else _collapsed(tail))
            continue
        if tag == "br":
            parts.append("\n" if keeps_blanks else " ")
        elif tag == "img":
            parts.append(f" {element.get('alt') or ''} ")
        parts.append((element.text or "") if keeps_blanks else _collapsed(element.text))
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
