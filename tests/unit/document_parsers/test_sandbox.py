"""Hostile files behind the runner: refused one by one, and the server goes on."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from tests.factories import files

from footnote.adapters.document_parsers.registry import PDF
from footnote.adapters.document_parsers.sandbox import SandboxedParserRunner, create_parser_runner
from footnote.ingestion.ports import ParsedPage, ParseOptions
from footnote.kit.errors import InvalidInput, NotFound, Refused, TooLarge, UnsupportedFormat

OPTIONS = ParseOptions()


@pytest.fixture
async def runner() -> AsyncIterator[SandboxedParserRunner]:
    made = create_parser_runner(seconds_per_page=20, memory_bytes=1 << 30)
    yield made
    await made.close()


def stored(folder: Path, content: bytes, name: str = "file") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


async def read(runner: SandboxedParserRunner, path: Path) -> list[ParsedPage]:
    media_type = await runner.detect(path, path.name)
    await runner.head(path, media_type, OPTIONS)
    return [page async for page in runner.pages(path, media_type, OPTIONS)]


async def refusal_of(runner: SandboxedParserRunner, path: Path) -> Refused | None:
    try:
        await read(runner, path)
    except Refused as refusal:
        return refusal
    return None


async def test_pages_and_pictures_come_through(runner: SandboxedParserRunner, tmp_path: Path) -> None:
    path = stored(tmp_path, files.paged_pdf(3))
    assert [page.number for page in await read(runner, path)] == [1, 2, 3]
    assert [page.number async for page in runner.pages(path, PDF, OPTIONS, first_page=3)] == [3]
    assert (await runner.render(path, PDF, 2, scale=0.5)).startswith(b"\x89PNG")
    with pytest.raises(NotFound):
        await runner.render(path, PDF, 4, scale=0.5)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("make", "codes"),
    [
        (files.operator_bomb_pdf, {"parser_crashed", "out_of_memory", "time_limit"}),
        (files.unpacking_bomb_pdf, {"parser_crashed", "out_of_memory", "time_limit", "empty_document"}),
        (files.unpacking_bomb_docx, {"too_large"}),
        (lambda: files.word_file_with(files.ENTITY_BOMB), {"unsafe_content"}),
        (lambda: b"<div>" * 200_000, {"empty_document", "damaged_file"}),
        (lambda: b"> " * 100_000 + b"x", None),
        (lambda: b"[" * 100_000, None),
    ],
)
async def test_a_bomb_is_refused_or_read_and_the_next_file_is_read(
    make: Callable[[], bytes], codes: set[str] | None, runner: SandboxedParserRunner, tmp_path: Path
) -> None:
    refusal = await refusal_of(runner, stored(tmp_path, make(), "bomb.md"))
    assert codes is None or (refusal is not None and refusal.error_code in codes)
    assert refusal is None or refusal.message.endswith(".")
    assert len(await read(runner, stored(tmp_path, files.paged_pdf(1)))) == 1


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"\x89PNG\r\n\x1a\n", "PNG picture"),
        (bytes(range(256)) * 8, "binary file"),
        (b"\x7fELF\x02\x01", "program"),
        (b"{\\rtf1 text}", "RTF"),
    ],
)
async def test_an_unknown_kind_is_named(
    content: bytes, kind: str, runner: SandboxedParserRunner, tmp_path: Path
) -> None:
    with pytest.raises(UnsupportedFormat, match=kind):
        await runner.detect(stored(tmp_path, content), "harmless.txt")


async def test_too_many_pages_are_refused_before_they_are_read(runner: SandboxedParserRunner, tmp_path: Path) -> None:
    with pytest.raises(TooLarge, match="at most 2"):
        await runner.head(stored(tmp_path, files.paged_pdf(3)), PDF, ParseOptions(max_pages=2))


async def test_a_file_that_vanished_fails_alone(runner: SandboxedParserRunner, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput):
        await runner.head(tmp_path / "gone", PDF, OPTIONS)
    assert await runner.detect(stored(tmp_path, files.TEXT_LETTER), "a.txt") == "text/plain"


async def test_a_file_whose_first_look_takes_too_long_is_refused_with_one_reason(tmp_path: Path) -> None:
    made = create_parser_runner(seconds_for_first_look=0.001)
    path = stored(tmp_path, files.paged_pdf(1))
    try:
        for look in (made.detect(path, "a.pdf"), made.head(path, PDF, OPTIONS)):
            with pytest.raises(InvalidInput) as refusal:
                await look
            assert refusal.value.error_code == "time_limit"
    finally:
        await made.close()


async def test_who_looks_at_a_page_does_not_wait_for_somebody_elses_first_look(tmp_path: Path) -> None:
    """The first look hangs on a pipe that nobody writes to; the picture comes all the same."""
    made = create_parser_runner()
    stuck = tmp_path / "pipe"
    os.mkfifo(stuck)
    look = asyncio.create_task(made.detect(stuck, "a.txt"))
    try:
        await asyncio.sleep(0)
        assert (await made.render(stored(tmp_path, files.paged_pdf(1)), PDF, 1, scale=0.5)).startswith(b"\x89PNG")
        assert not look.done()
    finally:
        look.cancel()
        await made.close()
