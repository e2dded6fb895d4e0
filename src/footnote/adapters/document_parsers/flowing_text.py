"""What the parsers of formats without pages share: words without boxes, and the one page that holds all blocks."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from footnote.ingestion.ports import BlockKind, ParsedBlock, ParsedPage, ParseOptions, TextOrigin, Word, words_of
from footnote.kit.errors import InvalidInput, NotFound, TooLarge


def words_in(text: str) -> tuple[Word, ...]:
    """Split at white space; the words have no boxes."""
    return tuple(Word(piece, None) for piece in text.split())


def lines_in(text: str) -> tuple[tuple[Word, ...], ...]:
    """Split into lines of words, without empty lines."""
    return tuple(words for line in text.splitlines() if (words := words_in(line)))


def code_lines_in(text: str) -> tuple[tuple[Word, ...], ...]:
    """Split into lines that are one word each, so that indentation stays."""
    return tuple((Word(line, None),) for line in text.splitlines() if line.strip())


def block(kind: BlockKind, text: str, *, level: int | None = None, keeps_lines: bool = False) -> ParsedBlock | None:
    """Return a block of the text's lines, or None if it has no words."""
    lines = code_lines_in(text) if kind is BlockKind.CODE else lines_in(text)
    return ParsedBlock(kind, lines, level=level, keeps_lines=keeps_lines) if lines else None


def list_item(text: str, *, marker: str, level: int) -> ParsedBlock | None:
    """Return a list item that begins with its marker, or None if it has no other words."""
    lines = lines_in(text)
    if not lines:
        return None
    return ParsedBlock(BlockKind.LIST_ITEM, ((Word(marker, None), *lines[0]), *lines[1:]), level=level, marker=marker)


def only_page(blocks: Iterable[ParsedBlock], options: ParseOptions, *, has_pictures: bool = False) -> ParsedPage:
    """Return the one page of a format without pages.

    InvalidInput `empty_document`, or `no_text_found` if there are pictures, when no block has a word; TooLarge beyond
    `max_characters`.
    """
    kept = _within(blocks, options.max_characters)
    if not any(True for item in kept for _ in words_of(item)):
        if has_pictures:
            raise InvalidInput("The document holds pictures and no text.", code="no_text_found")
        raise InvalidInput("The document holds no text.", code="empty_document")
    return ParsedPage(1, None, None, tuple(kept), TextOrigin.DIGITAL)


class WithoutPages:
    """What the parsers of formats without pages answer when asked for one."""

    def render(self, path: Path, page: int, *, scale: float) -> bytes:  # the port's signature
        """Raise NotFound `no_pages`."""
        raise NotFound("This kind of document has no pages; its text can be shown instead.", code="no_pages")


def _within(blocks: Iterable[ParsedBlock], max_characters: int) -> Sequence[ParsedBlock]:
    kept = []
    characters = 0
    for item in blocks:
        characters += sum(len(word.text) + 1 for word in words_of(item))
        if characters > max_characters:
            raise TooLarge(f"The document's text is longer than {max_characters:,} characters; split it.")
        kept.append(item)
    return kept
