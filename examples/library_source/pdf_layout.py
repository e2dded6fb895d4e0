"""What a document of the examples looks like: its layout, colours and paragraph styles."""

from dataclasses import dataclass

from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_CENTER, TA_JUSTIFY, TA_RIGHT
from reportlab.lib.styles import ParagraphStyle

NAVY = HexColor("#23394d")
BRICK = HexColor("#c8553d")
GREY = HexColor("#6b7680")


@dataclass(frozen=True, slots=True)
class Layout:
    """How one document looks; lengths in points."""

    title: str
    subtitle: str
    running_title: str
    footer: str
    contents_title: str = "Contents"
    language: str = "en"
    page_size: tuple[float, float] = (595.28, 841.89)
    margin: float = 68
    font_size: float = 10.5
    serif: bool = True
    has_cover: bool = True
    numbers_chapters: bool = False
    cover_lines: tuple[str, ...] = ()
    table_word: str = "Table"
    figure_word: str = "Figure"
    page_word: str = "Page"


def make_styles(layout: Layout) -> dict[str, ParagraphStyle]:
    """The paragraph styles by name; sizes follow from the layout's font size."""
    size = layout.font_size
    text_font = "Times-Roman" if layout.serif else "Helvetica"
    body = ParagraphStyle(
        "body",
        fontName=text_font,
        fontSize=size,
        leading=size * 1.38,
        spaceAfter=size * 0.7,
        alignment=TA_JUSTIFY,
        embeddedHyphenation=1,
        uriWasteReduce=0.3,
        allowWidows=0,
        allowOrphans=0,
    )
    cell = ParagraphStyle("cell", fontName="Helvetica", fontSize=size - 1.5, leading=(size - 1.5) * 1.25)
    heading = ParagraphStyle("heading", fontName="Helvetica-Bold", textColor=NAVY, keepWithNext=1)
    return {
        "body": body,
        "two": ParagraphStyle("two", body, fontSize=size - 0.8, leading=size * 1.22),
        "item": ParagraphStyle("item", body, spaceAfter=size * 0.25, alignment=0),
        "cell": cell,
        "cell-right": ParagraphStyle("cell-right", cell, alignment=TA_RIGHT),
        "head": ParagraphStyle("head", cell, fontName="Helvetica-Bold"),
        "head-right": ParagraphStyle("head-right", cell, fontName="Helvetica-Bold", alignment=TA_RIGHT),
        "caption": ParagraphStyle(
            "caption",
            fontName="Helvetica",
            fontSize=size - 2,
            leading=size,
            spaceBefore=4,
            spaceAfter=4,
            textColor=NAVY,
        ),
        "h1": ParagraphStyle("h1", heading, fontSize=size * 1.9, leading=size * 2.3, spaceAfter=size, spaceBefore=size),
        "h2": ParagraphStyle(
            "h2", heading, fontSize=size * 1.3, leading=size * 1.6, spaceBefore=size, spaceAfter=size / 2
        ),
        "h3": ParagraphStyle(
            "h3", heading, fontSize=size * 1.05, leading=size * 1.4, spaceBefore=size / 2, spaceAfter=2
        ),
        "title": ParagraphStyle("title", heading, fontSize=size * 2, leading=size * 2.4, alignment=TA_CENTER),
        "subtitle": ParagraphStyle("subtitle", body, alignment=TA_CENTER, spaceAfter=size * 1.4),
        "toc1": ParagraphStyle("toc1", fontName="Helvetica-Bold", fontSize=size - 1, leading=size * 1.5, spaceBefore=3),
        "toc2": ParagraphStyle("toc2", fontName="Helvetica", fontSize=size - 1.5, leading=size * 1.25, leftIndent=14),
    }
