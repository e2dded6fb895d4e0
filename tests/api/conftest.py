"""One server a profile for all tests of the API: each test makes what it changes, and looks only at that."""

import uuid
from collections.abc import Callable, Iterator

import pytest
from tests.support.client import Client, Json
from tests.support.samples import PARKING_MARKDOWN, leave_docx, pump_pdf
from tests.support.server import Server, running

MAX_UPLOAD_BYTES = 3_000_000


@pytest.fixture(scope="session")
def server(
    profile: str, tmp_path_factory: pytest.TempPathFactory, database_url_of: Callable[[str], str | None]
) -> Iterator[Server]:
    """A running server of the profile, shared by the tests."""
    folder = tmp_path_factory.mktemp(f"api-{profile}")
    settings = {"MAX_UPLOAD_BYTES": str(MAX_UPLOAD_BYTES)}
    with running(Server(folder / "data", database_url_of(profile), settings)) as found:
        yield found


@pytest.fixture
def client(server: Server) -> Client:
    """A client with the owner's key."""
    return server.client


@pytest.fixture
def collection(client: Client) -> Json:
    """A fresh, empty collection."""
    return dict(client.post("/collections", {"name": f"Shelf {uuid.uuid4().hex}"}))


@pytest.fixture(scope="session")
def library(server: Server) -> dict[str, Json]:
    """Documents that stay as they are: `pdf`, `docx` and `markdown`, in a collection of their own."""
    client = server.client
    collection_id = client.post("/collections", {"name": "Kept as it is"})["id"]
    files = {
        "pdf": ("kestrel.pdf", pump_pdf()),
        "docx": ("leave.docx", leave_docx()),
        "markdown": ("parking.md", PARKING_MARKDOWN),
    }
    sent = {
        kind: client.upload(name, content, collection_id=collection_id)["document"]["id"]
        for kind, (name, content) in files.items()
    }
    found = {kind: client.settled(document_id) for kind, document_id in sent.items()}
    for kind, document in found.items():
        assert document["status"] == "ready", (kind, document["error"])
    return found
