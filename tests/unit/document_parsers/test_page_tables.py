"""A table's caption is text above it, even where a table finder takes it for the first row."""

from footnote.adapters.document_parsers.page_layout.fragments import Fragment
from footnote.adapters.document_parsers.page_layout.tables import CellGrid, GridCell, take_tables
from footnote.ingestion.ports import ParsedBlock, Word
from footnote.kit.geometry import Box

COLUMNS = (72.0, 172.0, 272.0)


def _printed(rows: list[list[tuple[float, str]]]) -> list[Fragment]:
    fragments = []
    for number, row in enumerate(rows):
        top = 100.0 + 14 * number
        for x, text in row:
            box = Box(x, top, x + 5 * len(text), top + 10)
            fragments.append(Fragment([Word(text, box)], box.x0, box.y0, box.x1, box.y1, 10))
    return fragments


def _grid(row_count: int) -> CellGrid:
    cells = [
        GridCell(row, column, Box(x, 100 + 14 * row, x + 95, 110 + 14 * row), has_text=True)
        for row in range(row_count)
        for column, x in enumerate(COLUMNS)
    ]
    return CellGrid(Box(72, 100, 367, 100 + 14 * row_count), cells, 1)


def _texts(table: ParsedBlock) -> list[list[str]]:
    rows: dict[int, list[str]] = {}
    for cell in table.cells:
        rows.setdefault(cell.row, []).append(" ".join(word.text for line in cell.lines for word in line))
    return list(rows.values())


BODY = [
    [(72, "Machine"), (172, "Q1"), (272, "Q2")],
    [(72, "Heron"), (172, "3,310"), (272, "3,720")],
    [(72, "Petrel"), (172, "640"), (272, "1,720")],
]


def test_a_caption_that_runs_over_column_borders_is_given_back_as_a_line_of_text() -> None:
    caption = [(72.0, "Table"), (100.0, "2:"), (113.0, "Machines"), (156.0, "delivered"), (204.0, "by"), (217.0, "Q")]
    tables, rest = take_tables([_grid(4)], _printed([caption, *BODY]))
    assert _texts(tables[0])[0] == ["Machine", "Q1", "Q2"]
    assert [cell.is_header for cell in tables[0].cells[:4]] == [True, True, True, False]
    assert [[word.text for word in line.words] for line in rest] == [[text for _, text in caption]]


def test_a_first_row_whose_cells_stand_apart_stays_a_row_even_with_an_empty_cell() -> None:
    tables, rest = take_tables([_grid(4)], _printed([[(72, "Year"), (172, "2024")], *BODY]))
    assert _texts(tables[0])[0] == ["Year", "2024", ""]
    assert rest == []


def test_every_word_stands_in_the_table_or_in_what_remains_exactly_once() -> None:
    caption = [(72.0, "Table"), (100.0, "2:"), (113.0, "Machines"), (156.0, "delivered"), (204.0, "by")]
    printed = _printed([caption, *BODY])
    tables, rest = take_tables([_grid(4)], printed)
    found = [w for cell in tables[0].cells for line in cell.lines for w in line] + [w for f in rest for w in f.words]
    assert sorted(w.text for w in found) == sorted(w.text for f in printed for w in f.words)
