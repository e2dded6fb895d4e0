"""HTML: what a browser shows of a page is kept, whatever its author forgot to close."""

from pathlib import Path

import pytest

from footnote.adapters.document_parsers.html.parser import HtmlParser
from footnote.ingestion.ports import ParseOptions
from footnote.ingestion.structure import structure
from footnote.kit.errors import InvalidInput


def text_of(content: str, folder: Path) -> str:
    path = folder / "page.html"
    path.write_text(content, encoding="utf-8")
    return structure(list(HtmlParser().pages(path, ParseOptions()))).text


@pytest.mark.parametrize("depth", [100, 300, 1900])
def test_text_is_kept_however_deep_it_is_nested(depth: int, tmp_path: Path) -> None:
    page = f"<p>Before.</p>{'<div>' * depth}<p>Deep <b>inside</b>.</p>{'</div>' * depth}<p>After.</p>"
    assert text_of(page, tmp_path) == "Before.\n\nDeep inside.\n\nAfter."


def test_words_of_deep_inline_elements_and_headings_stay_apart(tmp_path: Path) -> None:
    def deep(inner: str) -> str:
        return f"{'<span>' * 1500}{inner}{'</span>' * 1500}"

    page = f"<h1>{deep('One <i>heading</i>')}</h1><p>Start {deep('two<br>three')} end.</p>"
    assert text_of(page, tmp_path) == "One heading\n\nStart two\nthree end."


def test_a_page_nested_deeper_than_can_be_read_is_refused_and_not_cut(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="too deep") as refusal:
        text_of(f"<p>Before.</p>{'<div>' * 5000}Deep.", tmp_path)
    assert refusal.value.error_code == "damaged_file"


@pytest.mark.parametrize(
    ("page", "text"),
    [
        ("<p>One</p><svg><text>label</text><p>Two</p><h2>Three</h2>", "One\n\nTwo\n\nThree"),
        ("<p>One</p><svg><g><text>label</text><div>Two</div></g><p>Three</p>", "One\n\nTwo\n\nThree"),
        ("<p>One <svg><text>label</text></svg> two</p>", "One two"),
        ("<p>One <svg><foreignObject><p>label</p></foreignObject></svg> two</p>", "One two"),
        ("<p>So <math><mi>x</mi><mo>=</mo><mn>2</mn></math> holds.</p>", "So x=2 holds."),
        ("<button>Open<p>One</p><h2>Two</h2>", "Open\n\nOne\n\nTwo"),
        ("<button>Open</button><p>One</p>", "One"),
        ("<p>One<embed src=x> two</p><p>Three</p>", "One two\n\nThree"),
        ("<html><body><p>One</p></body></html><p>Two</p>", "One\n\nTwo"),
        ("<table><caption>One</caption><tr><th>a<th>b<tr><td>c<td>d</table>", "One\n\na | b\nc | d"),
        ("<pre>one<br>  two</pre>", "one\n  two"),
        ("<ul><li>One<ul><li>Two</ul><li>Three</ul><p>Four", "• One\n• Two\n• Three\n\nFour"),
    ],
)
def test_what_a_browser_shows_is_kept(page: str, text: str, tmp_path: Path) -> None:
    assert text_of(page, tmp_path) == text
