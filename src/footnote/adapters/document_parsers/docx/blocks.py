"""From a Word file's XML to blocks.

The XML is walked here, because python-docx's own paragraphs leave out text in content controls, tracked insertions,
simple fields and text boxes.
"""

from collections.abc import Iterator
from itertools import groupby
from typing import TYPE_CHECKING

from footnote.adapters.document_parsers.docx.numbering import Numbering
from footnote.adapters.document_parsers.flowing_text import block, lines_in, list_item
from footnote.ingestion.ports import BlockKind, ParsedBlock, ParsedCell

if TYPE_CHECKING:
    from docx.document import Document
    from lxml.etree import _Element

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_MC_FALLBACK = f"{_MC}Fallback"
_FORMULA_TEXT = "{http://schemas.openxmlformats.org/officeDocument/2006/math}t"
_WRAPPERS = frozenset({
    f"{W}sdt", f"{W}sdtContent", f"{W}customXml", f"{W}ins", f"{W}moveTo", f"{W}smartTag", f"{_MC}AlternateContent",
    f"{_MC}Choice",
})  # fmt: skip
_TEXT_BOX = f"{W}txbxContent"
_SPECIAL = {f"{W}tab": "\t", f"{W}br": "\n", f"{W}cr": "\n", f"{W}noBreakHyphen": "-", f"{W}softHyphen": "\u00ad"}
_REMOVED = frozenset({f"{W}del", f"{W}moveFrom", _MC_FALLBACK, _TEXT_BOX})
_NOTE_RELATIONS = ("footnotes", "endnotes")
_MAX_STYLE_DEPTH = 12


class BodyReader:
    """Reads one opened document; call its methods in the order heads, body, notes, feet."""

    def __init__(self, document: "Document") -> None:
        self._document = document
        self._styles = {style.get(f"{W}styleId"): style for style in document.styles.element.iter(f"{W}style")}
        self._numbering = Numbering(_part_xml(document, "numbering"))

    def heads(self) -> Iterator[ParsedBlock]:
        """Yield each distinct running head once."""
        yield from self._furniture(BlockKind.HEADER, "header")

    def feet(self) -> Iterator[ParsedBlock]:
        """Yield each distinct running foot once."""
        yield from self._furniture(BlockKind.FOOTER, "footer")

    def body(self) -> Iterator[ParsedBlock]:
        """Yield the blocks of the body; lines of code that follow each other are one block."""
        made = self._blocks(self._document.element.body)
        for is_code, run in groupby(made, key=lambda item: item.kind is BlockKind.CODE):
            if is_code:
                yield ParsedBlock(BlockKind.CODE, tuple(line for item in run for line in item.lines))
            else:
                yield from run

    def notes(self) -> Iterator[ParsedBlock]:
        """Yield footnotes and endnotes, each as a list item with its number."""
        for name in _NOTE_RELATIONS:
            root = _part_xml(self._document, name)
            number = 0
            for note in root if root is not None else ():
                if note.get(f"{W}type") in {None, "normal"}:
                    number += 1
                    text = " ".join(paragraph_text(paragraph) for paragraph in note.iter(f"{W}p"))
                    if (made := list_item(text, marker=f"{number}.", level=1)) is not None:
                        yield made

    def _furniture(self, kind: BlockKind, name: str) -> Iterator[ParsedBlock]:
        seen: set[str] = set()
        for relation in self._document.part.rels.values():
            if relation.is_external or not relation.reltype.endswith(f"/{name}"):
                continue
            for paragraph in relation.target_part.element.iter(f"{W}p"):
                text = paragraph_text(paragraph)
                if text.strip() and text not in seen and (made := block(kind, text)) is not None:
                    seen.add(text)
                    yield made

    def _blocks(self, parent: "_Element") -> Iterator[ParsedBlock]:
        for element in parent:
            if element.tag == f"{W}p":
                yield from self._paragraph(element)
            elif element.tag == f"{W}tbl":
                table = _table(element)
                if table is not None:
                    yield table
            elif element.tag in _WRAPPERS:
                yield from self._blocks(element)

    def _paragraph(self, paragraph: "_Element") -> Iterator[ParsedBlock]:
        text = paragraph_text(paragraph)
        made = self._paragraph_block(paragraph, text)
        if made is not None:
            yield made
        for box in paragraph.iter(_TEXT_BOX):
            if not any(ancestor.tag in {_MC_FALLBACK, _TEXT_BOX} for ancestor in box.iterancestors()):
                yield from self._blocks(box)

    def _paragraph_block(self, paragraph: "_Element", text: str) -> ParsedBlock | None:
        if not text.strip():
            return None
        level = self._heading_level(paragraph)
        numbering = self._numbering_of(paragraph)
        marker = self._numbering.next_marker(*numbering) if numbering is not None else None
        if level is not None:
            numbered = f"{marker} {text}" if marker and marker[:1].isalnum() else text
            return block(BlockKind.HEADING, numbered, level=level)
        if numbering is not None and marker is not None:
            return list_item(text, marker=marker, level=numbering[1] + 1)
        style = _style_name(self._style_of(paragraph))
        if "code" in style.split() or "preformatted" in style or "source" in style.split():
            return block(BlockKind.CODE, text)
        return block(BlockKind.PARAGRAPH, text, keeps_lines="\n" in text.strip())

    def _heading_level(self, paragraph: "_Element") -> int | None:
        outline = paragraph.find(f"{W}pPr/{W}outlineLvl")
        for style in self._style_chain(paragraph):
            name = _style_name(style)
            if name == "title":
                return 1
            if name.startswith("heading ") and name[8:].isdigit():
                return min(int(name[8:]), 6)
            if outline is None:
                outline = style.find(f"{W}pPr/{W}outlineLvl")
        value = _value(outline, 9)
        return value + 1 if value < 6 else None

    def _numbering_of(self, paragraph: "_Element") -> tuple[str, int] | None:
        """Return the paragraph's numbering id and level from 0, its own or its style's."""
        properties = [paragraph.find(f"{W}pPr/{W}numPr")]
        properties += [style.find(f"{W}pPr/{W}numPr") for style in self._style_chain(paragraph)]
        number_id, level = None, 0
        for found in properties:
            if found is None:
                continue
            if number_id is None and (reference := found.find(f"{W}numId")) is not None:
                number_id = reference.get(f"{W}val")
                depth = found.find(f"{W}ilvl")
                level = _value(depth, 0)
        # Number 0 takes a style's numbering away.
        return (number_id, min(level, 8)) if number_id not in {None, "0"} else None

    def _style_of(self, paragraph: "_Element") -> "_Element | None":
        reference = paragraph.find(f"{W}pPr/{W}pStyle")
        return self._styles.get(reference.get(f"{W}val")) if reference is not None else None

    def _style_chain(self, paragraph: "_Element") -> Iterator["_Element"]:
        style = self._style_of(paragraph)
        for _ in range(_MAX_STYLE_DEPTH):
            if style is None:
                return
            yield style
            base = style.find(f"{W}basedOn")
            style = self._styles.get(base.get(f"{W}val")) if base is not None else None


def paragraph_text(paragraph: "_Element") -> str:
    """Return a paragraph's visible text, tracked insertions included, deletions and text boxes not."""
    parts: list[str] = []
    _gather(paragraph, parts)
    return "".join(parts)


def _gather(element: "_Element", parts: list[str]) -> None:
    for child in element:
        if child.tag in {f"{W}t", _FORMULA_TEXT}:
            parts.append(child.text or "")
        elif child.tag in _SPECIAL:
            # The tab stops among a paragraph's properties have the same name as a tab in its text.
            if element.tag == f"{W}r":
                parts.append(_SPECIAL[child.tag])
        elif child.tag not in _REMOVED and not _is_hidden(child):
            _gather(child, parts)


def _is_hidden(run: "_Element") -> bool:
    mark = run.find(f"{W}rPr/{W}vanish")
    return mark is not None and mark.get(f"{W}val") not in {"0", "false", "off"}


def _table(table: "_Element") -> ParsedBlock | None:
    cells: dict[tuple[int, int], ParsedCell] = {}
    open_merges: dict[int, tuple[int, int]] = {}
    for row, line in enumerate(_own(table, f"{W}tr")):
        column = 0
        is_header = line.find(f"{W}trPr/{W}tblHeader") is not None
        for cell in _own(line, f"{W}tc"):
            width = _number(cell.find(f"{W}tcPr/{W}gridSpan"))
            merge = cell.find(f"{W}tcPr/{W}vMerge")
            if merge is not None and merge.get(f"{W}val") != "restart" and column in open_merges:
                origin = open_merges[column]
                first = cells[origin]
                cells[origin] = ParsedCell(
                    first.row, first.column, first.lines, None, row - first.row + 1, first.column_span, first.is_header
                )
            else:
                shown = (paragraph for paragraph in cell.iter(f"{W}p") if not _is_fallback(paragraph, cell))
                text = "\n".join(paragraph_text(paragraph) for paragraph in shown)
                cells[row, column] = ParsedCell(row, column, lines_in(text), None, 1, width, is_header=is_header)
                open_merges.pop(column, None)
                if merge is not None:
                    open_merges[column] = (row, column)
            column += width
    if not any(cell.lines for cell in cells.values()):
        return None
    return ParsedBlock(BlockKind.TABLE, (), cells=tuple(cells.values()))


def _own(parent: "_Element", tag: str) -> Iterator["_Element"]:
    """Yield the children of a kind, looking through content controls but not into nested tables."""
    for child in parent:
        if child.tag == tag:
            yield child
        elif child.tag in _WRAPPERS:
            yield from _own(child, tag)


def _is_fallback(paragraph: "_Element", cell: "_Element") -> bool:
    """Tell whether a paragraph of a cell repeats a text box for programs that cannot show it."""
    for ancestor in paragraph.iterancestors():
        if ancestor is cell:
            return False
        if ancestor.tag == _MC_FALLBACK:
            return True
    return False


def _value(element: "_Element | None", otherwise: int) -> int:
    value = element.get(f"{W}val") if element is not None else None
    return int(value) if value and value.isascii() and value.isdigit() and len(value) < 6 else otherwise


def _number(element: "_Element | None") -> int:
    value = element.get(f"{W}val") if element is not None else None
    return max(1, min(int(value), 200)) if value and value.isascii() and value.isdigit() and len(value) < 9 else 1


def _style_name(style: "_Element | None") -> str:
    name = style.find(f"{W}name") if style is not None else None
    return (name.get(f"{W}val") or "").lower() if name is not None else ""


def _part_xml(document: "Document", name: str) -> "_Element | None":
    """Return the root of a related part, or None if the document has none."""
    from docx.oxml.parser import parse_xml

    for relation in document.part.rels.values():
        if not relation.is_external and relation.reltype.endswith(f"/{name}"):
            root: _Element = parse_xml(relation.target_part.blob)
            return root
    return None
