"""Cuts one section after the other into units, packs them and writes the chunks."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from footnote.ingestion.chunk_packing import Piece, pack
from footnote.ingestion.chunk_types import Block, Chunk, ChunkKind, ChunkLimits, TokenCounts
from footnote.ingestion.ports import BlockKind
from footnote.ingestion.sentences import pieces, sentences
from footnote.ingestion.table_rows import NO_HEADER, TableHeader, row_spans, table_header
from footnote.kit.geometry import Span

_CUT_BETWEEN_BLOCKS = 0.0
_CUT_BETWEEN_SENTENCES = 0.2
_CUT_INSIDE_SENTENCE = 1.0
_CUT_AFTER_HEADING = 5.0
_SMALL_SHARE = 64
"""Sentences and rows are put together up to one 64th of a chunk before the best cuts are sought: a million lines of one
letter would else take an hour."""
_HEADER_SHARE = 3
"""A table's header takes at most a third of the tokens that its rows leave it."""
_SENTENCE_ENDS = frozenset(".!?…؟۔।॥。！？｡\"'”’»)]」』\n:")


@dataclass(frozen=True, slots=True)
class Section:
    """Blocks under one heading.

    path: the headings above the blocks, outermost first. outer: those of them that stand in an earlier section.
    heading: the headings that begin this section, one or more levels at once; first in its first chunk.
    """

    path: tuple[str, ...]
    outer: tuple[str, ...]
    heading: tuple[Span, ...]
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class _Part:
    """A sentence, row or piece of one. header: what a reader of a table's later rows must know of its columns."""

    span: Span
    kind: ChunkKind
    block: int
    header: TableHeader = NO_HEADER

    @property
    def origin(self) -> tuple[ChunkKind, int, TableHeader]:
        return self.kind, self.block, self.header


@dataclass(frozen=True, slots=True)
class _Unit:
    """The smallest thing a chunk takes whole."""

    span: Span
    kind: ChunkKind
    block: int
    tokens: int
    header: TableHeader = NO_HEADER


@dataclass(frozen=True, slots=True)
class Draft:
    """A chunk before it has a number; `prefix` stands before its text for the embedder."""

    span: Span
    kind: ChunkKind
    path: tuple[str, ...]
    prefix: str
    table_header: str = ""


class ChunkMaker:
    """Makes the chunks of one text."""

    def __init__(self, text: str, title: str, limits: ChunkLimits, count_tokens: TokenCounts) -> None:
        self._text = text
        self._title = " ".join(title.split())
        self._limits = limits
        self._count = count_tokens

    def drafts(self, section: Section) -> Iterator[Draft]:
        """Yield the section's chunks without numbers."""
        prefix, prefix_tokens = self._prefix(section.path)
        room = self._limits.max_tokens - prefix_tokens
        units = self._units(section, room)
        for start, end in self._packed(units, room):
            yield self._draft(section, prefix, units, start, end)

    def finished(self, drafts: Sequence[Draft]) -> list[Chunk]:
        """Number the drafts and count their tokens."""
        fitting = [(part, tokens) for draft in drafts for part, tokens in self._checked(draft)]
        return [
            Chunk(
                ordinal,
                draft.span,
                self._text[draft.span.start : draft.span.end],
                draft.path,
                draft.kind,
                tokens,
                self._embedding_text(draft),
                draft.table_header,
            )
            for ordinal, (draft, tokens) in enumerate(fitting)
        ]

    def _checked(self, draft: Draft) -> Iterator[tuple[Draft, int]]:
        """Yield the draft, or its halves: a tokenizer may count a text higher than the sum of its parts."""
        (tokens,) = self._count([self._embedding_text(draft)])
        if tokens <= self._limits.max_tokens or draft.span.end - draft.span.start <= 1:
            yield draft, tokens
            return
        for part in pieces(self._text, draft.span, (draft.span.end - draft.span.start + 1) // 2):
            if self._text[part.start : part.end].strip():
                yield from self._checked(replace(draft, span=self._trimmed(part)))

    def _embedding_text(self, draft: Draft) -> str:
        return draft.prefix + self._text[draft.span.start : draft.span.end]

    def _prefix(self, path: Sequence[str]) -> tuple[str, int]:
        """Return what stands before a section's text for the embedder, and its tokens: at most a quarter of the room.

        The nearest headings are kept first: they tell most about the text.
        """
        budget = self._limits.max_tokens // 4
        path = [heading for heading in path if heading.casefold() != self._title.casefold()]
        lines = [line for line in (self._title, " > ".join(path)) if line]
        candidates = ["\n".join(lines) + "\n" if lines else ""]
        candidates += [" > ".join(path[i:]) + "\n" for i in range(len(path))]
        for prefix, tokens in zip(candidates, self._count(candidates), strict=True):
            if tokens <= budget:
                return prefix, tokens
        return "", 0

    def _units(self, section: Section, room: int) -> list[_Unit]:
        parts = [
            _Part(part, ChunkKind.TEXT, -1)
            for span in section.heading
            for part in pieces(self._text, span, self._limits.max_characters)
        ]
        for number, block in enumerate(section.blocks):
            parts.extend(self._block_parts(number, block, room))
        units = [
            _Unit(part.span, part.kind, part.block, 0, part.header)
            for part in self._without_crumbs(parts)
            if self._text[part.span.start : part.span.end].strip()
        ]
        counts = self._count([self._text[u.span.start : u.span.end] for u in units])
        return [fitting for u, tokens in zip(units, counts, strict=True) for fitting in self._fitted(u, tokens, room)]

    def _without_crumbs(self, parts: Iterable[_Part]) -> list[_Part]:
        """Return the parts, very small ones joined with their neighbours of the same block."""
        enough = self._limits.max_characters // _SMALL_SHARE
        joined: list[_Part] = []
        for part in parts:
            last = joined[-1] if joined else None
            if last is not None and last.origin == part.origin and part.span.end - last.span.start <= enough:
                joined[-1] = replace(last, span=Span(last.span.start, part.span.end))
            else:
                joined.append(part)
        return joined

    def _block_parts(self, number: int, block: Block, room: int) -> Iterator[_Part]:
        assert block.span is not None
        if block.kind is BlockKind.TABLE and block.cells:
            yield from self._table_parts(number, block, room)
            return
        kind = ChunkKind.CODE if block.kind is BlockKind.CODE else ChunkKind.TEXT
        for sentence in sentences(self._text, block.span):
            for part in pieces(self._text, sentence, self._limits.max_characters):
                yield _Part(part, kind, number)

    def _table_parts(self, number: int, block: Block, room: int) -> Iterator[_Part]:
        assert block.span is not None
        whole = self._text[block.span.start : block.span.end]
        if len(whole) <= self._limits.max_characters and self._count([whole])[0] <= room:
            yield _Part(block.span, ChunkKind.TABLE, number)
            return
        header = table_header(
            self._text,
            block.cells,
            may_be_read=lambda text: self._count([text])[0] <= room // _HEADER_SHARE,
            may_be_searched=lambda text: len(text) <= self._limits.max_characters,
        )
        header_rows = {cell.row for cell in block.cells if cell.is_header}
        for row, span in row_spans(block):
            for part in pieces(self._text, span, self._limits.max_characters):
                yield _Part(part, ChunkKind.TABLE, number, NO_HEADER if row in header_rows else header)

    def _fitted(self, unit: _Unit, tokens: int, room: int) -> Iterator[_Unit]:
        """Yield the unit, in halves of halves if it has more tokens than there is room."""
        header_tokens = self._count([unit.header.read])[0] if unit.header.read else 0
        room -= header_tokens
        if tokens <= room or unit.span.end - unit.span.start <= 1:
            yield _Unit(unit.span, unit.kind, unit.block, tokens, unit.header)
            return
        size = unit.span.end - unit.span.start
        for part in pieces(self._text, unit.span, max(1, min(size - 1, int(size * room / tokens * 0.9)))):
            (count,) = self._count([self._text[part.start : part.end]])
            half = _Unit(part, unit.kind, unit.block, count, unit.header)
            yield from self._fitted(half, count, room + header_tokens)

    def _packed(self, units: Sequence[_Unit], room: int) -> Iterator[tuple[int, int]]:
        headers = {header: self._count([header])[0] for header in {unit.header.read for unit in units} if header}
        items = [
            Piece(
                unit.span.start,
                self._trimmed_end(unit.span),
                unit.tokens,
                headers.get(unit.header.read, 0),
                self._cut_cost(units[i - 1], unit) if i else 0.0,
            )
            for i, unit in enumerate(units)
        ]
        ranges = pack(items, max_characters=self._limits.max_characters, max_tokens=room)
        for first, last in ranges:
            yield self._with_overlap(units, items, first, last, room), last

    def _with_overlap(self, units: Sequence[_Unit], items: Sequence[Piece], first: int, last: int, room: int) -> int:
        """Return where the chunk begins once it repeats the end of the one before, as far as ceilings allow."""
        if units[first].header != NO_HEADER:
            return first
        tokens = sum(unit.tokens for unit in units[first:last])
        start = first
        while start > 0:
            earlier = units[start - 1]
            tokens += earlier.tokens
            if (
                earlier.block < 0
                or earlier.header != NO_HEADER
                or units[first].span.start - earlier.span.start > self._limits.overlap_characters
                or items[last - 1].end - earlier.span.start > self._limits.max_characters
                or tokens > room
            ):
                break
            start -= 1
        return start

    def _cut_cost(self, before: _Unit, after: _Unit) -> float:
        if before.block < 0:
            return _CUT_AFTER_HEADING
        if before.block != after.block or after.kind is ChunkKind.TABLE:
            return _CUT_BETWEEN_BLOCKS
        ends_sentence = self._text[before.span.start : before.span.end].rstrip()[-1:] in _SENTENCE_ENDS
        return _CUT_BETWEEN_SENTENCES if ends_sentence else _CUT_INSIDE_SENTENCE

    def _draft(self, section: Section, prefix: str, units: Sequence[_Unit], start: int, end: int) -> Draft:
        chosen = units[start:end]
        kinds = {unit.kind for unit in chosen if unit.block >= 0}
        kind = kinds.pop() if len(kinds) == 1 else ChunkKind.TEXT
        if chosen[0].block < 0 and section.path:
            # The heading stands in the text itself: not twice before the embedder.
            prefix, _ = self._prefix(section.outer)
        span = self._trimmed(Span(chosen[0].span.start, chosen[-1].span.end))
        header = chosen[0].header
        return Draft(span, kind, section.path, prefix + header.read, header.searched)

    def _trimmed(self, span: Span) -> Span:
        piece = self._text[span.start : span.end]
        start = span.start + len(piece) - len(piece.lstrip())
        return Span(start, max(start, self._trimmed_end(span)))

    def _trimmed_end(self, span: Span) -> int:
        return span.start + len(self._text[span.start : span.end].rstrip())
