"""Turns parts into a DOCX with real heading, list and table styles, the same bytes each time."""

import io
import re
import zipfile
from collections.abc import Sequence
from datetime import UTC, datetime

from docx import Document
from docx.document import Document as DocxDocument
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.shared import Pt, RGBColor
from docx.text.paragraph import Paragraph

from library_source import markup

_FIXED_TIME = datetime(2025, 1, 20, 9, 0, 0, tzinfo=UTC)


def render_docx(parts: Sequence[markup.Part], *, title: str, subtitle: str, header: str, footer: str) -> bytes:
    """The document as DOCX. Figures, charts and columns are not supported and raise ValueError."""
    document = Document()
    _set_properties(document, title)
    _set_styles(document)
    section = document.sections[0]
    section.header.paragraphs[0].text = header
    section.footer.paragraphs[0].text = footer
    document.add_paragraph(title, style="Title")
    document.add_paragraph(subtitle, style="Subtitle")
    for part in parts:
        _add(document, part)
    buffer = io.BytesIO()
    document.save(buffer)
    return _with_fixed_times(buffer.getvalue())


def _add(document: DocxDocument, part: markup.Part) -> None:
    match part:
        case markup.Heading(level, text):
            document.add_heading(text, level)
        case markup.Paragraph(text):
            _add_runs(document.add_paragraph(), text)
        case markup.Bullets(items, ordered):
            for item in items:
                _add_runs(document.add_paragraph(style="List Number" if ordered else "List Bullet"), item)
        case markup.Note(text):
            _add_runs(document.add_paragraph(style="Intense Quote"), text)
        case markup.Table():
            _add_table(document, part)
        case _:
            raise ValueError(f"A DOCX of the examples cannot hold a {type(part).__name__}.")


def _add_table(document: DocxDocument, part: markup.Table) -> None:
    document.add_paragraph(part.caption, style="Caption")
    table = document.add_table(rows=1, cols=len(part.header), style="Light Grid Accent 1")
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    for row_cells, texts in zip(
        [table.rows[0].cells, *(table.add_row().cells for _ in part.rows)], [part.header, *part.rows], strict=True
    ):
        for cell, text in zip(row_cells, texts, strict=True):
            cell.text = text
    document.add_paragraph()


def _add_runs(paragraph: Paragraph, text: str) -> None:
    for number, piece in enumerate(re.split(r"\*\*", text)):
        paragraph.add_run(piece).bold = bool(number % 2) or None


def _set_properties(document: DocxDocument, title: str) -> None:
    properties = document.core_properties
    properties.title, properties.author, properties.last_modified_by = (
        title,
        "Harbour Lane Tools",
        "Harbour Lane Tools",
    )
    properties.comments, properties.revision = ("Example document of the Footnote project", 1)
    properties.created = properties.modified = properties.last_printed = _FIXED_TIME


def _set_styles(document: DocxDocument) -> None:
    document.styles["Normal"].font.name = "Calibri"
    document.styles["Normal"].font.size = Pt(11)
    for name in ("Title", "Heading 1", "Heading 2"):
        document.styles[name].font.color.rgb = RGBColor(0x23, 0x39, 0x4D)


def _with_fixed_times(archive: bytes) -> bytes:
    """The same zip with every member's time set to the first one a zip can hold, members in order of name."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as source, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
        # The content types come first by convention; some readers look for them there.
        for name in sorted(source.namelist(), key=lambda name: (name != "[Content_Types].xml", name)):
            member = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            member.compress_type, member.external_attr = (zipfile.ZIP_DEFLATED, 0o600 << 16)
            target.writestr(member, source.read(name))
    return buffer.getvalue()
