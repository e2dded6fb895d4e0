"""The page that stands for formats without pages."""

from collections.abc import Iterator

from hypothesis import HealthCheck, given, settings
from lxml import html
from tests.factories.parsed import page_of, printed_block, table_block
from tests.unit.ingestion.test_structure import any_pages

from footnote.ingestion.ports import BlockKind, ParsedPage
from footnote.ingestion.rendition import render_html
from footnote.ingestion.structure import structure


def ranges(fragment: str) -> Iterator[tuple[int, int, str]]:
    for element in html.fragment_fromstring(fragment).iter():
        if element.get("data-start") is not None:
            yield int(element.get("data-start")), int(element.get("data-end")), element.text_content()


def test_each_element_holds_exactly_its_range_of_the_text() -> None:
    document = structure(
        [
            page_of(
                printed_block("Terms & <conditions>", kind=BlockKind.HEADING, level=1),
                printed_block("first line", "second line", keeps_lines=True),
                printed_block("• item", kind=BlockKind.LIST_ITEM, level=2),
                table_block([["Article", "Price"], ["Pump", "9 < 10"]]),
            )
        ]
    )
    found = list(ranges(render_html(document)))
    assert len(found) == 8
    assert all(content == document.text[start:end] for start, end, content in found)


def test_markup_in_the_text_is_shown_and_never_run() -> None:
    hostile = '<script>alert(1)</script> <img src=x onerror="alert(1)"> </article>'
    rendition = render_html(structure([page_of(printed_block(hostile), table_block([[hostile, "b"], ["c", "d"]]))]))
    assert {element.tag for element in html.fragment_fromstring(rendition).iter()} <= {
        *("article", "p", "table", "tbody", "tr", "th", "td", "span"),
    }


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(any_pages)
def test_ranges_hold_for_any_document(pages: list[ParsedPage]) -> None:
    document = structure(pages)
    for start, end, content in ranges(render_html(document)):
        assert content == document.text[start:end]
