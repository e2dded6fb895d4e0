"""Tiny files with facts of their own, so that a question has exactly one right place."""

from io import BytesIO

import docx
from tests.factories.files import drawn_pdf, scanned_pdf, text_lines

PUMP_PDF_QUESTION = "What is the operating pressure of the Kestrel pump?"
PUMP_PDF_FACT = "The operating pressure of the Kestrel pump is 6.4 bar."


def pump_pdf(*, pressure: str = "6.4") -> bytes:
    """Return a manual of two pages; the pressure stands on the second."""
    return drawn_pdf(
        text_lines(
            ["Kestrel pump manual", "", "The Kestrel pump moves cooling water in closed loops.",
             "It is delivered with two seals and a printed certificate of inspection."]
        ),
        text_lines(
            ["Operating limits", "", f"The operating pressure of the Kestrel pump is {pressure} bar.",
             "The flow must never fall below twelve litres a minute."]
        ),
    )  # fmt: skip


def leave_docx() -> bytes:
    """Return a policy: how many days of leave, and who grants them."""
    document = docx.Document()
    document.add_heading("Leave policy", level=1)
    document.add_paragraph("Every employee has twenty-eight days of paid leave in a calendar year.")
    document.add_paragraph("Leave is granted by the head of the department within five working days.")
    target = BytesIO()
    document.save(target)
    return target.getvalue()


PARKING_MARKDOWN = b"""# Parking at the depot

Visitors park on the gravel square behind the weighbridge.

## Barrier

The barrier closes at nine in the evening and opens again at five in the morning.

| Vehicle | Fee |
|---|---|
| Car | 4 euros |
| Lorry | 11 euros |
"""
PARKING_QUESTION = "When does the barrier close?"

CANTEEN_HTML = b"""<!doctype html><html lang="en"><head><title>Canteen</title></head><body>
<h1>Canteen</h1><p>The canteen serves lunch from half past eleven until two.</p>
<p>Guests pay with vouchers that the reception sells.</p></body></html>"""

ARCHIVE_TEXT = b"""Archive rules

Paper files are kept for ten years in the archive room on the third floor.
The key to the archive room hangs in the office of the registrar.
"""


def scanned_letter() -> bytes:
    """Return one scanned page about a delivery of bearings."""
    return scanned_pdf(
        [["Dear Mrs Halloran,", "the bearings will be delivered", "on the fourteenth of March.", "Yours sincerely"]]
    )


def long_markdown(sections: int) -> bytes:
    """Return so many sections, each at least one chunk of its own."""
    parts = ["# Register of stores\n"]
    for number in range(1, sections + 1):
        parts.append(
            f"## Store {number}\n\nStore {number} keeps goods of class {number * 7} on shelf {number + 100}. "
            f"It is counted on day {number % 28 + 1} of each month by the clerk with badge {number * 31}.\n"
        )
    return "\n".join(parts).encode()


def long_pdf(pages: int, note: str = "") -> bytes:
    """Return so many short pages; the note stands on each."""
    return drawn_pdf(
        *(
            text_lines(
                [
                    f"Section {n}",
                    "",
                    f"Rack {n} holds {n * 13} crates of article {n * 17}.",
                    f"It is checked every week. {note}",
                ]
            )
            for n in range(1, pages + 1)
        )
    )


def flowing_pdf(pages: int) -> bytes:
    """Return so many pages of one sentence each, without headings: many pages, few chunks."""
    return drawn_pdf(
        *(text_lines([f"rack {n} holds {n * 13} crates of goods from store {n * 17},"]) for n in range(pages))
    )
