"""The pure middle of ingestion, as functions on stored forms: parsed pages to a version, a version to chunks."""

import zlib
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping, Sequence
from itertools import accumulate

import msgspec

from footnote.documents.layout import (
    PlacedWord,
    StoredBlock,
    StoredCell,
    StoredPage,
    boxes_for_span,
    decode_words,
    encode_words,
)
from footnote.ingestion.chunking import chunk_document, preset
from footnote.ingestion.ports import BlockKind, ChunkRequest, ParsedPage, ShapedVersion
from footnote.ingestion.structure import (
    StructuredBlock,
    StructuredCell,
    StructuredDocument,
    StructuredPage,
    structure,
)
from footnote.kit.geometry import Box, PageBox, Span
from footnote.retrieval.chunks import NewChunk

_page_decoder = msgspec.msgpack.Decoder(ParsedPage)


def encode_page(page: ParsedPage) -> bytes:
    """Return a parsed page as it is kept between the steps."""
    return zlib.compress(msgspec.msgpack.encode(page), 1)


def decode_page(stored: bytes) -> ParsedPage:
    """Return what `encode_page` was given."""
    return _page_decoder.decode(zlib.decompress(stored))


def shape_version(pages: Sequence[bytes]) -> ShapedVersion:
    """Put encoded pages together to one text with stored blocks and pages."""
    found = structure([decode_page(page) for page in pages])
    return ShapedVersion(
        text=found.text,
        language=found.language,
        blocks=[_stored_block(ordinal, block) for ordinal, block in enumerate(found.blocks)],
        pages=[_stored_page(page) for page in found.pages],
    )


def chunk_version(
    request: ChunkRequest, *, max_tokens: int, count_tokens: Callable[[Sequence[str]], list[int]]
) -> list[NewChunk]:
    """Cut a stored version into chunks and find each one's boxes. max_tokens: without the model's special tokens."""
    document = restored(request.text, request.blocks, request.language)
    limits = preset(request.preset, max_tokens=max_tokens)
    chunks = chunk_document(document, title=request.title, limits=limits, count_tokens=count_tokens)
    places = _Places(request)
    return [
        NewChunk(
            ordinal=chunk.ordinal,
            kind=chunk.kind.value,
            span=chunk.span,
            text=chunk.text,
            embedding_text=chunk.embedding_text,
            table_header=chunk.table_header,
            heading_path=chunk.heading_path,
            token_count=chunk.token_count,
            language=request.language,
            pages=tuple(sorted({box.page for box in boxes})),
            boxes=boxes,
        )
        for chunk, boxes in ((chunk, places.boxes(chunk.span)) for chunk in chunks)
    ]


class _Places:
    """Where spans stand on pages: a chunk's boxes are those of its own lines, merged block by block."""

    def __init__(self, request: ChunkRequest) -> None:
        self._words: dict[int, tuple[PlacedWord, ...]] = {}
        if request.has_pages:
            self._words = {page: decode_words(words) for page, words in sorted(request.words.items())}
        written = {page: words for page, words in self._words.items() if words}
        self._pages = _Ranges({page: Span(words[0].start, words[-1].end) for page, words in written.items()})
        blocks = [block.span for block in request.blocks if block.span is not None]
        self._blocks = _Ranges(dict(enumerate(blocks)))

    def boxes(self, span: Span) -> tuple[PageBox, ...]:
        """Return one box a block and page: as few as a reader needs to see what the chunk covers."""
        near = {page: self._words[page] for page, _ in self._pages.touching(span)}
        merged: list[PageBox] = []
        for _, block in self._blocks.touching(span):
            part = Span(max(block.start, span.start), min(block.end, span.end))
            merged.extend(_columns(boxes_for_span(near, part)))
        return tuple(merged)


class _Ranges:
    """Numbered spans of one text; finds those that a span touches without looking at each of them."""

    def __init__(self, spans: Mapping[int, Span]) -> None:
        self._spans = sorted(spans.items(), key=lambda item: item[1].start)
        self._starts = [span.start for _, span in self._spans]
        # The furthest end so far rises with the starts even where spans overlap, so it can be searched too.
        self._ends = list(accumulate((span.end for _, span in self._spans), max))

    def touching(self, wanted: Span) -> list[tuple[int, Span]]:
        """Return number and span of each that shares a character with the wanted one, by number."""
        first, last = bisect_right(self._ends, wanted.start), bisect_left(self._starts, wanted.end)
        return sorted(
            ((number, span) for number, span in self._spans[first:last] if span.end > wanted.start),
            key=lambda item: item[0],
        )


def restored(text: str, blocks: Sequence[StoredBlock], language: str | None) -> StructuredDocument:
    """Return a stored version as the structure step gave it, without its pages."""
    return StructuredDocument(text, tuple(_structured_block(block) for block in blocks), (), language)


def _structured_block(block: StoredBlock) -> StructuredBlock:
    return StructuredBlock(
        kind=BlockKind(block.kind),
        page=block.page,
        boxes=block.boxes,
        span=block.span,
        level=block.level,
        marker=block.marker,
        cells=tuple(
            StructuredCell(
                row=cell.row,
                column=cell.column,
                row_span=cell.row_span,
                column_span=cell.column_span,
                is_header=cell.is_header,
                page=cell.box.page if cell.box else block.page,
                box=Box(cell.box.x0, cell.box.y0, cell.box.x1, cell.box.y1) if cell.box else None,
                span=cell.span,
            )
            for cell in block.cells
        ),
        font_size=None,
    )


def _columns(lines: Sequence[PageBox]) -> list[PageBox]:
    """Merge a block's lines to one box for each column or page that it runs over."""
    merged: list[PageBox] = []
    for line in lines:
        last = merged[-1] if merged else None
        if last is not None and last.page == line.page and line.y0 >= last.y0 - 1:
            merged[-1] = PageBox(
                last.page, min(last.x0, line.x0), min(last.y0, line.y0), max(last.x1, line.x1), max(last.y1, line.y1)
            )
        else:
            merged.append(line)
    return merged


def _stored_block(ordinal: int, block: StructuredBlock) -> StoredBlock:
    return StoredBlock(
        ordinal=ordinal,
        kind=block.kind.value,
        level=block.level,
        page=block.page,
        span=block.span,
        boxes=block.boxes,
        marker=block.marker,
        cells=tuple(
            StoredCell(
                row=cell.row,
                column=cell.column,
                row_span=cell.row_span,
                column_span=cell.column_span,
                is_header=cell.is_header,
                span=cell.span,
                box=PageBox(cell.page, cell.box.x0, cell.box.y0, cell.box.x1, cell.box.y1) if cell.box else None,
            )
            for cell in block.cells
        ),
    )


def _stored_page(page: StructuredPage) -> StoredPage:
    placed = [
        PlacedWord(word.span.start, word.span.end, word.line, word.box) for word in page.words if word.box is not None
    ]
    return StoredPage(
        number=page.number,
        width=page.width,
        height=page.height,
        rotation=page.rotation,
        origin=page.origin.value,
        warning=page.warning,
        words=encode_words(sorted(placed, key=lambda word: word.start)),
    )
