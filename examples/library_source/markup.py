"""A small markup for long documents, read into parts that the PDF and DOCX renderers understand.

It is Markdown cut down to what the examples need, plus figures, columns and page breaks:
`# heading`, `- item`, `1. item`, `> note`, `| table |` after a line `Table: caption`, `:::figure name` … `:::`,
`:::columns n` and `:::page`. Blocks are separated by blank lines, `**bold**` and `*italic*` stand inside lines.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; level counts from 1, the chapter."""

    level: int
    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text on one logical line."""

    text: str


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list, numbered if ordered."""

    items: tuple[str, ...]
    ordered: bool


@dataclass(frozen=True, slots=True)
class Note:
    """A boxed remark such as a warning."""

    text: str


@dataclass(frozen=True, slots=True)
class Table:
    """A table with one header row; every row has as many cells as the header."""

    caption: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Bars:
    """A chart of one or more series over categories; drawn as lines when is_line."""

    caption: str
    unit: str
    categories: tuple[str, ...]
    series: tuple[tuple[str, tuple[float, ...]], ...]
    is_line: bool = False


@dataclass(frozen=True, slots=True)
class Figure:
    """A named drawing of `figures.py` with its caption."""

    name: str
    caption: str


@dataclass(frozen=True, slots=True)
class Columns:
    """From here on the text runs in this many columns, beginning on the same chapter page."""

    count: int


@dataclass(frozen=True, slots=True)
class PageBreak:
    """What follows begins on a new page."""


Part = Heading | Paragraph | Bullets | Note | Table | Bars | Figure | Columns | PageBreak


def parse(text: str) -> list[Part]:
    """Read a whole document. Raises ValueError on a table with rows of unequal length."""
    blocks = re.split(r"\n\s*\n", text.strip())
    return [_parse_block([line.rstrip() for line in block.strip().splitlines()]) for block in blocks]


def _parse_block(lines: Sequence[str]) -> Part:  # noqa: PLR0911 - one return for each kind of block
    first = lines[0]
    if match := re.match(r"(#{1,3}) (.+)", first):
        return Heading(len(match[1]), match[2])
    if first.startswith(("Table: ", "|")):
        return _parse_table(lines)
    if first.startswith(":::"):
        return _parse_directive(lines)
    if first.startswith("> "):
        return Note(" ".join(line.removeprefix("> ") for line in lines))
    if first.startswith("- "):
        return Bullets(tuple(line.removeprefix("- ") for line in lines), ordered=False)
    if re.match(r"\d+\. ", first):
        return Bullets(tuple(re.sub(r"^\d+\. ", "", line) for line in lines), ordered=True)
    return Paragraph(" ".join(lines))


def _parse_table(lines: Sequence[str]) -> Table:
    caption = lines[0].removeprefix("Table: ") if lines[0].startswith("Table: ") else ""
    rows = [
        tuple(cell.strip() for cell in line.strip("|").split("|"))
        for line in lines
        if line.startswith("|") and not re.fullmatch(r"[|\-: ]+", line)
    ]
    if any(len(row) != len(rows[0]) for row in rows):
        raise ValueError(f"The table {caption!r} has rows of unequal length.")
    return Table(caption, rows[0], tuple(rows[1:]))


def _parse_directive(lines: Sequence[str]) -> Part:
    name, _, argument = lines[0].removeprefix(":::").partition(" ")
    if name == "figure":
        return Figure(argument, " ".join(line for line in lines[1:] if line != ":::"))
    if name == "columns":
        return Columns(int(argument))
    if name == "page":
        return PageBreak()
    raise ValueError(f"There is no directive {name!r}.")


def to_inline_xml(text: str) -> str:
    """The text with `**` and `*` turned into the tags that reportlab paragraphs know, and everything else escaped."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    bold = re.sub(r"\*\*(.+?)\*\*", r"<b>\1</b>", escaped)
    return re.sub(r"\*(.+?)\*", r"<i>\1</i>", bold)
