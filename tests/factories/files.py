"""Makes the sample files that tests read: no binary is kept in the repository, and each says what is in it."""

import zipfile
import zlib
from collections.abc import Callable, Sequence
from io import BytesIO

import docx
import pypdfium2
from docx.shared import Pt
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    Flowable,
    Frame,
    PageTemplate,
    Paragraph,
    SimpleDocTemplate,
    Spacer,
    Table,
    TableStyle,
)

PROSE = (
    "The warranty covers faults of material and workmanship for two years from the day of delivery. "
    "Claims are made in writing and name the invoice, the article and the fault that was found. "
    "Parts that wear in ordinary use, such as seals, filters and batteries, are not covered."
)
SECOND_PROSE = (
    "Returns are accepted within thirty days when the goods are unused and in their first packing. "
    "The buyer pays the carriage back unless the goods were faulty or not what was ordered. "
    "The price is refunded to the account it was paid from within ten working days."
)


def drawn_pdf(*drawings: Callable[[Canvas], None], size: tuple[float, float] = A4, rotation: int = 0) -> bytes:
    """Return a PDF with one page per drawing."""
    target = BytesIO()
    canvas = Canvas(target, pagesize=size, invariant=True)
    for draw in drawings:
        if rotation:
            canvas.setPageRotation(rotation)
        draw(canvas)
        canvas.showPage()
    canvas.save()
    return target.getvalue()


def text_lines(
    lines: Sequence[str], *, x: float = 72, top: float = 760, size: float = 11, leading: float = 14
) -> Callable[[Canvas], None]:
    """Return a drawing of lines below each other."""

    def draw(canvas: Canvas) -> None:
        canvas.setFont("Helvetica", size)
        for index, line in enumerate(lines):
            canvas.drawString(x, top - index * leading, line)

    return draw


def two_column_pdf() -> bytes:
    """Return a page with a title across, a left column about warranty and a right one about returns."""
    styles = getSampleStyleSheet()
    target = BytesIO()
    left = Frame(60, 80, 230, 620, id="left")
    right = Frame(310, 80, 230, 620, id="right")

    def title(canvas: Canvas, _: BaseDocTemplate) -> None:
        canvas.setFont("Helvetica-Bold", 20)
        canvas.drawString(60, 740, "Terms of Sale for All Customers and Partners")

    document = BaseDocTemplate(target, pagesize=A4, invariant=True)
    document.addPageTemplates(PageTemplate(frames=[left, right], onPage=title))
    body = styles["BodyText"]
    story: list[Flowable] = [Paragraph(" ".join([PROSE] * 5), body), Paragraph(" ".join([SECOND_PROSE] * 5), body)]
    document.build(story)
    return target.getvalue()


def paged_pdf(page_count: int, *, paragraphs_per_page: int = 5) -> bytes:
    """Return a report whose pages carry a running head, numbered headings, prose and a page number.

    Page n says "Chapter n" in its heading and "Marker n" in its first paragraph.
    """

    def page(number: int) -> Callable[[Canvas], None]:
        def draw(canvas: Canvas) -> None:
            canvas.setFont("Helvetica", 9)
            canvas.drawString(72, 806, "Annual report of the Example Company")
            canvas.drawCentredString(297, 30, f"Page {number} of {page_count}")
            canvas.setFont("Helvetica-Bold", 16)
            canvas.drawString(72, 740, f"Chapter {number}")
            top = 712.0
            canvas.setFont("Helvetica", 11)
            for paragraph in range(paragraphs_per_page):
                prose = (
                    f"Marker {number} opens this part. {PROSE}"
                    if paragraph == 0
                    else (PROSE, SECOND_PROSE)[paragraph % 2]
                )
                for line in wrapped(prose, 84):
                    canvas.drawString(72, top, line)
                    top -= 14
                top -= 10

        return draw

    return drawn_pdf(*(page(number) for number in range(1, page_count + 1)))


def wrapped(text: str, width: int) -> list[str]:
    """Break a text into lines of at most `width` characters."""
    lines = [""]
    for word in text.split():
        if len(lines[-1]) + len(word) + 1 > width:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}".strip()
    return lines


TABLE_ROWS = (
    ("Article", "Quantity", "Price"),
    ("Pump P-100", "4", "1,200.00"),
    ("Filter F-7", "12", "15.50"),
    ("Seal set", "3", "99.90"),
)


def table_pdf() -> bytes:
    """Return a page with a heading, a ruled table of TABLE_ROWS and a closing paragraph."""
    styles = getSampleStyleSheet()
    target = BytesIO()
    table = Table([list(row) for row in TABLE_ROWS], colWidths=[180, 90, 90])
    table.setStyle(
        TableStyle([("GRID", (0, 0), (-1, -1), 0.7, colors.black), ("FONT", (0, 0), (-1, 0), "Helvetica-Bold")])
    )
    SimpleDocTemplate(target, pagesize=A4, invariant=True).build(
        [Paragraph("Price list", styles["Heading1"]), table, Spacer(1, 20), Paragraph(PROSE, styles["BodyText"])]
    )
    return target.getvalue()


def scanned_pdf(pages: Sequence[Sequence[str]], *, dots_per_inch: int = 200, turned: int = 0) -> bytes:
    """Return a PDF whose pages are grey pictures of the lines, as a scanner makes them."""
    printed = pypdfium2.PdfDocument(drawn_pdf(*(text_lines(lines, size=12, leading=18) for lines in pages)))
    target = BytesIO()
    canvas = Canvas(target, pagesize=A4, invariant=True)
    for page in printed:
        picture = page.render(scale=dots_per_inch / 72, grayscale=True).to_pil()
        if turned:
            picture = picture.rotate(-turned, expand=True)
        width, height = (A4[1], A4[0]) if turned in {90, 270} else A4
        canvas.setPageSize((width, height))
        canvas.drawImage(ImageReader(picture), 0, 0, width, height)
        canvas.showPage()
    canvas.save()
    return target.getvalue()


def encrypted_pdf() -> bytes:
    """Return a PDF that opens with a password only."""
    target = BytesIO()
    canvas = Canvas(target, pagesize=A4, encrypt=StandardEncryption("secret", canPrint=0))
    text_lines(["Confidential"])(canvas)
    canvas.save()
    return target.getvalue()


def truncated_pdf() -> bytes:
    """Return the first tenth of a PDF: enough to be recognised, too little to hold a page."""
    whole = paged_pdf(3)
    return whole[: len(whole) // 10]


def blank_pdf() -> bytes:
    """Return a PDF of one page without any ink."""
    return drawn_pdf(lambda canvas: canvas.setFont("Helvetica", 11))


def drawing_only_pdf() -> bytes:
    """Return a PDF with visible shapes and no letter."""

    def draw(canvas: Canvas) -> None:
        canvas.setLineWidth(4)
        canvas.line(100, 100, 480, 700)
        canvas.circle(300, 400, 120)

    return drawn_pdf(draw)


def raw_pdf(content_stream: bytes, *, stream_filter: bytes = b"/FlateDecode") -> bytes:
    """Return a one-page PDF around an already packed content stream, without a cross-reference table."""
    return b"".join(
        (
            b"%PDF-1.4\n",
            b"1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n",
            b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n",
            b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R",
            b"/Resources<</Font<</F1 5 0 R>>>>>>endobj\n",
            b"4 0 obj<</Length %d/Filter %s>>stream\n" % (len(content_stream), stream_filter),
            content_stream,
            b"\nendstream endobj\n",
            b"5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj\n",
            b"trailer<</Root 1 0 R>>\n%%EOF",
        )
    )


def operator_bomb_pdf(operator_count: int = 5_000_000) -> bytes:
    """Return a small PDF that draws millions of letters, which aborts PDFium."""
    packer = zlib.compressobj(9)
    packed = packer.compress(b"BT /F1 12 Tf 72 700 Td ")
    for _ in range(100):
        packed += packer.compress(b"(a) Tj " * (operator_count // 100))
    return raw_pdf(packed + packer.compress(b"ET") + packer.flush())


def unpacking_bomb_pdf(unpacked_bytes: int = 1 << 30) -> bytes:
    """Return a PDF of about a megabyte whose page unpacks to a gigabyte."""
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(b" " * (1 << 20)) for _ in range(unpacked_bytes >> 20))
    return raw_pdf(packed + packer.flush())


def word_report() -> bytes:
    """Return a Word file with headings, lists, a table with merged cells, a running head and a running foot."""
    document = docx.Document()
    document.core_properties.title = "Warranty terms"
    section = document.sections[0]
    section.header.paragraphs[0].text = "Example Company"
    section.footer.paragraphs[0].text = "Internal"
    document.add_heading("Warranty", level=1)
    document.add_paragraph(PROSE)
    document.add_heading("Exclusions", level=2)
    document.add_paragraph("Seals", style="List Bullet")
    document.add_paragraph("Filters", style="List Bullet")
    document.add_paragraph("Write to us", style="List Number")
    document.add_paragraph("Wait ten days", style="List Number")
    table = document.add_table(rows=3, cols=3)
    for row in range(3):
        for column in range(3):
            table.cell(row, column).text = f"r{row}c{column}"
    table.cell(0, 1).merge(table.cell(0, 2)).text = "wide"
    table.cell(1, 0).merge(table.cell(2, 0)).text = "tall"
    document.add_paragraph(SECOND_PROSE).runs[0].font.size = Pt(9)
    return _saved(document)


def empty_word_file() -> bytes:
    """Return a Word file without text."""
    return _saved(docx.Document())


def word_file_with(document_xml: bytes) -> bytes:
    """Return a Word file whose body part is replaced by the given bytes."""
    target = BytesIO()
    with zipfile.ZipFile(BytesIO(word_report())) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as copy:
        for entry in source.infolist():
            copy.writestr(entry, document_xml if entry.filename == "word/document.xml" else source.read(entry))
    return target.getvalue()


ENTITY_BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a "lol">'
    + b"".join(b'<!ENTITY %c "%s">' % (98 + i, b"&%c;" % (97 + i) * 10) for i in range(9))
    + b'<!ENTITY x SYSTEM "file:///etc/passwd">]><d>&j;&x;</d>'
)


def unpacking_bomb_docx(unpacked_bytes: int = 400 << 20) -> bytes:
    """Return a Word file of some hundred kilobytes whose body unpacks to hundreds of megabytes."""
    return word_file_with(b"<w>" + b"A" * unpacked_bytes + b"</w>")


def _saved(document: "docx.document.Document") -> bytes:
    target = BytesIO()
    document.save(target)
    return target.getvalue()


HTML_PAGE = f"""<!doctype html>
<html lang="en"><head><title>Terms of sale</title><meta name="author" content="A. Writer">
<style>p {{ color: red }}</style><script>document.write("never run")</script></head>
<body><nav><a href="/">Home</a> <a href="/shop">Shop</a></nav>
<main><h1>Terms of sale</h1><p>{PROSE} <img src="http://127.0.0.1:9/x.png" alt="a pump"></p>
<h3>Returns</h3><ul><li>unused</li><li>packed<ul><li>first packing</li></ul></li></ul>
<ol start="3"><li>Write</li><li>Wait</li></ol>
<table><tr><th>Article</th><th colspan="2">Price</th></tr><tr><td rowspan="2">Pump</td><td>1</td><td>2</td></tr>
<tr><td>3</td><td>4</td></tr></table>
<pre>def f():
    return 1</pre><p style="display:none">hidden words</p><p>{SECOND_PROSE}</p></main>
<footer>All rights reserved</footer></body></html>""".encode()

MARKDOWN_REPORT = f"""---
title: "Terms of sale"
lang: en
---
# Terms of sale

{PROSE}

### Returns

- unused
- packed
  - first packing

3. Write
4. Wait

| Article | Price |
|---------|-------|
| Pump **P** | 1,200 |

```python
def f():
    return 1
```

{SECOND_PROSE} See [the shop](https://example.com).
""".encode()

TEXT_LETTER = f"""Example Company
Main Street 1

Dear customer,

{chr(10).join(wrapped(PROSE, 72))}

- seals
- filters

Yours
""".encode()
