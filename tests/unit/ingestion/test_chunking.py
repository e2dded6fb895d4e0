"""Chunks: nothing lost, nothing over a ceiling, nothing across a heading."""

from dataclasses import dataclass
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from footnote.ingestion.chunking import PRESETS, Chunk, ChunkKind, ChunkLimits, chunk_document, preset
from footnote.ingestion.ports import BlockKind
from footnote.kit.geometry import Span


@dataclass(frozen=True)
class Cell:
    row: int
    is_header: bool
    span: Span


@dataclass(frozen=True)
class Block:
    kind: BlockKind
    span: Span | None
    level: int | None = None
    cells: tuple[Cell, ...] = ()


@dataclass(frozen=True)
class Document:
    text: str
    blocks: tuple[Block, ...]


def document(*parts: tuple) -> Document:
    """Build a document from (kind, text) or (kind, text, level); a table is lines of `a | b`, first the header."""
    text, blocks = "", []
    for kind, body, *level in parts:
        text += "\n\n" if text else ""
        start = len(text)
        text += body
        cells = _cells(body, start) if kind is BlockKind.TABLE else ()
        blocks.append(Block(kind, Span(start, len(text)), level[0] if level else None, cells))
    return Document(text, tuple(blocks))


def _cells(body: str, start: int) -> tuple[Cell, ...]:
    cells, position = [], start
    for row, line in enumerate(body.split("\n")):
        column = position
        for cell in line.split(" | "):
            cells.append(Cell(row, row == 0, Span(column, column + len(cell))))
            column += len(cell) + 3
        position += len(line) + 1
    return tuple(cells)


def count_words(texts: list[str]) -> list[int]:
    return [len(text.split()) for text in texts]


def count_thirds(texts: list[str]) -> list[int]:
    """A tokenizer that cuts words into pieces of three letters, as those of foreign scripts do."""
    return [sum(-(-len(word) // 3) for word in text.split()) for text in texts]


def chunks(source: Document, *, limits: ChunkLimits | None = None, title: str = "", count=count_words) -> list[Chunk]:
    return chunk_document(source, title=title, limits=limits or preset("kb", max_tokens=254), count_tokens=count)


P, H, T, C = BlockKind.PARAGRAPH, BlockKind.HEADING, BlockKind.TABLE, BlockKind.CODE
SENTENCE = "The pump in the cellar must be drained before the first frost of the year. "


def test_presets_are_the_documented_sizes():
    assert PRESETS == {"kb": (500, 50), "pdf": (1000, 200)}


def test_a_short_document_is_one_chunk_with_the_exact_text():
    source = document((P, "First paragraph."), (P, "Second paragraph."))
    (only,) = chunks(source)
    assert only.text == source.text == source.text[only.span.start : only.span.end]
    assert (only.ordinal, only.kind, only.heading_path) == (0, ChunkKind.TEXT, ())


def test_an_empty_document_has_no_chunks():
    assert chunks(Document("", ())) == []
    assert chunks(Document(" \n ", (Block(P, Span(0, 3)),))) == []


def test_no_chunk_reaches_across_a_heading():
    source = document((H, "One", 1), (P, "Alpha."), (H, "Two", 1), (P, "Beta."), (H, "Inner", 2), (P, "Gamma."))
    found = chunks(source)
    assert [c.text for c in found] == ["One\n\nAlpha.", "Two\n\nBeta.", "Inner\n\nGamma."]
    assert [c.heading_path for c in found] == [("One",), ("Two",), ("Two", "Inner")]


def test_headings_without_text_between_begin_one_chunk():
    found = chunks(document((H, "Part", 1), (H, "Chapter", 2), (P, "Text."), (H, "Last", 1)))
    assert [c.text for c in found] == ["Part\n\nChapter\n\nText.", "Last"]
    assert found[0].heading_path == ("Part", "Chapter")


def test_headings_of_one_level_in_a_row_keep_what_stands_above_them():
    found = chunks(document((H, "Part", 1), (P, "Intro."), (H, "A", 2), (H, "B", 2), (P, "Text.")), title="Manual")
    assert found[1].heading_path == ("Part", "B")
    assert found[1].embedding_text == "Manual\nPart\nA\n\nB\n\nText."


def test_a_heading_as_long_as_a_text_stands_above_others_by_its_beginning_only():
    found = chunks(document((H, "much " * 5000 + "too long", 1), (P, SENTENCE * 12)))
    (label,) = found[-1].heading_path
    assert label.startswith("much much")
    assert len(label) <= 301
    assert any("too long" in chunk.text for chunk in found), "its own text is kept whole"


def test_title_and_headings_stand_before_the_embedded_text_only():
    source = document((H, "Winter", 1), (P, SENTENCE * 12))
    found = chunks(source, title="Pump manual")
    assert len(found) > 1
    assert found[0].embedding_text == f"Pump manual\n{found[0].text}"
    assert found[1].embedding_text == f"Pump manual\nWinter\n{found[1].text}"
    assert not found[1].text.startswith("Winter")


def test_a_title_that_is_also_the_heading_is_told_once():
    found = chunks(document((H, "Pump Manual", 1), (P, SENTENCE * 12)), title="Pump manual")
    assert found[1].embedding_text == f"Pump manual\n{found[1].text}"


def test_chunks_end_with_sentences():
    found = chunks(document((P, SENTENCE * 40)))
    assert all(c.text.endswith("year.") and c.text.startswith("The pump") for c in found)


def test_short_forms_do_not_end_sentences():
    text = "See Fig. 3 and Dr. Smith, e.g. on page 4. " * 30
    assert all(c.text.endswith("page 4.") for c in chunks(document((P, text))))


def test_the_end_of_a_chunk_stands_again_at_the_beginning_of_the_next():
    found = chunks(document((P, SENTENCE * 40)), limits=preset("pdf", max_tokens=254))
    for before, after in pairwise(found):
        assert 0 < before.span.end - after.span.start <= 200


def test_a_table_that_fits_stays_whole():
    table = "name | price\npump | 10\nvalve | 5"
    assert sum(table in chunk.text for chunk in chunks(document((P, SENTENCE * 9), (T, table)))) == 1
    (alone,) = chunks(document((T, table)))
    assert (alone.text, alone.kind) == (table, ChunkKind.TABLE)


def test_a_long_table_is_split_by_rows_and_each_part_reads_its_header():
    rows = [f"article number {n} | {n * 7} euro" for n in range(60)]
    found = chunks(document((T, "\n".join(["name | price", *rows]))))
    assert len(found) > 2
    for chunk in found:
        assert set(chunk.text.split("\n")) <= {"name | price", *rows}
        assert chunk.embedding_text.startswith("name | price\n")
        assert chunk.kind is ChunkKind.TABLE
    assert [line for c in found for line in c.text.split("\n")] == ["name | price", *rows]


def test_a_wide_table_keeps_a_shortened_header_on_every_row():
    names = [f"measurement {n} taken in the north hall of the plant" for n in range(16)]
    rows = [" | ".join(f"v{row}.{n} units" for n in range(16)) for row in range(20)]
    found = chunks(document((T, "\n".join([" | ".join(names), *rows]))), count=count_words)
    later = [chunk for chunk in found if "v" in chunk.text.split()[0]]
    assert len(later) > 5
    for chunk in later:
        header = chunk.embedding_text.removesuffix(chunk.text)
        assert header == " | ".join(["measurement"] * 16) + "\n" or header.count("measurement") == 16
        assert chunk.table_header.count("measurement") == 16
        assert "measurement" not in chunk.text


def test_a_header_too_wide_for_any_shortening_keeps_its_first_columns():
    names = [f"column{n}" for n in range(400)]
    rows = [" | ".join(f"{row}" for _ in names) for row in range(3)]
    found = chunks(document((T, "\n".join([" | ".join(names), *rows]))), limits=ChunkLimits(500, 50, 60))
    assert all(c.embedding_text.startswith("col | col") for c in found if c.table_header)
    assert any(c.table_header for c in found)


def test_a_table_without_a_header_has_none():
    text = "\n".join(f"article {n} | {n * 7} euro" for n in range(80))
    cells = tuple(Cell(cell.row, False, cell.span) for cell in _cells(text, 0))
    found = chunks(Document(text, (Block(T, Span(0, len(text)), None, cells),)))
    assert len(found) > 1
    assert all(c.embedding_text == c.text and not c.table_header for c in found)


@pytest.mark.parametrize(
    "atom",
    [
        " ",
        ".",
        ". ",
        '"',
        '." ',
        "-",
        "- ",
        "(",
        ")",
        "[",
        "1",
        "1.",
        "a\n",
        "\n ",
        "…",
        "。",
        "a。",
        "|",
        ",",
        "A.",
        "?!",
    ],
)
def test_a_long_run_of_anything_is_cut_and_nothing_of_it_lost(atom):
    source = document((P, f"Start {atom * (60_000 // len(atom))}x"))
    found = chunks(source, limits=preset("pdf", max_tokens=254), count=lambda texts: [len(t) // 4 + 1 for t in texts])
    covered = sum(len("".join(chunk.text.split())) for chunk in found)
    assert covered >= len("".join(source.text.split()))
    assert all(len(chunk.text) <= 1000 for chunk in found)


def test_code_is_its_own_kind():
    (only,) = chunks(document((C, "def drain():\n    valve.close()")))
    assert only.kind is ChunkKind.CODE


def test_furniture_is_left_out():
    source = document((P, "Page text."))
    with_footer = Document(source.text, (*source.blocks, Block(BlockKind.FOOTER, None)))
    assert [c.text for c in chunks(with_footer)] == ["Page text."]


def test_limits_that_leave_no_room_are_refused():
    with pytest.raises(ValueError, match="limits"):
        ChunkLimits(100, 100, 254)


WRITING = st.text(alphabet="ab .,\n。本語ضمéß!?-|0", max_size=400)
PARTS = st.lists(
    st.one_of(
        st.tuples(st.sampled_from([P, BlockKind.LIST_ITEM, C]), WRITING),
        st.tuples(st.just(H), st.text(alphabet="ab ", min_size=1, max_size=60), st.integers(1, 4)),
        st.tuples(
            st.just(T),
            st.lists(st.text(alphabet="ab", min_size=1, max_size=30), min_size=1, max_size=12).map(
                lambda rows: "\n".join(f"{row} | {row}" for row in rows)
            ),
        ),
    ),
    max_size=8,
)
LIMITS = st.builds(
    ChunkLimits,
    max_characters=st.integers(60, 300),
    overlap_characters=st.integers(0, 50),
    max_tokens=st.integers(8, 60),
)


@settings(max_examples=150, deadline=None)
@given(PARTS, LIMITS, st.sampled_from(["", "a b a"]), st.sampled_from([count_words, count_thirds]))
def test_every_visible_character_is_in_a_chunk_and_no_ceiling_is_passed(parts, limits, title, count):
    source = document(*parts)
    found = chunks(source, limits=limits, title=title, count=count)
    covered = {i for chunk in found for i in range(chunk.span.start, chunk.span.end)}
    for block in source.blocks:
        visible = (i for i in range(block.span.start, block.span.end) if not source.text[i].isspace())
        assert covered.issuperset(visible)
    for number, chunk in enumerate(found):
        assert chunk.ordinal == number
        assert chunk.text == source.text[chunk.span.start : chunk.span.end]
        assert len(chunk.text) <= limits.max_characters
        assert chunk.token_count == count([chunk.embedding_text])[0] <= limits.max_tokens
        assert chunk.text.strip()
    starts = [chunk.span.start for chunk in found]
    assert starts == sorted(starts)


@settings(max_examples=60, deadline=None)
@given(PARTS, LIMITS)
def test_no_chunk_holds_text_of_two_sections(parts, limits):
    source = document(*parts)
    for chunk in chunks(source, limits=limits):
        body_seen = False
        for block in source.blocks:
            shared = source.text[max(block.span.start, chunk.span.start) : min(block.span.end, chunk.span.end)].strip()
            if not shared:
                continue
            assert not (body_seen and block.kind is H), "a heading after text must begin another chunk"
            body_seen = body_seen or block.kind is not H
