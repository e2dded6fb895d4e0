"""What every registered OCR engine promises, tried on each of them."""

import pypdfium2
import pytest
from tests.factories import files

from footnote.adapters.document_parsers.pdf.file import png_of
from footnote.adapters.ocr_engines.registry import OCR_ENGINES, create_ocr_engine
from footnote.kit.errors import Unavailable

DOTS_PER_INCH = 200
every_engine = pytest.mark.parametrize("name", OCR_ENGINES)


def picture_of(lines: list[str]) -> bytes:
    document = pypdfium2.PdfDocument(files.drawn_pdf(files.text_lines(lines, x=72, top=760, size=12, leading=18)))
    return png_of(document[0].render(scale=DOTS_PER_INCH / 72, grayscale=True).to_pil())


@every_engine
def test_words_are_read_in_order_with_boxes_in_points_of_the_page(name: str) -> None:
    read = create_ocr_engine(name).read(
        picture_of(["The warranty covers faults", "of material."]), languages=("eng",), dots_per_inch=DOTS_PER_INCH
    )
    lines = [line for block in read.blocks for line in block.lines]
    assert [" ".join(word.text for word in line) for line in lines] == ["The warranty covers faults", "of material."]
    first = lines[0][0].box
    assert first is not None
    # Baseline at 760 points from the bottom of an A4 page, capitals 8.6 points high.
    assert (first.x0, first.y1) == pytest.approx((72, 842 - 760), abs=2)
    assert first.y1 - first.y0 == pytest.approx(8.6, abs=2)


@every_engine
def test_an_empty_page_gives_no_blocks(name: str) -> None:
    assert create_ocr_engine(name).read(picture_of([]), languages=("eng",), dots_per_inch=DOTS_PER_INCH).blocks == ()


@every_engine
def test_a_missing_language_is_named(name: str) -> None:
    with pytest.raises(Unavailable, match="tlh") as refusal:
        create_ocr_engine(name).read(picture_of(["x"]), languages=("eng", "tlh"), dots_per_inch=DOTS_PER_INCH)
    assert refusal.value.error_code == "ocr_language_missing"


def test_an_unknown_engine_is_named_with_those_that_exist() -> None:
    with pytest.raises(ValueError, match="tesseract"):
        create_ocr_engine("clairvoyance")
