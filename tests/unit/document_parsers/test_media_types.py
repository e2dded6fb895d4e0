"""What a file is, by its content."""

import codecs
from pathlib import Path

import pytest
from tests.factories import files

from footnote.adapters.document_parsers.media_types import media_type_of
from footnote.adapters.document_parsers.registry import DOCX, HTML, MARKDOWN, PDF, PLAIN_TEXT
from footnote.adapters.document_parsers.text_encoding import decode_text
from footnote.kit.errors import InvalidInput, UnsupportedFormat

PROSE = "Die Gewährleistung beträgt zwei Jahre, für Verschleißteile gilt sie nicht – außer bei Mängeln. " * 5


def kind_of(content: bytes, name: str, folder: Path) -> str:
    path = folder / "stored"
    path.write_bytes(content)
    return media_type_of(path, name)


@pytest.mark.parametrize(
    ("content", "name", "kind"),
    [
        (files.paged_pdf(1), "letter.txt", PDF),
        (b"\n\n" + files.paged_pdf(1), "x", PDF),
        (files.word_report(), "report.pdf", DOCX),
        (files.HTML_PAGE, "page.txt", HTML),
        (b"<?xml version='1.0'?><!-- note --><html><body>x</body></html>", "x", HTML),
        (b"\xef\xbb\xbf \n<!-- one -->\n<!-- two --> <!doctype html>x", "x", HTML),
        (b"<!-- never closed <html><body>x</body></html>", "x", PLAIN_TEXT),
        (b"<!-- licence line -->\n" * 10_000 + b"# Title\n\nText.\n", "notes.md", MARKDOWN),
        (b"<!-- licence line -->\n" * 1_000 + b"<html><body>x</body></html>", "x", HTML),
        (b"[" * 70_000, "x", PLAIN_TEXT),
        (b"[a](" * 20_000, "x", PLAIN_TEXT),
        (b"x\n" + b"\n" * 70_000, "x", PLAIN_TEXT),
        (b"<p>one</p><p>two</p><p>three</p>", "fragment", HTML),
        (b"# Title\n\nSee **this** and [that](x).", "notes", MARKDOWN),
        (b"# Title\n\nSee **this** and [that](x).", "notes.txt", PLAIN_TEXT),
        (b"just words", "notes.md", MARKDOWN),
        (b"just words", "notes", PLAIN_TEXT),
        (PROSE.encode("utf-16"), "notes.txt", PLAIN_TEXT),
        (PROSE.encode("utf-16-le"), "notes.txt", PLAIN_TEXT),
        (PROSE.encode("latin-1", "replace"), "notes", PLAIN_TEXT),
    ],
)
def test_content_decides_and_the_name_only_between_kinds_of_text(
    content: bytes, name: str, kind: str, tmp_path: Path
) -> None:
    assert kind_of(content, name, tmp_path) == kind


@pytest.mark.parametrize(
    ("content", "error", "code"),
    [
        (b"", InvalidInput, "empty_document"),
        (b"PK\x03\x04 broken", InvalidInput, "damaged_file"),
        (codecs.BOM_UTF8[:1] + bytes(200), UnsupportedFormat, "unsupported_format"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), UnsupportedFormat, "unsupported_format"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le"),
            InvalidInput,
            "encrypted_file",
        ),
    ],
)
def test_what_cannot_be_read_is_refused_by_name(
    content: bytes, error: type[Exception], code: str, tmp_path: Path
) -> None:
    with pytest.raises(error) as refusal:
        kind_of(content, "letter.txt", tmp_path)
    assert getattr(refusal.value, "error_code", None) == code


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"])
def test_text_of_any_common_encoding_is_read(encoding: str) -> None:
    assert decode_text(PROSE.encode(encoding)) == PROSE


def test_a_declared_encoding_counts_where_utf_8_does_not_fit() -> None:
    assert decode_text("Смета и гарантия".encode("koi8-r"), declared="koi8-r") == "Смета и гарантия"
    assert decode_text("naïve".encode(), declared="latin-1") == "naïve"
