"""Typesets the two letters that are then scanned.

Their texts are divided by marks: @letterhead, @address, @right, @subject, @body, @sign and @foot.
"""

import io
import re

from reportlab.lib.colors import HexColor, black
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph

_LEFT, _RIGHT = 72.0, A4[0] - 72.0


def typeset_letter(text: str, *, title: str) -> bytes:
    """One A4 page. Raises ValueError if the letter is too long for it."""
    sections = {
        name: body.strip().splitlines() for name, body in re.findall(r"@(\w+)\n(.*?)(?=\n@|\Z)", text, re.DOTALL)
    }
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A4, invariant=1)
    canvas.setTitle(title)
    _draw_head(canvas, sections)
    y = _draw_body(canvas, sections)
    if y < 90:
        raise ValueError(f"The letter {title!r} does not fit on one page.")
    canvas.setFont("Helvetica", 8.5)
    canvas.drawString(_LEFT, 60, " ".join(sections["foot"]))
    canvas.save()
    return buffer.getvalue()


def _draw_head(canvas: Canvas, sections: dict[str, list[str]]) -> None:
    firm, *details = sections["letterhead"]
    canvas.setFont("Helvetica-Bold", 17)
    canvas.drawString(_LEFT, 782, firm)
    canvas.setFont("Helvetica", 9)
    for number, line in enumerate(details):
        canvas.drawString(_LEFT, 766 - number * 12, line)
    canvas.setStrokeColor(HexColor("#444444"))
    canvas.line(_LEFT, 742, _RIGHT, 742)
    canvas.setFont("Times-Roman", 11.5)
    for number, line in enumerate(sections["address"]):
        canvas.drawString(_LEFT, 706 - number * 15, line)
    for number, line in enumerate(sections["right"]):
        canvas.drawRightString(_RIGHT, 706 - number * 15, line)


def _draw_body(canvas: Canvas, sections: dict[str, list[str]]) -> float:
    style = ParagraphStyle("letter", fontName="Times-Roman", fontSize=11.5, leading=15)
    bold = ParagraphStyle("subject", style, fontName="Times-Bold")
    y = 622.0
    paragraphs = [Paragraph(" ".join(sections["subject"]), bold)]
    paragraphs += [Paragraph(block, style) for block in "\n".join(sections["body"]).split("\n\n")]
    for paragraph in paragraphs:
        _, height = paragraph.wrap(_RIGHT - _LEFT, 600)
        paragraph.drawOn(canvas, _LEFT, y - height)
        y -= height + 8
    _draw_signature(canvas, _LEFT + 6, y - 24)
    canvas.setFont("Times-Roman", 11.5)
    for number, line in enumerate(sections["sign"]):
        canvas.drawString(_LEFT, y - 46 - number * 14, line)
    return y - 60


def _draw_signature(canvas: Canvas, x: float, y: float) -> None:
    """A scribble; its shape means nothing."""
    canvas.setStrokeColor(black)
    canvas.setLineWidth(1.3)
    path = canvas.beginPath()
    path.moveTo(x, y)
    for step in range(7):
        left = x + step * 15
        path.curveTo(left + 4, y + 22 - step * 2, left + 9, y - 12 + step, left + 15, y + 4 - step % 3 * 3)
    canvas.drawPath(path)
