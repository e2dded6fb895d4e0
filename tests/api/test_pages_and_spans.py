"""Where words stand: spans in the text, boxes on pages, and renditions whose elements are exactly their spans."""

from html.parser import HTMLParser
from io import BytesIO
from itertools import pairwise
from typing import Any

import docx
import pytest
from PIL import Image
from tests.api.test_errors import assert_problem
from tests.support.client import Client, Json
from tests.support.samples import CANTEEN_HTML, PARKING_MARKDOWN


def test_every_word_of_a_page_is_its_span_of_the_text_and_lies_on_the_page(
    client: Client, library: dict[str, Json]
) -> None:
    document_id = library["pdf"]["id"]
    text = client.get(f"/documents/{document_id}/text")
    assert text["length"] == len(text["text"])
    for number in (1, 2):
        page = client.get(f"/documents/{document_id}/pages/{number}")
        assert (page["number"], page["page_count"], page["origin"], page["rotation"]) == (number, 2, "digital", 0)
        assert page["words"]
        for word in page["words"]:
            start, end = word["span"]
            assert text["text"][start:end] == word["text"]
            box = word["box"]
            assert 0 <= box["x0"] < box["x1"] <= page["width"]
            assert 0 <= box["y0"] < box["y1"] <= page["height"]
        assert all(a["span"][0] <= b["span"][0] for a, b in pairwise(page["words"]))
    words = [word["text"] for word in client.get(f"/documents/{document_id}/pages/2")["words"]]
    assert "6.4" in words


@pytest.mark.parametrize("scale", [0.2, 1, 2])
def test_a_pages_picture_has_the_asked_for_size(client: Client, library: dict[str, Json], scale: float) -> None:
    page = client.get(f"/documents/{library['pdf']['id']}/pages/1")
    response = client.http.get(
        page["image_url"], params={"version": library["pdf"]["current_version_id"], "scale": scale}
    )
    assert response.headers["content-type"] == "image/png"
    size = Image.open(BytesIO(response.content)).size
    assert size[0] == pytest.approx(page["width"] * scale, abs=1)
    assert size[1] == pytest.approx(page["height"] * scale, abs=1)
    assert "immutable" in response.headers["cache-control"]


@pytest.mark.parametrize("scale", ["0.1", "4.1", "nan", "inf", "x"])
def test_a_scale_out_of_range_is_refused(client: Client, library: dict[str, Json], scale: str) -> None:
    response = client.call("GET", f"/documents/{library['pdf']['id']}/pages/1/image", params={"scale": scale})
    assert_problem(response, 422, "invalid_input")


@pytest.mark.parametrize("number", [0, 3, -1, 2**31, 10**30])
@pytest.mark.parametrize("view", ["", "/image"])
def test_a_page_that_is_not_there_is_refused(client: Client, library: dict[str, Json], number: int, view: str) -> None:
    response = client.call("GET", f"/documents/{library['pdf']['id']}/pages/{number}{view}")
    assert response.status_code in (404, 422), response.text
    assert response.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("kind", ["docx", "markdown"])
@pytest.mark.parametrize("view", ["pages/1", "pages/1/image"])
def test_formats_without_pages_say_so(client: Client, library: dict[str, Json], kind: str, view: str) -> None:
    assert library[kind]["has_pages"] is False
    assert_problem(client.call("GET", f"/documents/{library[kind]['id']}/{view}"), 404, "no_pages")


class _Rendition(HTMLParser):
    """Collects tags, attributes, and the text content of each element that carries a span."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.spans: list[tuple[int, int, str]] = []
        self._open: list[tuple[str, int | None, int | None, list[str]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        given: dict[str, Any] = dict(attrs)
        start, end = given.get("data-start"), given.get("data-end")
        self._open.append((tag, int(start) if start else None, int(end) if end else None, []))

    def handle_data(self, data: str) -> None:
        for _, _, _, text in self._open:
            text.append(data)

    def handle_endtag(self, tag: str) -> None:
        name, start, end, text = self._open.pop()
        assert name == tag
        if start is not None and end is not None:
            self.spans.append((start, end, "".join(text)))


def _rendered(client: Client, document_id: str) -> tuple[_Rendition, str]:
    parsed = _Rendition()
    parsed.feed(client.get(f"/documents/{document_id}/rendition")["html"])
    parsed.close()
    return parsed, client.get(f"/documents/{document_id}/text")["text"]


@pytest.mark.parametrize("kind", ["docx", "markdown", "pdf"])
def test_every_element_of_a_rendition_holds_exactly_its_span(
    client: Client, library: dict[str, Json], kind: str
) -> None:
    rendition, text = _rendered(client, library[kind]["id"])
    assert rendition.spans
    for start, end, content in rendition.spans:
        assert content == text[start:end]
    if kind == "markdown":
        assert {"table", "th", "td", "h1", "h2"} <= rendition.tags
        assert "11 euros" in [content for _, _, content in rendition.spans]


SCRIPT = "<script>alert(1)</script>"
NASTY_HTML = f"""<!doctype html><html><head><title>x{SCRIPT}</title><style>@import 'http://evil.example/x.css'</style></head>
<body onload="alert(1)"><h1>Visible heading of the page</h1>{SCRIPT}<p onclick="alert(2)">A paragraph with
<a href="javascript:alert(3)">a link</a><img src=x onerror=alert(4)><iframe src="http://evil.example"></iframe></p>
<p>Literal &lt;script&gt;alert(5)&lt;/script&gt; and &amp;lt;img src=x onerror=alert(6)&amp;gt; as words.</p>
<svg><script>alert(7)</script></svg><form action="http://evil.example"><input name="a"></form></body></html>""".encode()
NASTY_MARKDOWN = f"""# Heading {SCRIPT}

Text with <img src=x onerror=alert(1)> and [a link](javascript:alert(2)) and {SCRIPT}.

| A {SCRIPT} | B |
|---|---|
| "><svg onload=alert(3)> | ok |

```html
{SCRIPT}
```
""".encode()


def _nasty_docx() -> bytes:
    document = docx.Document()
    document.core_properties.title = SCRIPT
    document.add_heading(f"Heading {SCRIPT}", level=1)
    document.add_paragraph('Words "><img src=x onerror=alert(1)> in a paragraph.')
    table = document.add_table(rows=1, cols=2)
    table.cell(0, 0).text = SCRIPT
    table.cell(0, 1).text = "' onmouseover='alert(2)"
    target = BytesIO()
    document.save(target)
    return target.getvalue()


@pytest.mark.parametrize(
    ("filename", "content"),
    [("nasty.html", NASTY_HTML), ("nasty.md", NASTY_MARKDOWN), ("nasty.docx", _nasty_docx())],
    ids=["html", "markdown", "docx"],
)
def test_what_a_file_brings_along_is_text_only(client: Client, collection: Json, filename: str, content: bytes) -> None:
    document = client.add(filename, content, collection_id=collection["id"])
    rendition, text = _rendered(client, document["id"])
    assert rendition.tags <= {
        "article", "h1", "h2", "h3", "h4", "h5", "h6", "p", "ul", "li", "pre", "table", "tbody", "tr", "td", "th",
        "span", "figure", "header", "footer",
    }  # fmt: skip
    assert rendition.attributes <= {"data-start", "data-end", "class", "dir", "lang", "hidden", "rowspan", "colspan"}
    for start, end, shown in rendition.spans:
        assert shown == text[start:end]


@pytest.mark.parametrize(
    ("filename", "content"),
    [
        ("emoji.md", "# Grüße 👩‍🚀\n\nDer Raum 𝔘 kostet 5 €. 👍🏽 Fertig ist der Satz.\n".encode()),
        (
            "arabic.html",
            '<html lang="ar"><body><h1>إشعار</h1><p>تغلق البوابة في الساعة التاسعة مساء كل يوم.</p></body></html>'.encode(),
        ),
        ("latin1.txt", "Die Tür ist grün und schließt um zehn Uhr. Größe zählt.".encode("latin-1")),
        ("utf16.txt", "﻿Ένα κείμενο σε άλλη κωδικοποίηση.".encode("utf-16")),
    ],
)
def test_spans_count_code_points_in_every_script(
    client: Client, collection: Json, filename: str, content: bytes
) -> None:
    document = client.add(filename, content, collection_id=collection["id"])
    rendition, text = _rendered(client, document["id"])
    assert "\ufeff" not in text
    for start, end, shown in rendition.spans:
        assert shown == text[start:end]
    results = client.post("/search", {"query": text[:60], "collection_id": collection["id"]})["results"]
    assert results
    for hit in results:
        start, end = hit["span"]
        assert text[start:end] == hit["text"]


def test_html_and_text_have_readable_renditions(client: Client, collection: Json) -> None:
    html = client.add("canteen.html", CANTEEN_HTML, collection_id=collection["id"])
    rendition, _ = _rendered(client, html["id"])
    assert "The canteen serves lunch from half past eleven until two." in [shown for _, _, shown in rendition.spans]
    copy = client.add("parking.txt", PARKING_MARKDOWN, collection_id=collection["id"])
    assert copy["has_pages"] is False
