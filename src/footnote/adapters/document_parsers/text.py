"""Plain text: paragraphs between blank lines and bulleted lines; nothing is guessed beyond that."""

import re
from collections.abc import Iterator
from pathlib import Path

from footnote.adapters.document_parsers.flowing_text import WithoutPages, block, list_item, only_page
from footnote.adapters.document_parsers.text_encoding import decode_text
from footnote.ingestion.ports import BlockKind, ParsedBlock, ParsedHead, ParsedPage, ParseOptions
from footnote.kit.errors import TooLarge

_PARAGRAPH_BREAK = re.compile(r"\n[ \t]*(?:\n[ \t]*)+|\f")
_ITEM = re.compile(r"^([ \t]*)([-*•‣]|\d{1,3}[.)])[ \t]+(?=\S)", re.MULTILINE)
_WRAPPED_MIN_CHARACTERS = 50
_WRAPPED_SHARE = 0.65


class TextParser(WithoutPages):
    """Reads text files of any common encoding."""

    def head(self, path: Path, options: ParseOptions) -> ParsedHead:  # the port's signature
        """Return that there is one body and no pages."""
        return ParsedHead(page_count=1, has_pages=False)

    def pages(self, path: Path, options: ParseOptions, *, first_page: int = 1) -> Iterator[ParsedPage]:
        """Yield the one body."""
        if first_page == 1:
            yield only_page(_blocks(read_text(path, options)), options)


def read_text(path: Path, options: ParseOptions) -> str:
    """Return the file's text with plain line ends; TooLarge before reading a file that cannot be within the limit."""
    if path.stat().st_size > 4 * options.max_characters:
        raise TooLarge(f"The document's text is longer than {options.max_characters:,} characters; split it.")
    return decode_text(path.read_bytes()).replace("\r\n", "\n").replace("\r", "\n")


def _blocks(text: str) -> Iterator[ParsedBlock]:
    for paragraph in _PARAGRAPH_BREAK.split(text):
        for part in _parts(paragraph):
            if part is not None:
                yield part


def _parts(paragraph: str) -> Iterator[ParsedBlock | None]:
    """Yield what stands before the first bulleted line, then each bulleted line with the lines that belong to it."""
    items = list(_ITEM.finditer(paragraph))
    if len(items) < 2 and not (items and items[0].start() == 0):
        yield block(BlockKind.PARAGRAPH, paragraph, keeps_lines=not _is_wrapped(paragraph))
        return
    before = paragraph[: items[0].start()]
    yield block(BlockKind.PARAGRAPH, before, keeps_lines=not _is_wrapped(before))
    ends = [item.start() for item in items[1:]] + [len(paragraph)]
    for item, end in zip(items, ends, strict=True):
        indent = len(item.group(1).expandtabs(4))
        yield list_item(paragraph[item.end() : end], marker=item.group(2), level=1 + indent // 2)


def _is_wrapped(paragraph: str) -> bool:
    """Tell whether the lines end where a margin was, and not where their author ended them."""
    lengths = [len(line.rstrip()) for line in paragraph.split("\n") if line.strip()]
    if len(lengths) < 2:
        return True
    return max(lengths) >= _WRAPPED_MIN_CHARACTERS and min(lengths[:-1]) >= _WRAPPED_SHARE * max(lengths)
