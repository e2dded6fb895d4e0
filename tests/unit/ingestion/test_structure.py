"""From parsed pages to one text: every span leads back to its word, and lines become the text they were written as."""

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.factories.parsed import page_of, printed_block, table_block

from footnote.ingestion.ports import BlockKind, ParsedBlock, ParsedCell, ParsedPage, TextOrigin, Word, words_of
from footnote.ingestion.structure import StructuredDocument, structure
from footnote.ingestion.word_normalisation import normalise_word
from footnote.kit.geometry import Box, Span


def block_texts(document: StructuredDocument) -> list[str]:
    return [document.text[block.span.start : block.span.end] for block in document.blocks if block.span]


def test_lines_of_a_paragraph_are_joined_by_spaces() -> None:
    document = structure([page_of(printed_block("The pump is", "under warranty."))])
    assert document.text == "The pump is under warranty."


def test_lines_that_carry_meaning_stay_lines() -> None:
    document = structure([page_of(printed_block("Example Ltd", "Main Street 1", keeps_lines=True))])
    assert document.text == "Example Ltd\nMain Street 1"


def test_hyphens_of_line_ends_are_undone_and_each_half_keeps_its_place() -> None:
    document = structure([page_of(printed_block("the war-", "ranty ends"))])
    assert document.text == "the warranty ends"
    halves = [word for word in document.pages[0].words if word.text in {"war", "ranty"}]
    assert [(half.span, half.line) for half in halves] == [(Span(4, 7), 0), (Span(7, 12), 1)]


def test_hyphens_of_compounds_stay() -> None:
    text = structure(
        [page_of(printed_block("the well-", "known E-", "Mail of 2020-", "2021 for pre-", "and post-war"))]
    ).text
    assert text == "the well-known E-Mail of 2020-2021 for pre- and post-war"


def test_the_documents_own_spelling_decides_about_a_hyphen() -> None:
    other = printed_block("a semi-automatic pump here", y=400)
    document = structure([page_of(printed_block("the semi-", "automatic pump"), other)])
    assert block_texts(document)[0] == "the semi-automatic pump"


def test_soft_hyphens_vanish() -> None:
    assert structure([page_of(printed_block("Be\u00adtriebs\u00ad", "anleitung"))]).text == "Betriebsanleitung"


def test_a_paragraph_torn_by_a_page_break_is_one_block_with_two_boxes() -> None:
    first = page_of(printed_block("The seals are", y=700), printed_block("Page 1", y=800), number=1)
    second = page_of(printed_block("not covered.", y=100), printed_block("Page 2", y=800), number=2)
    document = structure([first, second])
    torn = document.blocks[0]
    assert torn.span is not None
    assert document.text[torn.span.start : torn.span.end] == "The seals are not covered."
    assert [box.page for box in torn.boxes] == [1, 2]
    assert [page.span for page in document.pages] == [Span(0, 34), Span(14, 26)]


def test_a_footnote_does_not_keep_a_torn_paragraph_apart() -> None:
    note = printed_block("1 See the price list.", y=760, size=8)
    pages = [
        page_of(printed_block("The seals are", y=700), note, number=1),
        page_of(printed_block("not covered.", y=100), number=2),
    ]
    assert structure(pages).text == "The seals are not covered.\n\n1 See the price list."


def test_a_paragraph_torn_by_a_column_break_is_joined() -> None:
    left, right = printed_block("The seals are", x=60, y=700), printed_block("not covered.", x=320, y=100)
    assert structure([page_of(left, right)]).text == "The seals are not covered."


def test_paragraphs_that_end_with_a_sentence_stay_apart() -> None:
    pages = [page_of(printed_block("It ends."), number=1), page_of(printed_block("then more", y=100), number=2)]
    assert structure(pages).text == "It ends.\n\nthen more"


def test_running_heads_and_feet_stay_once_and_later_ones_have_no_span() -> None:
    pages = [
        page_of(
            printed_block("Annual report", y=30),
            printed_block(f"Text number {number}.", y=300),
            printed_block(f"Page {number} of 4", y=800),
            number=number,
        )
        for number in range(1, 5)
    ]
    document = structure(pages)
    assert document.text.count("Annual report") == 1
    assert document.text.count("Page") == 1
    kinds = [(block.kind, block.span is None) for block in document.blocks]
    assert kinds.count((BlockKind.HEADER, False)) == kinds.count((BlockKind.FOOTER, False)) == 1
    assert kinds.count((BlockKind.HEADER, True)) == kinds.count((BlockKind.FOOTER, True)) == 3


def test_numbered_chapter_headings_at_the_top_of_pages_are_not_running_heads() -> None:
    pages = [
        page_of(
            printed_block(f"Chapter {number}", y=60, size=18, kind=BlockKind.HEADING),
            printed_block("Some body text that is long enough to set the size.", y=300),
            number=number,
        )
        for number in range(1, 5)
    ]
    assert [b.kind for b in structure(pages).blocks].count(BlockKind.HEADING) == 4


def test_heading_levels_follow_size_and_nest_without_gaps() -> None:
    def heading(text: str, size: float, y: float) -> ParsedBlock:
        return printed_block(text, kind=BlockKind.HEADING, size=size, y=y)

    body = printed_block("Body text in the size of most of the document, which is eleven points.", y=500)
    document = structure(
        [page_of(heading("A", 24, 100), heading("B", 14, 200), body, heading("C", 18, 600), heading("D", 24, 700))]
    )
    assert [block.level for block in document.blocks if block.kind is BlockKind.HEADING] == [1, 2, 2, 1]


def test_a_heading_printed_like_the_body_is_a_paragraph() -> None:
    body = printed_block("Body text in the size of most of the document, eleven points.", y=300)
    document = structure([page_of(printed_block("Not a heading", kind=BlockKind.HEADING), body)])
    assert document.blocks[0].kind is BlockKind.PARAGRAPH


def test_tables_are_written_row_by_row_and_each_cell_has_its_span() -> None:
    document = structure([page_of(table_block([["Article", "Price"], ["Big pump", ""], ["", "9.00"]]))])
    assert document.text == "Article | Price\nBig pump | \n | 9.00"
    cells = document.blocks[0].cells
    assert [document.text[c.span.start : c.span.end] for c in cells] == ["Article", "Price", "Big pump", "", "", "9.00"]
    assert [cell.is_header for cell in cells[:3]] == [True, True, False]


def test_merged_cells_leave_their_positions_empty() -> None:
    def cell(row: int, column: int, text: str, height: int = 1, width: int = 1) -> ParsedCell:
        return ParsedCell(row, column, ((Word(text, None),),), None, height, width)

    cells = (cell(0, 0, "tall", 2, 1), cell(0, 1, "wide", 1, 2), cell(1, 1, "x"), cell(1, 2, "y"))
    document = structure([page_of(ParsedBlock(BlockKind.TABLE, (), cells=cells))])
    assert document.text == "tall | wide | \n | x | y"


def test_items_of_one_list_stand_on_neighbouring_lines() -> None:
    items = [printed_block(f"• item {n}", kind=BlockKind.LIST_ITEM, level=1, y=100 + 20 * n) for n in range(2)]
    assert structure([page_of(*items)]).text == "• item 0\n• item 1"


def test_code_keeps_its_indentation() -> None:
    code = ParsedBlock(BlockKind.CODE, ((Word("def f():", None),), (Word("\treturn 1", None),)))
    assert structure([page_of(code)]).text == "def f():\n    return 1"


def test_a_table_without_text_and_an_empty_document_leave_no_trace() -> None:
    assert structure([page_of(table_block([["", ""], ["", ""]]))]).text == ""
    assert structure([]).blocks == ()


def test_the_language_of_the_document_is_told() -> None:
    german = printed_block("Die Gewährleistung beträgt zwei Jahre ab dem Tag der Lieferung der Ware an den Kunden.")
    assert structure([page_of(german)]).language == "de"
    assert structure([page_of(printed_block("4711"))]).language is None


def test_a_structured_document_can_cross_to_and_from_a_child_process() -> None:
    document = structure([page_of(printed_block("one two"), table_block([["a", "b"], ["c", "d"]]))])
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(document), type=StructuredDocument) == document


any_word = st.text(max_size=4) | st.sampled_from(
    [
        "war-",
        "Pump",
        "1.",
        "ranty",
        "Ein-",
        "und",
        "ﬁn",
        "a\u00ad",
        "\u0000",
        "\u200b",
        "e\u0301",
        "مرحبا",
        "१२",
        "-",
        "--",
        "|",
        "x\ud800",
        "a b",
    ]
)
any_line = st.lists(any_word.map(lambda text: Word(text, Box(0, 0, 1, 1))), max_size=5).map(tuple)
any_lines = st.lists(any_line, max_size=4).map(tuple)


@st.composite
def any_block(draw: st.DrawFn) -> ParsedBlock:
    kind = draw(st.sampled_from(BlockKind))
    y = draw(st.sampled_from([10.0, 100.0, 400.0, 810.0]))
    if kind is BlockKind.TABLE:
        cells = tuple(
            ParsedCell(
                row, column, draw(any_lines), row_span=draw(st.integers(1, 2)), column_span=draw(st.integers(1, 2))
            )
            for row in range(draw(st.integers(1, 3)))
            for column in range(draw(st.integers(1, 3)))
        )
        return ParsedBlock(kind, (), box=Box(0, y, 500, y + 10), cells=cells)
    size = draw(st.sampled_from([None, 8.0, 11.0, 20.0]))
    return ParsedBlock(
        kind, draw(any_lines), box=Box(0, y, 500, y + 10), font_size=size, keeps_lines=draw(st.booleans())
    )


any_pages = st.lists(st.lists(any_block(), max_size=4), max_size=5).map(
    lambda pages: [
        ParsedPage(number, 595.0, 842.0, tuple(blocks), TextOrigin.DIGITAL) for number, blocks in enumerate(pages, 1)
    ]
)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(any_pages)
def test_every_word_stands_where_its_span_says(pages: list[ParsedPage]) -> None:
    """Spans of words and blocks rise, never overlap and lie inside the text; the text can be stored as UTF-8."""
    document = structure(pages)
    document.text.encode("utf-8")
    assert "\0" not in document.text
    words = sorted((word for page in document.pages for word in page.words), key=lambda word: word.span.start)
    end = 0
    for word in words:
        assert word.span.start >= end
        assert word.text
        assert document.text[word.span.start : word.span.end] == word.text
        end = word.span.end
    end = 0
    for block in document.blocks:
        if block.span is not None:
            assert end <= block.span.start <= block.span.end <= len(document.text)
            end = block.span.end
            cell_end = block.span.start
            for cell in block.cells:
                assert cell_end <= cell.span.start <= cell.span.end <= block.span.end
                cell_end = cell.span.end


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(any_pages)
def test_no_letter_is_lost_but_repeated_furniture_and_hyphens(pages: list[ParsedPage]) -> None:
    document = structure(pages)
    written = "".join(word.text for page in document.pages for word in page.words)
    dropped = any(block.span is None for block in document.blocks)
    printed = "".join(
        normalise_word(word.text)
        for page in pages
        for block in page.blocks
        if block.kind is not BlockKind.CODE
        for word in words_of(block)
    )
    has_code = any(block.kind is BlockKind.CODE for page in pages for block in page.blocks)
    if not dropped and not has_code:
        assert sorted(c for c in written if c not in "-\u2010") == sorted(c for c in printed if c not in "-\u2010")


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(any_pages)
def test_every_page_lists_its_words_in_the_texts_order(pages: list[ParsedPage]) -> None:
    for page in structure(pages).pages:
        starts = [word.span.start for word in page.words]
        assert starts == sorted(starts)
        assert all(page.span.start <= word.span.start and word.span.end <= page.span.end for word in page.words)
