"""What every registered document parser promises, tried on each of them.

Pages and blocks can be pointed at, damage is refused and never escapes as a crash, the same file always gives the same
pages, and reading can be resumed at any page.
"""

import random
from collections.abc import Callable
from itertools import islice
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.factories import files

from footnote.adapters.document_parsers.media_types import media_type_of
from footnote.adapters.document_parsers.registry import (
    DOCUMENT_PARSERS,
    DOCX,
    HTML,
    MARKDOWN,
    PDF,
    PLAIN_TEXT,
    create_parser,
)
from footnote.ingestion.ports import BlockKind, ParsedPage, ParseOptions, words_of
from footnote.ingestion.structure import structure
from footnote.kit.errors import NotFound, Refused, TooLarge

SAMPLES: dict[str, Callable[[], bytes]] = {
    PDF: lambda: files.paged_pdf(3),
    DOCX: files.word_report,
    HTML: lambda: files.HTML_PAGE,
    MARKDOWN: lambda: files.MARKDOWN_REPORT,
    PLAIN_TEXT: lambda: files.TEXT_LETTER,
}
EMPTY: dict[str, Callable[[], bytes]] = {
    PDF: files.blank_pdf,
    DOCX: files.empty_word_file,
    HTML: lambda: b"<!doctype html><html><body><script>x()</script></body></html>",
    MARKDOWN: lambda: b"---\ntitle: nothing\n---\n\n",
    PLAIN_TEXT: lambda: b"  \n\n ",
}
OPTIONS = ParseOptions()
every_parser = pytest.mark.parametrize("media_type", DOCUMENT_PARSERS)


def stored(folder: Path, content: bytes) -> Path:
    path = folder / "file"
    path.write_bytes(content)
    return path


def pages_of(media_type: str, path: Path, first_page: int = 1) -> list[ParsedPage]:
    return list(create_parser(media_type).pages(path, OPTIONS, first_page=first_page))


def refusal_of(media_type: str, path: Path) -> Refused | None:
    try:
        create_parser(media_type).head(path, OPTIONS)
        structure(pages_of(media_type, path))
    except Refused as refusal:
        return refusal
    return None


@every_parser
def test_every_parser_has_samples_and_its_files_are_recognised_by_content(media_type: str, tmp_path: Path) -> None:
    names = {MARKDOWN: "notes.md", PLAIN_TEXT: "letter.txt"}
    assert media_type_of(stored(tmp_path, SAMPLES[media_type]()), names.get(media_type, "misleading.txt")) == media_type


@every_parser
def test_the_text_of_the_file_is_found(media_type: str, tmp_path: Path) -> None:
    text = structure(pages_of(media_type, stored(tmp_path, SAMPLES[media_type]()))).text
    assert files.PROSE.split(". ")[1] in text


@every_parser
def test_every_block_can_be_pointed_at(media_type: str, tmp_path: Path) -> None:
    """In a format with pages each word has a box on its page; in all formats each word has its span in the text."""
    path = stored(tmp_path, SAMPLES[media_type]())
    head = create_parser(media_type).head(path, OPTIONS)
    pages = pages_of(media_type, path)
    assert [page.number for page in pages] == list(range(1, head.page_count + 1))
    for page in pages:
        for block in page.blocks:
            for word in words_of(block):
                assert (word.box is not None) == head.has_pages
                if word.box is not None:
                    assert page.width is not None
                    assert page.height is not None
                    assert -1 <= word.box.x0 <= word.box.x1 <= page.width + 1
                    assert -1 <= word.box.y0 <= word.box.y1 <= page.height + 1
    document = structure(pages)
    for structured in document.pages:
        for written in structured.words:
            assert document.text[written.span.start : written.span.end] == written.text


@every_parser
def test_headings_are_found_where_the_format_has_them(media_type: str, tmp_path: Path) -> None:
    document = structure(pages_of(media_type, stored(tmp_path, SAMPLES[media_type]())))
    levels = [block.level for block in document.blocks if block.kind is BlockKind.HEADING]
    assert levels == {PDF: [1, 1, 1], DOCX: [1, 2], HTML: [1, 2], MARKDOWN: [1, 2], PLAIN_TEXT: []}[media_type]


@every_parser
def test_the_same_file_gives_the_same_pages(media_type: str, tmp_path: Path) -> None:
    path = stored(tmp_path, SAMPLES[media_type]())
    assert pages_of(media_type, path) == pages_of(media_type, path)


@every_parser
def test_reading_can_be_resumed_at_any_page(media_type: str, tmp_path: Path) -> None:
    path = stored(tmp_path, SAMPLES[media_type]())
    pages = pages_of(media_type, path)
    for first in range(1, len(pages) + 2):
        assert pages_of(media_type, path, first) == pages[first - 1 :]


@every_parser
def test_pages_can_cross_to_another_process(media_type: str, tmp_path: Path) -> None:
    pages = pages_of(media_type, stored(tmp_path, SAMPLES[media_type]()))
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(pages), type=list[ParsedPage]) == pages


@every_parser
def test_a_file_without_text_is_refused_and_not_an_empty_success(media_type: str, tmp_path: Path) -> None:
    for content in (b"", EMPTY[media_type]()):
        with pytest.raises(Refused) as refusal:
            pages_of(media_type, stored(tmp_path, content))
        assert refusal.value.error_code in {"empty_document", "damaged_file"}
        assert refusal.value.message.endswith(".")


@every_parser
def test_damage_is_refused_or_read_around_and_never_a_crash(media_type: str, tmp_path: Path) -> None:
    """Cut off, overwritten and random content leads to pages or to a refusal with a sentence for a person."""
    chance = random.Random(7)
    whole = SAMPLES[media_type]()
    damaged = [whole[: len(whole) * part // 8] for part in range(1, 8)]
    for _ in range(25):
        content = bytearray(whole)
        for _ in range(chance.randrange(1, 40)):
            content[chance.randrange(len(content))] = chance.randrange(256)
        damaged.append(bytes(content))
    damaged.append(chance.randbytes(4000))
    for content in damaged:
        path = stored(tmp_path, content)
        refusal = refusal_of(media_type, path)
        assert refusal is None or refusal.message.endswith(".")


@every_parser
def test_a_page_is_a_picture_or_there_are_no_pages(media_type: str, tmp_path: Path) -> None:
    path = stored(tmp_path, SAMPLES[media_type]())
    parser = create_parser(media_type)
    if parser.head(path, OPTIONS).has_pages:
        assert parser.render(path, 1, scale=0.5).startswith(b"\x89PNG")
        with pytest.raises(NotFound) as refusal:
            parser.render(path, 99, scale=0.5)
        assert refusal.value.error_code == "no_such_page"
    else:
        with pytest.raises(NotFound) as refusal:
            parser.render(path, 1, scale=0.5)
        assert refusal.value.error_code == "no_pages"


@every_parser
def test_more_than_the_limits_allow_is_too_large(media_type: str, tmp_path: Path) -> None:
    path = stored(tmp_path, SAMPLES[media_type]())
    options = ParseOptions(max_pages=2, max_characters=100, max_unpacked_bytes=1000)
    with pytest.raises(TooLarge):
        list(create_parser(media_type).pages(path, options))


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
@given(content=st.binary(max_size=300) | st.text(max_size=200).map(str.encode))
@pytest.mark.parametrize("media_type", [HTML, MARKDOWN, PLAIN_TEXT])
def test_any_bytes_are_read_or_refused(media_type: str, content: bytes, tmp_path: Path) -> None:
    path = stored(tmp_path, content)
    try:
        pages = list(islice(create_parser(media_type).pages(path, OPTIONS), 2))
    except Refused:
        return
    structure(pages).text.encode("utf-8")
