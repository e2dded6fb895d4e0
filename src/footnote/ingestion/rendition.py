"""A page to look at for formats that have none: our own markup around the version's text, nothing of the original's.

Every element that stands for a block or cell carries `data-start` and `data-end`, and its text content is exactly that
range of the version's text: a span can be marked by walking the text nodes. (A browser counts UTF-16 units, so
offsets are converted at its border.)
"""

from collections.abc import Iterator
from html import escape
from itertools import groupby

from footnote.ingestion.ports import BlockKind
from footnote.ingestion.structure import StructuredBlock, StructuredCell, StructuredDocument

_TAGS = {
    BlockKind.PARAGRAPH: "p",
    BlockKind.LIST_ITEM: "li",
    BlockKind.CODE: "pre",
    BlockKind.FIGURE: "figure",
    BlockKind.HEADER: "header",
    BlockKind.FOOTER: "footer",
}


def render_html(document: StructuredDocument) -> str:
    """Return an HTML fragment of all blocks that stand in the text; holds no script, style, link or address."""
    shown = [block for block in document.blocks if block.span is not None]
    parts: list[str] = []
    for is_item, run in groupby(shown, key=lambda block: block.kind is BlockKind.LIST_ITEM):
        elements = [_element(block, document.text) for block in run]
        parts.append(f"<ul>{''.join(elements)}</ul>" if is_item else "".join(elements))
    language = f' lang="{escape(document.language)}"' if document.language else ""
    return f'<article class="rendition"{language} dir="auto">{"".join(parts)}</article>'


def _element(block: StructuredBlock, text: str) -> str:
    if block.span is None:
        return ""
    if block.cells:
        return "".join(_table(block, text))
    tag = f"h{min(block.level or 1, 6)}" if block.kind is BlockKind.HEADING else _TAGS.get(block.kind, "p")
    depth = f' class="level-{min(block.level, 9)}"' if block.kind is BlockKind.LIST_ITEM and block.level else ""
    start, end = block.span.start, block.span.end
    return f"<{tag}{depth}{_range(start, end)}>{_text(text, start, end)}</{tag}>"


def _table(block: StructuredBlock, text: str) -> Iterator[str]:
    """Yield a table; the separators of its text are kept in hidden spans, so that no offset shifts."""
    if block.span is None:
        return
    yield f"<table{_range(block.span.start, block.span.end)}><tbody>"
    position = block.span.start
    last = block.cells[-1]
    for _, row in groupby(block.cells, key=lambda cell: cell.row):
        yield "<tr>"
        for cell in row:
            tail = (cell.span.end, block.span.end) if cell is last else (0, 0)
            yield _cell(cell, text, before=position, tail=tail)
            position = cell.span.end
        yield "</tr>"
    yield "</tbody></table>"


def _cell(cell: StructuredCell, text: str, *, before: int, tail: tuple[int, int]) -> str:
    tag = "th" if cell.is_header else "td"
    rows = f' rowspan="{cell.row_span}"' if cell.row_span > 1 else ""
    columns = f' colspan="{cell.column_span}"' if cell.column_span > 1 else ""
    inner = f"<span{_range(cell.span.start, cell.span.end)}>{_text(text, cell.span.start, cell.span.end)}</span>"
    lead, end = _hidden(text, before, cell.span.start), _hidden(text, *tail)
    return f"<{tag}{rows}{columns}>{lead}{inner}{end}</{tag}>"


def _hidden(text: str, start: int, end: int) -> str:
    return f"<span hidden>{_text(text, start, end)}</span>" if end > start else ""


def _range(start: int, end: int) -> str:
    return f' data-start="{start}" data-end="{end}"'


def _text(text: str, start: int, end: int) -> str:
    return escape(text[start:end])
