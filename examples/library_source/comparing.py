"""Tells whether a committed file is what the script makes, also where libraries of another build pack bytes otherwise."""

import io
import zipfile

import numpy as np
import pypdfium2

# Another build of the JPEG or PDF library moves grey values by a step or two; another text moves them by far more.
LARGEST_MEAN_GREY_DIFFERENCE = 2.0


def compare(name: str, committed: bytes, made: bytes) -> str:
    """'same bytes', 'same content' or 'different'.

    The bytes are expected to agree where Python, zlib, Pillow and PDFium are those the file was made with. Elsewhere the
    content decides: the members of a DOCX, the texts and sizes of a PDF's pages, and the pictures of a scan.
    """
    if committed == made:
        return "same bytes"
    is_same = _same_zip(committed, made) if name.endswith(".docx") else _same_pdf(committed, made)
    return "same content" if is_same else "different"


def _same_zip(left: bytes, right: bytes) -> bool:
    with zipfile.ZipFile(io.BytesIO(left)) as one, zipfile.ZipFile(io.BytesIO(right)) as other:
        return one.namelist() == other.namelist() and all(one.read(name) == other.read(name) for name in one.namelist())


def _same_pdf(left: bytes, right: bytes) -> bool:
    one, other = pypdfium2.PdfDocument(left), pypdfium2.PdfDocument(right)
    try:
        return len(one) == len(other) and all(_same_page(one[number], other[number]) for number in range(len(one)))
    finally:
        one.close()
        other.close()


def _same_page(left: pypdfium2.PdfPage, right: pypdfium2.PdfPage) -> bool:
    if left.get_size() != right.get_size():
        return False
    if left.get_textpage().get_text_range() != right.get_textpage().get_text_range():
        return False
    pictures = [np.asarray(page.render(scale=0.5, grayscale=True).to_pil(), dtype=np.float32) for page in (left, right)]
    return float(np.abs(pictures[0] - pictures[1]).mean()) <= LARGEST_MEAN_GREY_DIFFERENCE
