"""What the browser tests share: one Chromium, pages that are held to account, and a server with a small library."""

import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from tests.browser.chromium import PICTURES, Browser, BrowserMissing, Page, chromium
from tests.support.client import Client, Json
from tests.support.samples import CANTEEN_HTML, PARKING_MARKDOWN, leave_docx, pump_pdf, scanned_letter
from tests.support.server import Server, running

OpenPage = Callable[..., Page]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The session's Chromium; tests are skipped where there is none, except in CI, where that is a failure."""
    try:
        with chromium() as found:
            yield found
    except BrowserMissing as missing:
        if os.environ.get("CI") == "true":
            pytest.fail(f"{missing} In CI that is a failure.")
        pytest.skip(str(missing))


@pytest.fixture
def open_page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[OpenPage]:
    """Return an opener of pages. No test passes with an error on a page's console or in its scripts."""
    opened: list[Page] = []

    def open_page(*, phone: bool = False, refusals: tuple[int, ...] = ()) -> Page:
        opened.append(browser.open(phone=phone, refusals=refusals))
        return opened[-1]

    yield open_page
    name = re.sub(r"\W+", "-", request.node.name)
    for position, page in enumerate(opened):
        page.picture(PICTURES / f"last-of-{name}-{position}.png")
    for page in opened:
        page.close()


@dataclass(frozen=True, slots=True)
class Library:
    """A running server and what is in it, by file name; tests leave these documents as they are."""

    server: Server
    documents: dict[str, Json]

    @property
    def client(self) -> Client:
        return self.server.client


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """A server with one document of every kind, all ready."""
    files = {
        "kestrel.pdf": pump_pdf(),
        "leave.docx": leave_docx(),
        "parking.md": PARKING_MARKDOWN,
        "canteen.html": CANTEEN_HTML,
        "letter.pdf": scanned_letter(),
    }
    with running(Server(tmp_path_factory.mktemp("browser") / "data")) as server:
        client = server.client
        sent = {name: client.upload(name, content)["document"]["id"] for name, content in files.items()}
        documents = {name: client.settled(document_id) for name, document_id in sent.items()}
        assert {document["status"] for document in documents.values()} == {"ready"}
        yield Library(server, documents)


@pytest.fixture
def page(library: Library, open_page: OpenPage) -> Page:
    """A page in the library, signed in."""
    found = open_page()
    found.go(library.client.post("/session/links")["url"])
    found.screen.role("heading", "Library").wait()
    return found
