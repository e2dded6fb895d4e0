"""What is special about Word files: text that other readers leave out, numbering, merged cells."""

from pathlib import Path

from tests.factories import files

from footnote.adapters.document_parsers.docx.parser import DocxParser
from footnote.ingestion.ports import BlockKind, ParseOptions
from footnote.ingestion.structure import StructuredDocument, structure

NAMESPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" '
    'xmlns:v="urn:schemas-microsoft-com:vml"'
)


def document_of(content: bytes, folder: Path) -> StructuredDocument:
    path = folder / "file.docx"
    path.write_bytes(content)
    return structure(list(DocxParser().pages(path, ParseOptions())))


def with_body(body: str, folder: Path) -> str:
    xml = f"<w:document {NAMESPACES}><w:body>{body}</w:body></w:document>"
    text = document_of(files.word_file_with(xml.encode()), folder).text
    return text.removeprefix("Example Company\n\n").removesuffix("\n\nInternal")


def run(text: str) -> str:
    return f'<w:r><w:t xml:space="preserve">{text}</w:t></w:r>'


def test_headings_lists_tables_and_furniture_come_in_order(tmp_path: Path) -> None:
    document = document_of(files.word_report(), tmp_path)
    assert [(block.kind.value, block.level, block.marker) for block in document.blocks] == [
        ("header", None, None),
        ("heading", 1, None),
        ("paragraph", None, None),
        ("heading", 2, None),
        ("list_item", 1, "•"),
        ("list_item", 1, "•"),
        ("list_item", 1, "1."),
        ("list_item", 1, "2."),
        ("table", None, None),
        ("paragraph", None, None),
        ("footer", None, None),
    ]


def test_merged_cells_state_what_they_cover(tmp_path: Path) -> None:
    (table,) = [b for b in document_of(files.word_report(), tmp_path).blocks if b.kind is BlockKind.TABLE]
    spans = {(cell.row, cell.column): (cell.row_span, cell.column_span) for cell in table.cells}
    assert spans[0, 1] == (1, 2)
    assert spans[1, 0] == (2, 1)
    assert (2, 0) not in spans


def test_content_controls_and_insertions_are_read_and_deletions_are_not(tmp_path: Path) -> None:
    body = (
        f"<w:sdt><w:sdtContent><w:p>{run('in a control')}</w:p></w:sdtContent></w:sdt>"
        f"<w:p>{run('kept ')}<w:ins>{run('inserted')}</w:ins>"
        "<w:del><w:r><w:delText>gone</w:delText></w:r></w:del></w:p>"
        f'<w:p><w:fldSimple w:instr="DATE">{run("field")}</w:fldSimple><w:r><w:tab/></w:r>{run("after")}</w:p>'
    )
    assert with_body(body, tmp_path) == "in a control\n\nkept inserted\n\nfield after"


def test_text_boxes_are_read_once(tmp_path: Path) -> None:
    box = f"<w:txbxContent><w:p>{run('boxed')}</w:p></w:txbxContent>"
    body = (
        f"<w:p>{run('anchor')}<w:r><mc:AlternateContent><mc:Choice Requires='wps'>{box}</mc:Choice>"
        f"<mc:Fallback>{box}</mc:Fallback></mc:AlternateContent></w:r></w:p>"
    )
    assert with_body(body, tmp_path) == "anchor\n\nboxed"


def test_line_breaks_stay_and_soft_hyphens_go(tmp_path: Path) -> None:
    body = f"<w:p>{run('Main Street')}<w:r><w:br/></w:r>{run('Be')}<w:r><w:softHyphen/></w:r>{run('trieb')}</w:p>"
    assert with_body(body, tmp_path) == "Main Street\nBetrieb"


def paragraph(inner: str) -> str:
    return f"<w:p>{inner}</w:p>"


def test_text_of_alternatives_formulas_and_boxes_in_cells_is_read_once(tmp_path: Path) -> None:
    alternative = (
        f'<mc:AlternateContent><mc:Choice Requires="v">{paragraph(run("Newer"))}</mc:Choice>'
        f"<mc:Fallback>{paragraph(run('Older'))}</mc:Fallback></mc:AlternateContent>"
    )
    assert with_body(paragraph(run("One")) + alternative + paragraph(run("Two")), tmp_path) == "One\n\nNewer\n\nTwo"
    formula = "<m:oMath><m:r><m:t>A=b²</m:t></m:r></m:oMath>"
    assert with_body(paragraph(run("So ") + formula + run(" holds.")), tmp_path) == "So A=b² holds."
    inside = f"<w:txbxContent>{paragraph(run('boxed'))}</w:txbxContent>"
    box = (
        f'<w:r><mc:AlternateContent><mc:Choice Requires="v">{inside}</mc:Choice>'
        f"<mc:Fallback>{inside}</mc:Fallback></mc:AlternateContent></w:r>"
    )
    table = f"<w:tbl><w:tr><w:tc>{paragraph(run('cell') + box)}</w:tc><w:tc>{paragraph(run('b'))}</w:tc></w:tr></w:tbl>"
    assert with_body(table, tmp_path) == "cell boxed | b"


def test_hidden_text_is_not_read(tmp_path: Path) -> None:
    hidden = "<w:r><w:rPr><w:vanish/></w:rPr><w:t>hidden</w:t></w:r>"
    shown = '<w:r><w:rPr><w:vanish w:val="0"/></w:rPr><w:t>shown</w:t></w:r>'
    assert with_body(paragraph(hidden + shown), tmp_path) == "shown"


def test_numbers_that_are_none_do_not_stop_the_reading(tmp_path: Path) -> None:
    numbering = '<w:numPr><w:ilvl w:val="x"/><w:numId w:val="99"/></w:numPr>'
    properties = f'<w:pPr>{numbering}<w:outlineLvl w:val="²"/></w:pPr>'
    assert with_body(paragraph(properties + run("Item")), tmp_path) == "• Item"
