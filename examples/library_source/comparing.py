"""Tells whether a committed file is what the script makes, also where other libraries pack the bytes otherwise."""

import io
import zipfile

import numpy as np
import pypdfium2

# Another JPEG or PDF library moves the mean of a tile by 2 grey levels at most; one other digit moves it by 5 or more.
TILE_PIXELS = 8
LARGEST_TILE_DIFFERENCE = 4.0


def compare(name: str, committed: bytes, made: bytes) -> str:
    """'same bytes', 'same content' or 'different'.

    The bytes are expected to agree where Python, zlib, Pillow and PDFium are those the file was made with. Elsewhere
    the content decides: the members of a DOCX, the texts and sizes of a PDF's pages, and the pictures of a scan.
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
    pictures = [_tile_means(page) for page in (left, right)]
    return float(np.abs(pictures[0] - pictures[1]).max()) <= LARGEST_TILE_DIFFERENCE


def _tile_means(page: pypdfium2.PdfPage) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    picture = np.asarray(page.render(scale=1.0, grayscale=True).to_pil(), dtype=np.float32)
    height, width = (size // TILE_PIXELS for size in picture.shape[:2])
    tiles = picture[: height * TILE_PIXELS, : width * TILE_PIXELS].reshape(height, TILE_PIXELS, width, TILE_PIXELS)
    return np.asarray(tiles.mean(axis=(1, 3)), dtype=np.float32)
