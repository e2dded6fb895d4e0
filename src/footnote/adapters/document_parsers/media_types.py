"""What a file is, by its content; the name decides only between kinds of text, which look alike."""

import re
import zipfile
from pathlib import Path

from footnote.adapters.document_parsers.registry import DOCX, HTML, MARKDOWN, PDF, PLAIN_TEXT
from footnote.kit.errors import InvalidInput, UnsupportedFormat

_SAMPLE_BYTES = 64 * 1024
_PDF_HEADER_WITHIN_BYTES = 1024
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_BYTE_ORDER_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")

_PICTURES = {
    b"\x89PNG": "PNG picture",
    b"\xff\xd8\xff": "JPEG picture",
    b"GIF8": "GIF picture",
    b"II*\x00": "TIFF picture",
}
_OTHERS = {
    **_PICTURES,
    b"MM\x00*": "TIFF picture",
    b"RIFF": "RIFF file",
    b"\x1f\x8b": "gzip archive",
    b"7z\xbc\xaf": "7-Zip archive",
    b"Rar!": "RAR archive",
    b"\x7fELF": "program",
    b"MZ": "program",
    b"{\\rtf": "RTF file",
    b"%!PS": "PostScript file",
    b"SQLite format 3": "database",
}
_PACKAGES = {
    "word/": DOCX,
    "xl/": "Excel workbook",
    "ppt/": "PowerPoint presentation",
}
_MARKDOWN_NAMES = (".md", ".markdown", ".mdown", ".mkd")
_HTML_NAMES = (".html", ".htm", ".xhtml")
_BLANK = re.compile(rb"\s*")
_BEFORE_HTML = ((b"<!--", b"-->"), (b"<?", b">"))
"""What may stand before a page's first element, by how it begins and ends: comments, the declaration of XML."""
_HTML_START = re.compile(rb"<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE)
_HTML_TAGS = re.compile(rb"</(?:p|div|table|ul|ol|h[1-6]|span|body|article|section)>", re.IGNORECASE)
_MARKDOWN_SIGNS = re.compile(
    r"^(?:#{1,6} \S|```|\|.+\|[ \t]*$|[ \t]*[-*+] \[[ x]\] )|\[[^\[\]\n]{1,300}\]\([^()\s]{1,500}\)|\*\*\S",
    re.MULTILINE,
)
"""Bounded, because an unbounded one takes the square of the time on a run of brackets, spaces or empty lines."""


def media_type_of(path: Path, filename: str) -> str:
    """Return the media type of a supported file.

    Raises UnsupportedFormat naming what the file seems to be, or InvalidInput with code `empty_document`,
    `encrypted_file` or `damaged_file`.
    """
    with path.open("rb") as file:
        sample = file.read(_SAMPLE_BYTES)
    if not sample:
        raise InvalidInput("The file is empty.", code="empty_document")
    if b"%PDF-" in sample[:_PDF_HEADER_WITHIN_BYTES]:
        return PDF
    if sample.startswith(_ZIP):
        return _package_type(path)
    if sample.startswith(_OLE):
        raise _ole_refusal(path)
    for magic, name in _OTHERS.items():
        if sample.startswith(magic):
            raise _unsupported(name)
    return _text_type(sample, filename.lower())


def _package_type(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as package:
            names = package.namelist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise InvalidInput("The file is damaged: its container cannot be opened.", code="damaged_file") from error
    if "[Content_Types].xml" in names:
        for folder, kind in _PACKAGES.items():
            if any(name.startswith(folder) for name in names):
                if kind == DOCX:
                    return DOCX
                raise _unsupported(kind)
    if "mimetype" in names:
        raise _unsupported("OpenDocument or e-book file")
    raise _unsupported("ZIP archive")


def _ole_refusal(path: Path) -> UnsupportedFormat | InvalidInput:
    with path.open("rb") as file:
        directory = file.read(4 * 1024 * 1024)
    if _ENCRYPTED_PACKAGE in directory:
        return InvalidInput(
            "The file is protected by a password; remove the protection and add it again.", code="encrypted_file"
        )
    return _unsupported("file of an old Office version")


def _text_type(sample: bytes, filename: str) -> str:
    if not _is_text(sample):
        raise _unsupported("binary file")
    if _begins_as_html(sample.removeprefix(_BYTE_ORDER_MARKS[0])):
        return HTML
    if filename.endswith(_HTML_NAMES) or (
        len(_HTML_TAGS.findall(sample)) >= 3 and not filename.endswith((*_MARKDOWN_NAMES, ".txt"))
    ):
        return HTML
    if filename.endswith(_MARKDOWN_NAMES):
        return MARKDOWN
    if filename.endswith(".txt"):
        return PLAIN_TEXT
    signs = _MARKDOWN_SIGNS.findall(sample.decode("utf-8", "replace"))
    return MARKDOWN if len(signs) >= 2 else PLAIN_TEXT


def _begins_as_html(sample: bytes) -> bool:
    position = _after_blanks(sample, 0)
    while True:
        end = next((end for start, end in _BEFORE_HTML if sample.startswith(start, position)), None)
        if end is None:
            return _HTML_START.match(sample, position) is not None
        found = sample.find(end, position)
        if found < 0:
            return False
        position = _after_blanks(sample, found + len(end))


def _after_blanks(sample: bytes, position: int) -> int:
    found = _BLANK.match(sample, position)
    return found.end() if found else position


def _is_text(sample: bytes) -> bool:
    if sample.startswith(_BYTE_ORDER_MARKS):
        return True
    zeros = sample.count(0)
    if zeros:
        # UTF-16 without a mark: about every second byte of western text is zero, always on the same side.
        even, odd = sample[0::2].count(0), sample[1::2].count(0)
        return max(even, odd) > 0.4 * len(sample) / 2 and min(even, odd) < 0.05 * len(sample) / 2
    controls = sum(1 for byte in sample if byte < 32 and byte not in b"\t\n\r\f\x1b")
    return controls <= 0.01 * len(sample)


def _unsupported(kind: str) -> UnsupportedFormat:
    return UnsupportedFormat(
        f"This is a {kind}, which cannot be read yet; supported are PDF, Word, HTML, Markdown and text."
    )
