"""The files of the example library that are made by a script, and how each is made."""

from collections.abc import Callable
from pathlib import Path

from library_source.letters import typeset_letter
from library_source.markup import parse
from library_source.pdf import render_pdf
from library_source.pdf_layout import Layout
from library_source.report.build import write_report
from library_source.scan import ScanSettings, scan_pdf
from library_source.word import render_docx

TEXTS = Path(__file__).parent / "texts"

# These are written by hand, stand in the library as they are, and are only looked for.
WRITTEN_BY_HAND = (
    "onboarding-guide.md",
    "support-lantern-error-codes.html",
    "lantern-release-notes.txt",
    "tangier-notice-ar.html",
)


def made_files() -> dict[str, Callable[[], bytes]]:
    """Name of each made file and the function that returns its bytes."""
    return {
        "heron-180-manual.pdf": _manual,
        "annual-report-2024.pdf": _report,
        "travel-expense-policy.docx": _travel_policy,
        "betriebsvereinbarung-arbeitszeit.pdf": _works_agreement,
        "ficha-seguridad-fluido-corte.pdf": _safety_sheet,
        "scan-skellig-bearings-letter.pdf": _english_letter,
        "scan-weserlicht-brief.pdf": _german_letter,
    }


def _read(name: str) -> str:
    return (TEXTS / name).read_text(encoding="utf-8")


def _manual() -> bytes:
    layout = Layout(
        title="Heron 180 bench lathe",
        subtitle="Operator's manual",
        running_title="Heron 180 · Operator's manual",
        footer="HL-M-1805-EN · Edition 5 · December 2024",
        page_size=(498.9, 708.66),
        margin=56,
        font_size=10,
        numbers_chapters=True,
        cover_lines=(
            "Edition 5, December 2024",
            "For machines from serial number 18-04210",
            "Read chapter 2 before you switch the machine on.",
        ),
    )
    return render_pdf(parse(_read("heron-180-manual.md")), layout)


def _report() -> bytes:
    layout = Layout(
        title="Annual report 2024",
        subtitle="Operations and sustainability",
        running_title="Harbour Lane Tools · Annual report 2024",
        footer="Published in April 2025",
        font_size=11,
        margin=78,
        cover_lines=("Cork · Bremerhaven · Gijón · Tangier · Aveiro · Gdynia",),
    )
    return render_pdf(write_report(), layout)


def _travel_policy() -> bytes:
    return render_docx(
        parse(_read("travel-expense-policy.md")),
        title="Travel and expense policy",
        subtitle="In force from 1 February 2025",
        header="Harbour Lane Tools · Group policies",
        footer="Owner: Sorcha Linnane, payroll and travel",
    )


def _works_agreement() -> bytes:
    layout = Layout(
        title="Betriebsvereinbarung Arbeitszeit",
        subtitle="Gleitende Arbeitszeit und mobiles Arbeiten am Standort Bremerhaven",
        running_title="Betriebsvereinbarung Arbeitszeit",
        footer="Harbour Lane Tools GmbH · BV 2024/02",
        language="de",
        serif=False,
        font_size=10,
        has_cover=False,
        table_word="Tabelle",
        page_word="Seite",
    )
    return render_pdf(parse(_read("betriebsvereinbarung-arbeitszeit.md")), layout)


def _safety_sheet() -> bytes:
    layout = Layout(
        title="Ficha de datos de seguridad",
        subtitle="Harbour Cool 40, fluido de corte miscible con agua",
        running_title="Harbour Cool 40 · HC-40-ES",
        footer="Revisión 6 · 9 de septiembre de 2024",
        language="es",
        font_size=10,
        has_cover=False,
        table_word="Tabla",
        page_word="Página",
    )
    return render_pdf(parse(_read("ficha-seguridad-fluido-corte.md")), layout)


def _english_letter() -> bytes:
    title = "Letter from Skellig Bearings, 14 October 2024"
    digital = typeset_letter(_read("skellig-letter.txt"), title=title)
    return scan_pdf(digital, ScanSettings(tilt=0.7, noise=7, quality=42, seed=3), title=title)


def _german_letter() -> bytes:
    title = "Brief von Weserlicht Energie, 3. Dezember 2024"
    digital = typeset_letter(_read("weserlicht-brief.txt"), title=title)
    return scan_pdf(digital, ScanSettings(tilt=0.5, noise=9, quality=42, seed=8), title=title)
