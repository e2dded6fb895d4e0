"""Markdown (CommonMark with tables): tokens to blocks; embedded HTML is read for its text, never kept."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from footnote.adapters.document_parsers.flowing_text import WithoutPages, block, lines_in, list_item, only_page
from footnote.adapters.document_parsers.text import read_text
from footnote.ingestion.ports import BlockKind, ParsedBlock, ParsedCell, ParsedHead, ParsedPage, ParseOptions

if TYPE_CHECKING:
    from markdown_it.rules_block import StateBlock
    from markdown_it.token import Token

_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?)\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_FRONT_MATTER_FIELD = re.compile(r"^(title|author|lang|language):[ \t]*+(.+)$", re.MULTILINE)
_LINE_BREAK_TAG = re.compile(r"<br\b", re.IGNORECASE)
_MAX_NESTING = 100
"""Levels of quotes and lists that are told apart, a list in a list being two; what is deeper becomes a paragraph. The
library would drop it. Its calls nest as deep as quotes do, so there has to be a limit."""
_DEEP_MARKS = "> \t"
_QUOTES = "\"'"
_INLINE_TEXT = frozenset({"text", "code_inline", "text_special"})


class MarkdownParser(WithoutPages):
    """Reads Markdown files."""

    def head(self, path: Path, options: ParseOptions) -> ParsedHead:
        """Return title, author and language from the front matter, if there is one."""
        match = _FRONT_MATTER.match(read_text(path, options))
        fields = {}
        if match is not None:
            fields = {name: value.strip().strip(_QUOTES) for name, value in _FRONT_MATTER_FIELD.findall(match.group(1))}
        return ParsedHead(
            page_count=1,
            has_pages=False,
            title=fields.get("title"),
            author=fields.get("author"),
            language=fields.get("lang") or fields.get("language"),
        )

    def pages(self, path: Path, options: ParseOptions, *, first_page: int = 1) -> Iterator[ParsedPage]:
        """Yield the one body."""
        if first_page == 1:
            yield only_page(_blocks(read_text(path, options)), options)


def _blocks(text: str) -> Iterator[ParsedBlock]:
    from markdown_it import MarkdownIt

    reader = MarkdownIt("commonmark", {"maxNesting": 2 * _MAX_NESTING}).enable("table")
    reader.block.ruler.before("table", "too_deep", _keep_what_is_too_deep)
    tokens = reader.parse(_FRONT_MATTER.sub("", text, count=1))
    walk = _Walk()
    for index, token in enumerate(tokens):
        if token.type == "table_open":
            yield from _table(tokens[index:])
        if token.type == "html_block":
            yield from _html_blocks(token.content)
        elif (made := walk.take(token)) is not None:
            yield made


def _keep_what_is_too_deep(state: "StateBlock", start: int, end: int, silent: bool) -> bool:  # noqa: FBT001  # the library's
    """Take all lines of a quote or list that is nested beyond the limit as one paragraph; a rule of the library."""
    if state.level < _MAX_NESTING or silent:
        return False
    stop = start
    while stop < end and (state.isEmpty(stop) or state.sCount[stop] >= state.blkIndent):
        stop += 1
    lines = state.getLines(start, stop, 0, keepLastLF=False).split("\n")
    state.push("paragraph_open", "p", 1)
    token = state.push("inline", "", 0)
    token.content = "\n".join(line.lstrip(_DEEP_MARKS) for line in lines)
    token.children = []
    state.push("paragraph_close", "p", -1)
    state.line = stop
    return True


class _Walk:
    """Goes through the tokens and remembers the lists that are open."""

    def __init__(self) -> None:
        self._next_numbers: list[int | None] = []
        self._marker: str | None = None
        self._heading_level: int | None = None
        self._is_in_table = False

    def take(self, token: "Token") -> ParsedBlock | None:
        """Return the block that this token completes, if it does."""
        if token.type in {"ordered_list_open", "bullet_list_open"}:
            is_ordered = token.type == "ordered_list_open"
            self._next_numbers.append(int(token.attrGet("start") or 1) if is_ordered else None)
        elif token.type in {"ordered_list_close", "bullet_list_close"}:
            self._next_numbers.pop()
        elif token.type == "list_item_open":
            self._marker = self._next_marker()
        elif token.type == "heading_open":
            self._heading_level = int(token.tag[1])
        elif token.type in {"table_open", "table_close"}:
            self._is_in_table = token.type == "table_open"
        elif token.type in {"fence", "code_block"}:
            return block(BlockKind.CODE, token.content)
        elif token.type == "inline" and not self._is_in_table:
            return self._inline(token)
        return None

    def _next_marker(self) -> str:
        number = self._next_numbers[-1]
        if number is None:
            return "•"
        self._next_numbers[-1] = number + 1
        return f"{number}."

    def _inline(self, token: "Token") -> ParsedBlock | None:
        text = inline_text(token)
        level, self._heading_level = self._heading_level, None
        if level is not None:
            return block(BlockKind.HEADING, text, level=level)
        marker, self._marker = self._marker, None
        if marker is not None:
            return list_item(text, marker=marker, level=len(self._next_numbers))
        has_hard_break = any(child.type == "hardbreak" for child in token.children or ())
        return block(BlockKind.PARAGRAPH, text, keeps_lines=has_hard_break)


def inline_text(token: "Token") -> str:
    """Return the text that a reader of the rendered page sees; a picture's description stands for it."""
    parts = []
    for child in token.children or ():
        if child.type in _INLINE_TEXT or child.type == "image":
            parts.append(child.content)
        elif child.type in {"softbreak", "hardbreak"} or (
            child.type == "html_inline" and _LINE_BREAK_TAG.match(child.content)
        ):
            parts.append("\n")
    return "".join(parts)


def _table(tokens: Sequence["Token"]) -> Iterator[ParsedBlock]:
    cells: list[ParsedCell] = []
    row, column, is_header = -1, 0, False
    for token in tokens:
        if token.type == "table_close":
            break
        if token.type == "tr_open":
            row, column = row + 1, 0
        elif token.type in {"th_open", "td_open"}:
            is_header = token.type == "th_open"
        elif token.type == "inline":
            cells.append(ParsedCell(row, column, lines_in(inline_text(token)), is_header=is_header))
            column += 1
    if cells:
        yield ParsedBlock(BlockKind.TABLE, (), cells=tuple(cells))


def _html_blocks(content: str) -> Iterator[ParsedBlock]:
    from footnote.adapters.document_parsers.html.parser import blocks_of_html

    yield from blocks_of_html(content)
