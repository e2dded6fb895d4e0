"""From parsed pages to one text with exact spans: the form in which every later step sees a document.

Pure and deterministic. The text is put together word by word, and each word's span is noted as it is written; nothing
edits the text afterwards, so a span always leads back to the box of the printed word.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from footnote.ingestion.flow import FlowBlock, flow_of
from footnote.ingestion.hyphenation import Vocabulary
from footnote.ingestion.ports import ParsedPage, TextOrigin
from footnote.ingestion.text_writer import TextWriter, WrittenBlock, WrittenCell, WrittenWord
from footnote.kit.geometry import Span
from footnote.kit.language import detect_language

StructuredBlock = WrittenBlock
StructuredCell = WrittenCell
StructuredWord = WrittenWord


@dataclass(frozen=True, slots=True)
class StructuredPage:
    """One page of the version; `words` are those that stand in the text, in its order.

    width and height: points; None in formats without pages.
    span: the smallest range of the text that holds the page's words; empty where the page has none. A paragraph that
        runs over a page break belongs to both pages' text by its own words.
    """

    number: int
    width: float | None
    height: float | None
    rotation: int
    origin: TextOrigin
    has_ink: bool
    warning: str | None
    span: Span
    words: tuple[StructuredWord, ...]


@dataclass(frozen=True, slots=True)
class StructuredDocument:
    """A whole version: its text, its blocks in the text's order, its pages.

    Block spans rise and never overlap; blocks whose span is None repeat a running head or foot and are not in the text.
    language: ISO 639-1, or None when the text is too short or mixed to tell.
    """

    text: str
    blocks: tuple[StructuredBlock, ...]
    pages: tuple[StructuredPage, ...]
    language: str | None


def structure(pages: Sequence[ParsedPage]) -> StructuredDocument:
    """Put the pages, in rising order, together to one text.

    Lines become paragraphs, hyphens of line ends are undone, paragraphs that run across columns and pages are joined,
    repeated heads and feet stay once, heading levels are made to nest, tables are written row by row.
    Takes about a millisecond a page, so a server lets a child process do it.
    """
    flow = flow_of(pages)
    writer = TextWriter(Vocabulary(_inner_words(flow)))
    for block in flow:
        writer.write(block)
    text = writer.text()
    return StructuredDocument(text, writer.blocks(), _pages(pages, writer.words()), detect_language(text))


def _inner_words(flow: Sequence[FlowBlock]) -> Iterable[str]:
    for block in flow:
        for part in block.parts:
            for line in part.block.lines:
                yield from (word.text for word in line[:-1])


def _pages(parsed: Sequence[ParsedPage], words: Sequence[StructuredWord]) -> tuple[StructuredPage, ...]:
    by_page: dict[int, list[StructuredWord]] = {page.number: [] for page in parsed}
    for word in words:
        by_page[word.page].append(word)
    pages = []
    end = 0
    for page in parsed:
        own = by_page[page.number]
        span = Span(own[0].span.start, max(word.span.end for word in own)) if own else Span(end, end)
        end = span.end
        pages.append(
            StructuredPage(
                number=page.number,
                width=page.width,
                height=page.height,
                rotation=page.rotation,
                origin=page.origin,
                has_ink=page.has_ink,
                warning=page.warning,
                span=span,
                words=tuple(own),
            )
        )
    return tuple(pages)
