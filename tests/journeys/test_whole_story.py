"""The main job, end to end: a pile of files in, answers with footnotes out, and gone again when deleted."""

from tests.conftest import MakeServer
from tests.support.client import Json
from tests.support.samples import (
    ARCHIVE_TEXT,
    CANTEEN_HTML,
    PARKING_MARKDOWN,
    PARKING_QUESTION,
    leave_docx,
    long_markdown,
    pump_pdf,
    scanned_letter,
)
from tests.support.server import Server
from tests.support.waiting import wait_for

FILES = {
    "kestrel.pdf": pump_pdf(),
    "leave.docx": leave_docx(),
    "parking.md": PARKING_MARKDOWN,
    "canteen.html": CANTEEN_HTML,
    "archive.txt": ARCHIVE_TEXT,
    "letter.pdf": scanned_letter(),
}
QUESTIONS = {
    "What is the operating pressure of the Kestrel pump?": ("kestrel.pdf", "6.4", 2),
    "How many days of paid leave does every employee have?": ("leave.docx", "twenty-eight", None),
    PARKING_QUESTION: ("parking.md", "nine in the evening", None),
    "When does the canteen serve lunch?": ("canteen.html", "half past eleven", None),
    "How long are paper files kept in the archive room?": ("archive.txt", "ten years", None),
    "When will the bearings be delivered?": ("letter.pdf", "fourteenth of March", 1),
}


def _assert_opens(server: Server, source: Json, words: str) -> None:
    """Follow a footnote as the page does: the stored text at its span is the quote, and its boxes hold those words."""
    client = server.client
    document_id, version_id = source["document_id"], source["version_id"]
    text = client.get(f"/documents/{document_id}/text", version=version_id)["text"]
    start, end = source["span"]
    assert text[start:end] == source["quote"]
    assert words in " ".join(source["quote"].split())
    if source["page"] is None:
        assert source["boxes"] == []
        assert 'data-start="' in client.get(f"/documents/{document_id}/rendition", version=version_id)["html"]
        return
    boxed: list[str] = []
    for number in source["pages"]:
        page = client.get(f"/documents/{document_id}/pages/{number}", version=version_id)
        boxes = [box for box in source["boxes"] if box["page"] == number]
        assert boxes
        for word in page["words"]:
            middle = ((word["box"]["x0"] + word["box"]["x1"]) / 2, (word["box"]["y0"] + word["box"]["y1"]) / 2)
            if any(b["x0"] <= middle[0] <= b["x1"] and b["y0"] <= middle[1] <= b["y1"] for b in boxes):
                boxed.append(word["text"])
        image = client.http.get(page["image_url"])
        assert image.content.startswith(b"\x89PNG")
    shown = " ".join(boxed)
    assert shown.rstrip(".,;:") == " ".join(source["quote"].split()).rstrip(".,;:"), (
        "the boxes hold the quote's words only"
    )


def test_a_pile_of_files_becomes_answers_whose_footnotes_open_the_right_spot(
    start_server: MakeServer, profile: str
) -> None:
    server = start_server(profile)
    client = server.client
    sent = {name: client.upload(name, content)["document"]["id"] for name, content in FILES.items()}

    # A question is answered while the rest is still being read, and the answer says what it may miss.
    first = client.settled(sent["kestrel.pdf"])
    assert first["status"] == "ready", first["error"]
    early = client.ask("What is the operating pressure of the Kestrel pump?")
    assert "6.4" in early["text"]
    if any(client.document(document_id)["status"] in ("queued", "processing") for document_id in sent.values()):
        assert any("still being read" in note for note in early["notes"])

    for name, document_id in sent.items():
        document = client.settled(document_id)
        assert document["status"] == "ready", (name, document["error"])

    for question, (name, words, page) in QUESTIONS.items():
        found = client.post("/search", {"query": question, "top_k": 3})["results"]
        assert name in [hit["filename"] for hit in found], question
        answer = client.ask(question)
        assert not answer["abstained"], question
        assert answer["status"] == "complete"
        supported = [s for s in answer["sentences"] if s["verdict"] in ("verbatim", "grounded")]
        assert supported == answer["sentences"], "the local engine never says what no passage supports"
        sources = [source for s in answer["sentences"] for source in s["sources"]]
        (right,) = [s for s in sources if s["filename"] == name and words in " ".join((s["quote"] or "").split())][:1]
        assert right["page"] == page
        assert [s["number"] for s in sources] == sorted(s["number"] for s in sources)
        _assert_opens(server, right, words)

    nothing = client.ask("Which composer wrote the opera about the flying Dutchman?")
    assert nothing["abstained"], nothing["text"]

    # Deleted is gone: from search, from new answers, and the footnotes of old ones are withdrawn.
    old = client.ask(PARKING_QUESTION)
    receipt = client.delete(f"/documents/{sent['parking.md']}")
    assert receipt["counts"]["index_entries"] == receipt["counts"]["chunks"] == receipt["counts"]["vectors"] > 0
    assert receipt["counts"]["blobs"] == 1
    assert "parking.md" not in [
        hit["filename"] for hit in client.post("/search", {"query": PARKING_QUESTION, "top_k": 200})["results"]
    ]
    again = client.get(f"/messages/{old['id']}")
    assert {s["status"] for sentence in again["sentences"] for s in sentence["sources"]} == {"withdrawn"}
    later = client.ask(PARKING_QUESTION)
    assert "parking.md" not in [s["filename"] for sentence in later["sentences"] for s in sentence["sources"]]

    # All of it is still there after a restart.
    server.restart()
    client = server.client
    assert {document["id"] for document in client.all("/documents")} == set(sent.values()) - {sent["parking.md"]}
    assert client.get(f"/messages/{early['id']}") == early
    assert "twenty-eight" in client.ask("How many days of paid leave does every employee have?")["text"]


def test_a_question_asked_while_a_long_file_is_read_is_answered_from_what_is_there(
    start_server: MakeServer, profile: str
) -> None:
    server = start_server(profile)
    client = server.client
    client.add("kestrel.pdf", pump_pdf())
    slow = client.upload("register.md", long_markdown(200))["document"]["id"]
    wait_for(lambda: client.document(slow)["status"] == "processing", "the long file to be in work")
    answer = client.ask("What is the operating pressure of the Kestrel pump?")
    assert "6.4" in answer["text"]
    assert client.document(slow)["status"] == "processing", "the answer did not wait for the file"
    assert any("still being read" in note for note in answer["notes"])
    steps = client.document(slow)["job"]["steps"]
    assert [step["name"] for step in steps if step["status"] == "running"]
    assert client.settled(slow)["status"] == "ready"
