"""What is special about PDF files: columns, tables, turned pages, scans, and pages without text."""

from pathlib import Path

import pytest
from reportlab.lib.pagesizes import A4
from tests.factories import files

from footnote.adapters.document_parsers.pdf.parser import PdfParser
from footnote.ingestion.ports import BlockKind, ParsedPage, ParseOptions, TextOrigin, words_of
from footnote.ingestion.structure import StructuredDocument, structure
from footnote.kit.errors import FootnoteError, Unavailable


def pages_of(content: bytes, folder: Path, options: ParseOptions | None = None) -> list[ParsedPage]:
    path = folder / "file.pdf"
    path.write_bytes(content)
    return list(PdfParser().pages(path, options or ParseOptions()))


def document_of(content: bytes, folder: Path) -> StructuredDocument:
    return structure(pages_of(content, folder))


def test_columns_are_read_one_after_the_other(tmp_path: Path) -> None:
    document = document_of(files.two_column_pdf(), tmp_path)
    heading, *paragraphs = [document.text[b.span.start : b.span.end] for b in document.blocks if b.span]
    assert heading == "Terms of Sale for All Customers and Partners"
    assert " ".join(paragraphs) == " ".join([files.PROSE] * 5 + [files.SECOND_PROSE] * 5)


def test_a_form_is_read_line_by_line(tmp_path: Path) -> None:
    def draw(canvas: files.Canvas) -> None:
        for row, (label, value) in enumerate(
            [("Invoice number", "R-17"), ("Date", "2024-05-12"), ("Due", "2024-06-11")]
        ):
            canvas.drawString(72, 700 - 16 * row, label)
            canvas.drawString(300, 700 - 16 * row, value)

    text = document_of(files.drawn_pdf(draw), tmp_path).text.replace(" | ", " ")
    assert text.splitlines() == ["Invoice number R-17", "Date 2024-05-12", "Due 2024-06-11"]


def test_tables_have_their_cells_with_boxes(tmp_path: Path) -> None:
    document = document_of(files.table_pdf(), tmp_path)
    (table,) = [block for block in document.blocks if block.kind is BlockKind.TABLE]
    rows = [tuple(document.text[c.span.start : c.span.end] for c in table.cells[i : i + 3]) for i in range(0, 12, 3)]
    assert tuple(rows) == files.TABLE_ROWS
    assert all(cell.box is not None for cell in table.cells)
    assert [block.kind for block in document.blocks] == [BlockKind.HEADING, BlockKind.TABLE, BlockKind.PARAGRAPH]


def test_running_heads_stay_once_and_chapters_stay_headings(tmp_path: Path) -> None:
    document = document_of(files.paged_pdf(5), tmp_path)
    assert document.text.count("Annual report") == 1
    assert document.text.count("Page ") == 1
    headings = [
        document.text[b.span.start : b.span.end] for b in document.blocks if b.kind is BlockKind.HEADING and b.span
    ]
    assert headings == [f"Chapter {number}" for number in range(1, 6)]


@pytest.mark.parametrize("rotation", [90, 180, 270])
def test_text_that_runs_across_the_shown_page_is_read_and_its_boxes_are_where_it_is_shown(
    rotation: int, tmp_path: Path
) -> None:
    drawing = files.text_lines(files.wrapped(files.PROSE, 60), top=500)
    (page,) = pages_of(files.drawn_pdf(drawing, rotation=rotation), tmp_path)
    assert structure([page]).text == files.PROSE
    assert page.rotation == rotation
    assert page.width is not None
    assert page.height is not None
    first = next(words_of(page.blocks[0])).box
    assert first is not None
    # Drawn near the left edge at 500 points from the bottom of an unturned page.
    middle = ((first.x0 + first.x1) / 2, (first.y0 + first.y1) / 2)
    shown = {90: (503, 82), 180: (page.width - 82, 503), 270: (page.width - 503, page.height - 82)}[rotation]
    assert middle == pytest.approx(shown, abs=6)


def test_a_scan_is_read_by_ocr_with_boxes_on_the_page(tmp_path: Path) -> None:
    first, second = files.wrapped(files.PROSE, 70), files.wrapped(files.SECOND_PROSE, 70)
    pages = pages_of(files.scanned_pdf([first, second]), tmp_path)
    assert [page.origin for page in pages] == [TextOrigin.OCR, TextOrigin.OCR]
    document = structure(pages)
    assert document.text == f"{files.PROSE}\n\n{files.SECOND_PROSE}"
    word = document.pages[1].words[0]
    assert word.text == "Returns"
    assert word.box is not None
    assert (word.box.x0, word.box.y1) == pytest.approx((72, A4[1] - 760), abs=3)


@pytest.mark.parametrize("turned", [90, 180, 270])
def test_a_scan_that_lies_on_its_side_or_head_is_read(turned: int, tmp_path: Path) -> None:
    (page,) = pages_of(files.scanned_pdf([files.wrapped(files.PROSE, 70)], turned=turned), tmp_path)
    text = structure([page]).text
    assert text == files.PROSE
    assert page.width is not None
    assert page.height is not None
    first = next(words_of(page.blocks[0])).box
    assert first is not None
    middle = ((first.x0 + first.x1) / 2, (first.y0 + first.y1) / 2)
    x, y = 82, A4[1] - 764
    shown = {90: (page.width - y, x), 180: (page.width - x, page.height - y), 270: (y, page.height - x)}[turned]
    assert middle == pytest.approx(shown, abs=6)


def test_a_picture_of_text_beside_digital_text_is_read_as_well(tmp_path: Path) -> None:
    scan = files.scanned_pdf([files.wrapped(files.PROSE, 70)])
    picture = files.pypdfium2.PdfDocument(scan)[0].render(scale=2, grayscale=True).to_pil()

    def draw(canvas: files.Canvas) -> None:
        canvas.drawImage(files.ImageReader(picture), 0, 0, *A4)
        canvas.drawString(72, 60, "Received on Monday by the front desk, number 4711")

    (page,) = pages_of(files.drawn_pdf(draw), tmp_path)
    text = structure([page]).text
    assert "number 4711" in text
    assert "Parts that wear in ordinary use" in text


def test_ink_without_text_is_refused_and_not_an_empty_success(tmp_path: Path) -> None:
    with pytest.raises(FootnoteError) as refusal:
        pages_of(files.drawing_only_pdf(), tmp_path)
    assert refusal.value.error_code == "no_text_found"


def test_a_page_with_ink_and_no_text_in_a_readable_document_carries_a_warning(tmp_path: Path) -> None:
    def drawing(canvas: files.Canvas) -> None:
        canvas.setLineWidth(4)
        canvas.line(100, 100, 480, 700)

    content = files.drawn_pdf(
        files.text_lines(files.wrapped(files.PROSE, 60)), drawing, lambda canvas: canvas.setLineWidth(1)
    )
    read, unread, blank = pages_of(content, tmp_path)
    assert read.warning is None
    assert unread.has_ink
    assert unread.warning is not None
    assert (blank.has_ink, blank.warning, blank.origin) == (False, None, TextOrigin.NONE)


def test_missing_ocr_data_is_said_where_it_is_needed_and_does_not_stop_other_pages(tmp_path: Path) -> None:
    options = ParseOptions(ocr_languages=("tlh",))
    with pytest.raises(Unavailable, match="tlh"):
        pages_of(files.scanned_pdf([["Only a scan"]]), tmp_path, options)
    scan = files.pypdfium2.PdfDocument(files.scanned_pdf([["A scan"]]))
    mixed = files.pypdfium2.PdfDocument(files.paged_pdf(1))
    mixed.import_pages(scan)
    mixed.save(tmp_path / "mixed.pdf")
    digital, scanned = PdfParser().pages(tmp_path / "mixed.pdf", options)
    assert digital.warning is None
    assert "tlh" in (scanned.warning or "")


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (files.encrypted_pdf, "encrypted_file"),
        (files.truncated_pdf, "damaged_file"),
        (files.blank_pdf, "empty_document"),
    ],
)
def test_what_cannot_be_read_is_refused_with_one_clear_reason(make: object, code: str, tmp_path: Path) -> None:
    assert callable(make)
    with pytest.raises(FootnoteError) as refusal:
        pages_of(make(), tmp_path)
    assert refusal.value.error_code == code


def test_resuming_in_the_middle_of_a_batch_gives_the_same_pages(tmp_path: Path) -> None:
    path = tmp_path / "long.pdf"
    path.write_bytes(files.paged_pdf(36))
    whole = list(PdfParser().pages(path, ParseOptions()))
    for first in (2, 16, 17, 20, 36):
        assert list(PdfParser().pages(path, ParseOptions(), first_page=first)) == whole[first - 1 :]
