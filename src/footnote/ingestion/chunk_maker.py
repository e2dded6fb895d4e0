"""Cuts one section after the other into units, packs them and writes the chunks."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from footnote.ingestion.chunk_packing import Piece, pack
from footnote.ingestion.chunk_types import Block, Chunk, ChunkKind, ChunkLimits, TokenCounts
from footnote.ingestion.ports import BlockKind
from footnote.ingestion.sentences import pieces, sentences
from footnote.kit.geometry import Span

_CUT_BETWEEN_BLOCKS = 0.0
_CUT_BETWEEN_SENTENCES = 0.2
_CUT_INSIDE_SENTENCE = 1.0
_CUT_AFTER_HEADING = 5.0
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
class _Unit:
    """The smallest thing a chunk takes whole. header: a table's header row, to be read before the unit."""

    span: Span
    kind: ChunkKind
    block: int
    tokens: int
    header: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """A chunk before it has a number; `prefix` stands before its text for the embedder."""

    span: Span
    kind: ChunkKind
    path: tuple[str, ...]
    prefix: str


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
                yield from self._checked(Draft(self._trimmed(part), draft.kind, draft.path, draft.prefix))

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
        spans: list[tuple[Span, ChunkKind, int, str]] = [
            (part, ChunkKind.TEXT, -1, "")
            for span in section.heading
            for part in pieces(self._text, span, self._limits.max_characters)
        ]
        for number, block in enumerate(section.blocks):
            spans.extend((span, kind, number, header) for span, kind, header in self._block_spans(block, room))
        units = [
            _Unit(span, kind, number, 0, header)
            for span, kind, number, header in spans
            if self._text[span.start : span.end].strip()
        ]
        counts = self._count([self._text[u.span.start : u.span.end] for u in units])
        return [fitting for u, tokens in zip(units, counts, strict=True) for fitting in self._fitted(u, tokens, room)]

    def _block_spans(self, block: Block, room: int) -> Iterator[tuple[Span, ChunkKind, str]]:
        assert block.span is not None
        if block.kind is BlockKind.TABLE and block.cells:
            yield from self._table_spans(block, room)
            return
        kind = ChunkKind.CODE if block.kind is BlockKind.CODE else ChunkKind.TEXT
        for sentence in sentences(self._text, block.span):
            for part in pieces(self._text, sentence, self._limits.max_characters):
                yield part, kind, ""

    def _table_spans(self, block: Block, room: int) -> Iterator[tuple[Span, ChunkKind, str]]:
        assert block.span is not None
        whole = self._text[block.span.start : block.span.end]
        if len(whole) <= self._limits.max_characters and self._count([whole])[0] <= room:
            yield block.span, ChunkKind.TABLE, ""
            return
        rows = _rows(block)
        header_rows = {cell.row for cell in block.cells if cell.is_header}
        header = "".join(self._text[s.start : s.end].strip() + "\n" for row, s in rows if row in header_rows)
        if header and self._count([header])[0] > room // 3:
            header = ""
        for row, span in rows:
            for part in pieces(self._text, span, self._limits.max_characters):
                yield part, ChunkKind.TABLE, "" if row in header_rows else header

    def _fitted(self, unit: _Unit, tokens: int, room: int) -> Iterator[_Unit]:
        """Yield the unit, in halves of halves if it has more tokens than there is room."""
        room -= self._count([unit.header])[0] if unit.header else 0
        if tokens <= room or unit.span.end - unit.span.start <= 1:
            yield _Unit(unit.span, unit.kind, unit.block, tokens, unit.header)
            return
        size = unit.span.end - unit.span.start
        for part in pieces(self._text, unit.span, max(1, min(size - 1, int(size * room / tokens * 0.9)))):
            (count,) = self._count([self._text[part.start : part.end]])
            half = _Unit(part, unit.kind, unit.block, count, unit.header)
            yield from self._fitted(half, count, room + (self._count([unit.header])[0] if unit.header else 0))

    def _packed(self, units: Sequence[_Unit], room: int) -> Iterator[tuple[int, int]]:
        headers = {header: self._count([header])[0] for header in {unit.header for unit in units} if header}
        items = [
            Piece(
                unit.span.start,
                self._trimmed_end(unit.span),
                unit.tokens,
                headers.get(unit.header, 0),
                self._cut_cost(units[i - 1], unit) if i else 0.0,
            )
            for i, unit in enumerate(units)
        ]
        ranges = pack(items, max_characters=self._limits.max_characters, max_tokens=room)
        for first, last in ranges:
            yield self._with_overlap(units, items, first, last, room), last

    def _with_overlap(self, units: Sequence[_Unit], items: Sequence[Piece], first: int, last: int, room: int) -> int:
        """Return where the chunk begins once it repeats the end of the one before, as far as ceilings allow."""
        if units[first].header:
            return first
        tokens = sum(unit.tokens for unit in units[first:last])
        start = first
        while start > 0:
            earlier = units[start - 1]
            tokens += earlier.tokens
            if (
                earlier.block < 0
                or earlier.header
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
        return Draft(span, kind, section.path, prefix + chosen[0].header)

    def _trimmed(self, span: Span) -> Span:
        piece = self._text[span.start : span.end]
        start = span.start + len(piece) - len(piece.lstrip())
        return Span(start, max(start, self._trimmed_end(span)))

    def _trimmed_end(self, span: Span) -> int:
        return span.start + len(self._text[span.start : span.end].rstrip())


def _rows(block: Block) -> list[tuple[int, Span]]:
    """Return the table's rows as spans that together cover the block."""
    assert block.span is not None
    starts: dict[int, int] = {}
    for cell in block.cells:
        starts[cell.row] = min(starts.get(cell.row, cell.span.start), cell.span.start)
    ordered = sorted(starts.items(), key=lambda item: item[1])
    begins = [block.span.start, *(start for _, start in ordered[1:])]
    ends = [*begins[1:], block.span.end]
    return [(row, Span(b, e)) for (row, _), b, e in zip(ordered, begins, ends, strict=True)]
