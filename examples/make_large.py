"""Makes a long PDF for load tests: born digital, or scanned from the same text.

Usage: python examples/make_large.py --pages 200 --kind digital --out large.pdf
       python examples/make_large.py --pages 200 --kind scanned --out large-scan.pdf
The same arguments give the same bytes on one set of libraries. The outputs are not committed.
"""

import argparse
import io
import sys
from pathlib import Path

from reportlab import rl_config
from reportlab.lib.enums import TA_JUSTIFY
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph

from library_source.logbook import write_page
from library_source.scan import ScanSettings, scan_pdf

TITLE = "Logbook of a travelling fitter"
MARGIN = 72.0


def main() -> int:
    """Run the command; returns its exit code."""
    parser = argparse.ArgumentParser(description="Make a long PDF for load tests.")
    parser.add_argument("--pages", type=int, default=200, help="number of pages, at least 1")
    parser.add_argument("--kind", choices=("digital", "scanned"), default="digital")
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    if arguments.pages < 1:
        parser.error("--pages must be at least 1.")
    content = make_large(arguments.pages, is_scanned=arguments.kind == "scanned")
    arguments.out.write_bytes(content)
    print(f"{len(content):,} bytes, {arguments.pages} pages: {arguments.out}")
    return 0


def make_large(pages: int, *, is_scanned: bool) -> bytes:
    """The PDF; a scanned one has no text, only images of 200 dpi in shades of grey."""
    digital = _typeset(pages)
    if not is_scanned:
        return digital
    # Without noise a page takes a third of the space and looks as clean as no scanner makes it.
    return scan_pdf(digital, ScanSettings(tilt=0.4, noise=4, quality=40, seed=21), title=f"{TITLE}, scanned")


def _typeset(pages: int) -> bytes:
    rl_config.useA85 = 0
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A4, invariant=1, pageCompression=1)
    canvas.setTitle(TITLE)
    for number in range(1, pages + 1):
        _draw_page(canvas, number)
    canvas.save()
    return buffer.getvalue()


def _draw_page(canvas: Canvas, number: int) -> None:
    width, height = A4
    heading, paragraphs = write_page(number)
    canvas.setFont("Helvetica", 8)
    canvas.drawString(MARGIN, height - 46, TITLE)
    canvas.drawRightString(width - MARGIN, 40, f"Page {number}")
    canvas.bookmarkPage(f"p{number}")
    canvas.addOutlineEntry(heading, f"p{number}")
    title_style = ParagraphStyle("title", fontName="Helvetica-Bold", fontSize=15, leading=20)
    body_style = ParagraphStyle("body", fontName="Times-Roman", fontSize=11, leading=15.5, alignment=TA_JUSTIFY)
    y = height - 74
    for text, style in [(heading, title_style), *((text, body_style) for text in paragraphs)]:
        flowable = Paragraph(text, style)
        _, used = flowable.wrap(width - 2 * MARGIN, y)
        flowable.drawOn(canvas, MARGIN, y - used)
        y -= used + 10
    canvas.showPage()


if __name__ == "__main__":
    sys.exit(main())
