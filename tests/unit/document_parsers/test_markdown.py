"""Markdown: nothing of a file is lost, however it is nested."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from footnote.adapters.document_parsers.markdown import MarkdownParser
from footnote.ingestion.ports import BlockKind, ParseOptions
from footnote.ingestion.structure import StructuredDocument, structure


def read(content: str, folder: Path) -> StructuredDocument:
    path = folder / "notes.md"
    path.write_text(content, encoding="utf-8")
    return structure(list(MarkdownParser().pages(path, ParseOptions())))


@pytest.mark.parametrize("depth", [9, 12, 45])
def test_lists_in_lists_keep_their_levels(depth: int, tmp_path: Path) -> None:
    found = read("".join(f"{'  ' * level}- item{level}\n" for level in range(depth)) + "\nafter\n", tmp_path)
    items = [block for block in found.blocks if block.kind is BlockKind.LIST_ITEM]
    assert [block.level for block in items] == list(range(1, depth + 1))
    assert found.text.endswith(f"item{depth - 1}\n\nafter")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(
    marks=st.lists(st.sampled_from(["> ", "- ", "1. ", "* "]), min_size=1, max_size=400), times=st.sampled_from([1, 9])
)
def test_no_word_is_lost_however_deep_quotes_and_lists_are(marks: list[str], times: int, tmp_path: Path) -> None:
    nested = "".join(marks * times)
    found = read(f"before\n\n{nested}first deep line\nanother line\n\nafter\n", tmp_path)
    for words in ("before", "first deep line", "another line"):
        assert words in " ".join(found.text.split())
    assert found.text.endswith("\n\nafter")


def test_a_line_break_written_as_html_keeps_words_apart(tmp_path: Path) -> None:
    found = read("one<br>two<BR/>three <b>four</b>s\n\n| a<br>b | c |\n|---|---|\n| d<br />e | f |\n", tmp_path)
    assert found.text == "one two three fours\n\na b | c\nd e | f"


def test_text_after_an_open_tag_is_kept(tmp_path: Path) -> None:
    found = read("one\n\n<svg>\n\ntwo\n\n<!-- note -->\n\n</div>\n\n<div><svg><p>three</p>\n\nfour\n", tmp_path)
    assert found.text == "one\n\ntwo\n\nthree\n\nfour"


def test_a_title_is_read_from_front_matter_with_any_blanks(tmp_path: Path) -> None:
    path = tmp_path / "notes.md"
    path.write_text(f"---\ntitle:{' ' * 50_000}The  rules{' ' * 50_000}\nauthor: {' ' * 50_000}\n---\ntext\n")
    head = MarkdownParser().head(path, ParseOptions())
    assert (head.title or "").split() == ["The", "rules"]
    assert not head.author
