"""Turns parts into a paged document with cover, contents, running headers and footers.

The same parts give the same bytes: reportlab's invariant mode fixes dates and ids.
"""

import io
import re
from collections.abc import Sequence

from reportlab import rl_config
from reportlab.graphics.shapes import Drawing
from reportlab.lib.colors import HexColor, white
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    CondPageBreak,
    Flowable,
    Frame,
    KeepTogether,
    ListFlowable,
    ListItem,
    NextPageTemplate,
    PageTemplate,
    Spacer,
    TableStyle,
)
from reportlab.platypus import PageBreak as FlowBreak
from reportlab.platypus import Paragraph as FlowParagraph
from reportlab.platypus import Table as FlowTable
from reportlab.platypus.tableofcontents import TableOfContents

from library_source import markup
from library_source.charts import draw_chart
from library_source.figures import draw_figure
from library_source.hyphenation import with_soft_hyphens
from library_source.pdf_layout import BRICK, GREY, NAVY, Layout, make_styles


def render_pdf(parts: Sequence[markup.Part], layout: Layout) -> bytes:
    """The document as PDF; page n of the file bears the printed number n."""
    # ASCII85 would make every stream a quarter larger, and nothing needs seven-bit files any more.
    rl_config.useA85 = 0
    buffer = io.BytesIO()
    document = _Document(buffer, layout)
    document.multiBuild(_Story(layout).build(parts))
    return buffer.getvalue()


class _Document(BaseDocTemplate):  # type: ignore[misc]
    """Knows the running chapter, and tells the table of contents about headings."""

    def __init__(self, target: io.BytesIO, layout: Layout) -> None:
        super().__init__(
            target,
            pagesize=layout.page_size,
            title=layout.title,
            author="Harbour Lane Tools",
            subject=layout.subtitle,
            lang=layout.language,
            invariant=1,
            pageCompression=1,
        )
        self.layout = layout
        self.chapter = ""
        width, height, margin = *layout.page_size, layout.margin
        body = width - 2 * margin
        gap = 16
        half = (body - gap) / 2
        tall = height - 2 * margin - 4

        def frame(x: float, frame_width: float) -> Frame:
            return Frame(x, margin, frame_width, tall, leftPadding=0, rightPadding=0, topPadding=0, bottomPadding=0)

        self.addPageTemplates(
            [
                PageTemplate("cover", [frame(margin, body)], onPage=self._draw_cover),
                PageTemplate("one", [frame(margin, body)], onPageEnd=self._draw_edges),
                PageTemplate(
                    "two", [frame(margin, half), frame(margin + half + gap, half)], onPageEnd=self._draw_edges
                ),
            ]
        )
        if not layout.has_cover:
            self.pageTemplates.pop(0)

    def beforeDocument(self) -> None:  # noqa: N802 - reportlab calls it by this name
        self.chapter = ""

    def afterFlowable(self, flowable: Flowable) -> None:  # noqa: N802 - reportlab calls it by this name
        level = getattr(flowable, "outline_level", None)
        if level is None:
            return
        text = flowable.getPlainText().replace("\u00ad", "")
        key = f"h{self.page}-{flowable.heading_number}"
        self.canv.bookmarkPage(key)
        self.canv.addOutlineEntry(text, key, level, closed=level > 0)
        if level == 0:
            self.chapter = text
        self.notify("TOCEntry", (level, text, self.page, key))

    def _draw_cover(self, canvas: Canvas, _document: BaseDocTemplate) -> None:
        width, height = self.layout.page_size
        canvas.saveState()
        canvas.setFillColor(NAVY)
        canvas.rect(0, height * 0.56, width, height * 0.44, stroke=0, fill=1)
        canvas.setFillColor(BRICK)
        canvas.rect(0, height * 0.545, width, height * 0.015, stroke=0, fill=1)
        canvas.setFillColor(white)
        canvas.setFont("Helvetica", 10)
        canvas.drawString(self.layout.margin, height - 50, "HARBOUR LANE TOOLS")
        canvas.setFont("Helvetica-Bold", 28 if width > 550 else 24)
        canvas.drawString(self.layout.margin, height * 0.66, self.layout.title)
        canvas.setFont("Helvetica", 14)
        canvas.drawString(self.layout.margin, height * 0.62, self.layout.subtitle)
        canvas.setFillColor(NAVY)
        canvas.setFont("Helvetica", 10)
        for number, line in enumerate(self.layout.cover_lines):
            canvas.drawString(self.layout.margin, height * 0.46 - number * 16, line)
        canvas.restoreState()

    def _draw_edges(self, canvas: Canvas, document: BaseDocTemplate) -> None:
        width, height = self.layout.page_size
        margin = self.layout.margin
        canvas.saveState()
        canvas.setFont("Helvetica", 8)
        canvas.setFillColor(GREY)
        canvas.setStrokeColor(GREY)
        canvas.setLineWidth(0.4)
        canvas.line(margin, height - margin + 12, width - margin, height - margin + 12)
        canvas.drawString(margin, height - margin + 17, self.layout.running_title)
        canvas.drawRightString(width - margin, height - margin + 17, self.chapter)
        canvas.drawString(margin, margin - 26, self.layout.footer)
        canvas.drawRightString(width - margin, margin - 26, f"{self.layout.page_word} {document.page}")
        canvas.restoreState()


class _Story:
    """Builds the flowables of one document and counts its headings, tables and figures."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._width = layout.page_size[0] - 2 * layout.margin
        self._columns = 1
        self._headings = 0
        self._chapter = self._section = self._tables = self._figures = 0
        self._styles = make_styles(layout)

    def build(self, parts: Sequence[markup.Part]) -> list[Flowable]:
        story: list[Flowable] = []
        if self._layout.has_cover:
            contents = TableOfContents(levelStyles=[self._styles["toc1"], self._styles["toc2"]], dotsMinLevel=0)
            contents.tableStyle = TableStyle([("VALIGN", (0, 0), (-1, -1), "TOP"), *_padding(0)])
            title = FlowParagraph(self._layout.contents_title, self._styles["h1"])
            story += [NextPageTemplate("one"), FlowBreak(), title, contents]
        else:
            story.append(FlowParagraph(self._layout.title, self._styles["title"]))
            story.append(FlowParagraph(self._layout.subtitle, self._styles["subtitle"]))
        for number, part in enumerate(parts):
            following = parts[number + 1] if number + 1 < len(parts) else None
            story += self._flow(part, following)
        return story

    def _flow(  # noqa: PLR0911 - one return for each kind of part
        self, part: markup.Part, following: markup.Part | None
    ) -> list[Flowable]:
        match part:
            case markup.Heading():
                return self._heading(part, following)
            case markup.Paragraph(text):
                return [self._paragraph(text, "two" if self._columns == 2 else "body")]
            case markup.Bullets():
                return [self._bullets(part), Spacer(1, 6)]
            case markup.Note(text):
                return [self._note(text), Spacer(1, 8)]
            case markup.Table():
                return self._table(part)
            case markup.Bars():
                return [self._captioned(draw_chart(part, self._width), part.caption)]
            case markup.Figure():
                return [self._captioned(self._fitted(draw_figure(part.name)), part.caption)]
            case markup.Columns(count):
                self._columns = count
                return [NextPageTemplate("two" if count == 2 else "one")]
            case markup.PageBreak():
                return [FlowBreak()]

    def _paragraph(self, text: str, style: str) -> FlowParagraph:
        return self._styled(with_soft_hyphens(markup.to_inline_xml(text)), style)

    def _styled(self, xml: str, style: str) -> FlowParagraph:
        try:
            # The standard fonts know no other letters and would print black boxes for them.
            xml.encode("cp1252")
        except UnicodeEncodeError as error:
            raise ValueError(f"The letter {xml[error.start]!r} is not in the standard PDF fonts: {xml[:60]}") from error
        return FlowParagraph(xml, self._styles[style])

    def _heading(self, part: markup.Heading, following: markup.Part | None) -> list[Flowable]:
        number = ""
        if self._layout.numbers_chapters and part.level == 1:
            self._chapter, self._section = self._chapter + 1, 0
            number = f"{self._chapter} "
        elif self._layout.numbers_chapters and part.level == 2:
            self._section += 1
            number = f"{self._chapter}.{self._section} "
        heading = self._styled(markup.to_inline_xml(number + part.text), f"h{part.level}")
        self._headings += 1
        heading.heading_number = self._headings
        if part.level <= 2:
            heading.outline_level = part.level - 1
        if part.level == 1 and self._layout.has_cover:
            # A template named after the break would come a page too late, so it is named before.
            columns = (
                [NextPageTemplate("two")] if isinstance(following, markup.Columns) and following.count == 2 else []
            )
            before = [*columns, FlowBreak()]
        elif isinstance(following, markup.Table | markup.Bars | markup.Figure):
            before = [CondPageBreak(240)]
        else:
            before = [CondPageBreak(80)]
        return [*before, heading]

    def _bullets(self, part: markup.Bullets) -> ListFlowable:
        items = [ListItem(self._paragraph(item, "item"), leftIndent=16) for item in part.items]
        kind = {"bulletType": "1", "bulletFormat": "%s."} if part.ordered else {"bulletType": "bullet", "start": "•"}
        return ListFlowable(items, leftIndent=16, bulletFontSize=self._layout.font_size - 1, **kind)

    def _note(self, text: str) -> FlowTable:
        word, _, rest = text.partition(": ")
        cell = self._styled(f"<b>{word}</b><br/>{markup.to_inline_xml(rest)}", "cell")
        colour = NAVY if word == "NOTICE" else BRICK
        style = [("BOX", (0, 0), (-1, -1), 1, colour), ("LINEBEFORE", (0, 0), (0, -1), 5, colour), *_padding(6)]
        return FlowTable([[cell]], colWidths=[self._width], style=style)

    def _table(self, part: markup.Table) -> list[Flowable]:
        self._tables += 1
        number = f"{self._layout.table_word} {self._tables}: "
        caption = self._styled(f"<b>{number}</b>{markup.to_inline_xml(part.caption)}", "caption")
        numeric = [all(_is_numeric(row[column]) for row in part.rows) for column in range(len(part.header))]
        rows = [self._cells(part.header, numeric, "head"), *(self._cells(row, numeric, "cell") for row in part.rows)]
        style = [
            ("BACKGROUND", (0, 0), (-1, 0), HexColor("#e6ebef")),
            ("LINEBELOW", (0, 0), (-1, -1), 0.4, HexColor("#b4c1cb")),
            ("LINEABOVE", (0, 0), (-1, 0), 1, NAVY),
            ("LINEBELOW", (0, -1), (-1, -1), 1, NAVY),
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            *_padding(3),
        ]
        widths = _column_widths(part, self._width, self._layout.font_size - 1.5)
        table = FlowTable(rows, colWidths=widths, style=style, repeatRows=1)
        if len(part.rows) <= 16:
            return [KeepTogether([caption, table, Spacer(1, 10)])]
        return [caption, table, Spacer(1, 10)]

    def _cells(self, row: Sequence[str], numeric: Sequence[bool], style: str) -> list[FlowParagraph]:
        return [
            self._styled(markup.to_inline_xml(cell), f"{style}-right" if is_number else style)
            for cell, is_number in zip(row, numeric, strict=True)
        ]

    def _fitted(self, drawing: Drawing) -> Drawing:
        factor = min(1.0, self._width / drawing.width)
        drawing.scale(factor, factor)
        drawing.width, drawing.height = drawing.width * factor, drawing.height * factor
        drawing.hAlign = "CENTER"
        return drawing

    def _captioned(self, drawing: Drawing, caption: str) -> KeepTogether:
        self._figures += 1
        text = f"<b>{self._layout.figure_word} {self._figures}: </b>{markup.to_inline_xml(caption)}"
        return KeepTogether([Spacer(1, 4), drawing, self._styled(text, "caption"), Spacer(1, 8)])


def _is_numeric(cell: str) -> bool:
    return re.fullmatch(r"[+\-]?[\d.,:%€/ ]*", cell) is not None


def _padding(amount: float) -> list[tuple[object, ...]]:
    sides = ("LEFTPADDING", "RIGHTPADDING", "TOPPADDING", "BOTTOMPADDING")
    return [(side, (0, 0), (-1, -1), amount + (2 if side in sides[:2] else 0)) for side in sides]


def _column_widths(table: markup.Table, width: float, font_size: float) -> list[float]:
    """Shares of the width by the length of the longest cells, each wide enough for its longest word."""
    least: list[float] = []
    wish: list[float] = []
    for column in range(len(table.header)):
        cells = [table.header[column], *(row[column] for row in table.rows)]
        longest_word = max(len(word) for cell in cells for word in re.split(r"[ ]", cell))
        least.append(longest_word * font_size * 0.58 + 12)
        wish.append(min(110, max(len(cell) for cell in cells)) ** 0.8)
    spare = max(0.0, width - sum(least))
    scale = min(1.0, width / sum(least))
    return [minimum * scale + spare * share / sum(wish) for minimum, share in zip(least, wish, strict=True)]
