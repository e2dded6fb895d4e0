"""Sending files: streamed, recognised by content, versioned by name; a refused upload leaves nothing behind."""

import hashlib
import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from tests.api.conftest import MAX_UPLOAD_BYTES
from tests.support.client import Client, Json
from tests.support.server import Server
from tests.support.waiting import wait_for

BOUNDARY = "limit-of-a-part"
NOTE = b"A note about the blue door.\n"


def _part(name: str, value: bytes, *, filename: str | None = None) -> bytes:
    also = f'; filename="{filename}"' if filename is not None else ""
    return f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{also}\r\n\r\n'.encode() + value + b"\r\n"


def _send(client: Client, *parts: bytes, closed: bool = True) -> Json:
    body = b"".join(parts) + (f"--{BOUNDARY}--\r\n".encode() if closed else b"")
    response = client.call(
        "POST", "/documents", content=body, headers={"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
    )
    return {"status": response.status_code, **response.json()}


def _staged(server: Server) -> list[str]:
    return [path.name for path in (server.data_dir / "blobs" / "staging").glob("*")]


@pytest.mark.parametrize("file_first", [True, False], ids=["file first", "fields first"])
def test_fields_may_stand_before_or_after_the_file(client: Client, collection: Json, file_first: bool) -> None:
    parts = [
        _part("file", NOTE + str(file_first).encode(), filename="note.txt"),
        _part("collection_id", collection["id"].encode()),
        _part("title", b"The blue door"),
    ]
    sent = _send(client, *(parts if file_first else [*parts[1:], parts[0]]))
    assert sent["status"] == 201
    assert sent["outcome"] == "created"
    assert sent["document"]["title"] == "The blue door"
    assert sent["document"]["collection_id"] == collection["id"]


def test_a_file_that_comes_byte_by_byte_is_stored_whole(client: Client, collection: Json) -> None:
    def trickle() -> Iterator[bytes]:
        body = _part("collection_id", collection["id"].encode()) + _part("file", NOTE * 20, filename="slow.txt")
        body += f"--{BOUNDARY}--\r\n".encode()
        for position in range(len(body)):
            yield body[position : position + 1]

    response = client.call(
        "POST", "/documents", content=trickle(), headers={"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
    )
    assert response.status_code == 201, response.text
    document = response.json()["document"]
    assert client.call("GET", f"/documents/{document['id']}/file").content == NOTE * 20


def test_a_file_that_holds_the_boundarys_look_alike_is_stored_unchanged(client: Client, collection: Json) -> None:
    content = f"--{BOUNDARY[:-1]}\r\n\r\n-{BOUNDARY}--\r\n".encode() * 3
    sent = _send(client, _part("collection_id", collection["id"].encode()), _part("file", content, filename="odd.txt"))
    assert sent["status"] == 201
    assert client.call("GET", f"/documents/{sent['document']['id']}/file").content == content


@pytest.mark.parametrize(
    ("parts", "closed", "code"),
    [
        ([_part("title", b"no file at all")], True, "bad_upload"),
        ([_part("file", b"one", filename="a.txt"), _part("file", b"two", filename="b.txt")], True, "bad_upload"),
        ([_part("upload", b"one", filename="a.txt")], True, "bad_upload"),
        ([_part("file", b"no end", filename="a.txt")], False, "upload_cut_off"),
        ([_part("file", b"x", filename="a.txt"), _part("title", b"y" * 20_000)], True, "bad_upload"),
        ([_part(f"field{n}", b"x") for n in range(20)], True, "bad_upload"),
        ([_part("file", b"", filename="empty.txt")], True, "empty_document"),
        ([_part("file", NOTE, filename="..")], True, "bad_filename"),
        ([_part("file", NOTE, filename="")], True, "bad_filename"),
        ([_part("file", NOTE, filename="n" * 500 + ".txt")], True, "bad_filename"),
        ([_part("file", NOTE, filename="a.txt"), _part("title", b"t" * 401)], True, "bad_upload"),
    ],
    ids=["no file", "two files", "other name", "cut off", "long field", "many fields", "empty", "dots", "no name",
         "long name", "long title"],
)  # fmt: skip
def test_a_form_that_is_not_one_file_is_refused_and_leaves_nothing(
    server: Server, client: Client, parts: list[bytes], closed: bool, code: str
) -> None:
    before = len(client.all("/documents"))
    sent = _send(client, *parts, closed=closed)
    assert (sent["status"], sent["code"]) == (422, code)
    assert len(client.all("/documents")) == before
    assert _staged(server) == []


def test_a_body_that_is_no_form_is_refused(client: Client) -> None:
    response = client.call("POST", "/documents", content=b"plain", headers={"Content-Type": "text/plain"})
    assert (response.status_code, response.json()["code"]) == (422, "bad_upload")


def test_a_file_of_unknown_kind_is_refused_with_415(server: Server, client: Client) -> None:
    sent = _send(client, _part("file", bytes(range(256)) * 20, filename="program.bin"))
    assert (sent["status"], sent["code"]) == (415, "unsupported_format")
    assert _staged(server) == []


@pytest.mark.parametrize("declared", [True, False], ids=["length declared", "length unknown"])
def test_a_file_beyond_the_limit_is_refused_with_413(server: Server, client: Client, declared: bool) -> None:
    body = _part("file", b"x" * (MAX_UPLOAD_BYTES + 200_000), filename="big.txt") + f"--{BOUNDARY}--\r\n".encode()

    def pieces() -> Iterator[bytes]:
        for start in range(0, len(body), 65_536):
            yield body[start : start + 65_536]

    response = client.call(
        "POST", "/documents", content=body if declared else pieces(),
        headers={"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"},
    )  # fmt: skip
    assert (response.status_code, response.json()["code"]) == (413, "file_too_large")
    assert _staged(server) == []


def test_a_sender_who_hangs_up_leaves_nothing_and_is_no_error_of_ours(server: Server, client: Client) -> None:
    address = urlsplit(server.url)
    before = len(client.all("/documents"))
    head = (
        f"POST /api/v1/documents HTTP/1.1\r\nHost: {address.netloc}\r\nAuthorization: Bearer {server.key}\r\n"
        f"Content-Type: multipart/form-data; boundary={BOUNDARY}\r\nContent-Length: 500000\r\n\r\n"
    )
    with socket.create_connection((str(address.hostname), int(address.port or 0)), timeout=30) as line:
        line.sendall(head.encode() + _part("file", b"x" * 100_000, filename="half.txt"))
        wait_for(lambda: _staged(server), "the upload to begin")
    wait_for(lambda: not _staged(server), "the half-received file to go")
    assert len(client.all("/documents")) == before
    assert server.logged("request.unexpected_error") == []


@pytest.mark.parametrize(
    ("sent_name", "kept_name"),
    [
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\\\reports\\\\summer.txt", "summer.txt"),
        ("nul\x00byte\x1b.txt", "nulbyte.txt"),
        ("Übersicht März.txt", "Übersicht März.txt"),
        ("تقرير.txt", "تقرير.txt"),
    ],
)
def test_only_the_last_printable_part_of_a_file_name_is_kept(
    server: Server, client: Client, collection: Json, sent_name: str, kept_name: str
) -> None:
    content = NOTE + kept_name.encode()
    sent = _send(client, _part("collection_id", collection["id"].encode()), _part("file", content, filename=sent_name))
    assert sent["status"] == 201, sent
    assert sent["document"]["filename"] == kept_name
    download = client.call("GET", f"/documents/{sent['document']['id']}/file")
    assert download.headers["content-disposition"].startswith("attachment;")
    assert download.content == content
    inside = {path.name for path in server.data_dir.rglob("*")}
    assert kept_name not in inside, "a sender's name is never a path"


def test_content_that_the_collection_holds_changes_nothing(client: Client, collection: Json) -> None:
    first = client.upload("door.txt", NOTE, collection_id=collection["id"])
    again = client.call(
        "POST", "/documents", files={"file": ("other name.txt", NOTE)}, data={"collection_id": collection["id"]}
    )
    assert again.status_code == 200
    assert again.json()["outcome"] == "unchanged"
    assert again.json()["document"]["id"] == first["document"]["id"]
    assert len(client.all("/documents", collection_id=collection["id"])) == 1


def test_an_update_is_an_update_even_to_content_that_another_document_has(client: Client, collection: Json) -> None:
    first = client.add("a.txt", NOTE, collection_id=collection["id"])
    second = client.add("b.txt", NOTE + b" And it is green.", collection_id=collection["id"])
    sent = client.upload("b.txt", NOTE, collection_id=collection["id"])
    assert (sent["outcome"], sent["document"]["id"]) == ("new_version", second["id"])
    client.settled(second["id"])
    assert client.get(f"/documents/{second['id']}/text")["text"] == client.get(f"/documents/{first['id']}/text")["text"]
    for name, document in (("a.txt", first), ("b.txt", second)):
        again = client.upload(name, NOTE, collection_id=collection["id"])
        assert (again["outcome"], again["document"]["id"]) == ("unchanged", document["id"])


def test_a_refused_upload_leaves_no_file_behind(server: Server, client: Client) -> None:
    content = b"Nobody will ever see this sentence, for its shelf does not exist."
    sent = client.call(
        "POST", "/documents", files={"file": ("lost.txt", content)}, data={"collection_id": "col_nowhere"}
    )
    assert sent.status_code == 404
    assert list(server.data_dir.rglob(hashlib.sha256(content).hexdigest())) == []


def test_the_same_content_may_stand_in_two_collections_and_is_stored_once(
    server: Server, client: Client, collection: Json
) -> None:
    content = NOTE + collection["id"].encode()
    other = client.post("/collections", {"name": f"{collection['name']} too"})
    first = client.upload("door.txt", content, collection_id=collection["id"])["document"]
    second = client.upload("door.txt", content, collection_id=other["id"])["document"]
    assert first["id"] != second["id"]
    sha256 = client.get(f"/documents/{first['id']}/versions")["items"][0]["sha256"]
    assert len(list(server.data_dir.rglob(sha256))) == 1
    client.settled(first["id"])
    client.settled(second["id"])
    assert client.delete(f"/documents/{first['id']}")["counts"]["blobs"] == 0
    assert client.call("GET", f"/documents/{second['id']}/file").content == content
    assert client.delete(f"/documents/{second['id']}")["counts"]["blobs"] == 1
    assert list(server.data_dir.rglob(sha256)) == []


def test_the_same_name_with_new_content_makes_a_version_and_the_old_one_stays_readable(
    client: Client, collection: Json
) -> None:
    first = client.add("rules.md", b"# Rules\n\nThe gate is painted green.\n", collection_id=collection["id"])
    sent = client.upload("rules.md", b"# Rules\n\nThe gate is painted orange.\n", collection_id=collection["id"])
    assert sent["outcome"] == "new_version"
    assert sent["document"]["id"] == first["id"]
    assert sent["document"]["searchable"], "the old version answers while the new one is read"
    second = client.settled(first["id"])
    versions = client.get(f"/documents/{first['id']}/versions")["items"]
    assert [(version["number"], version["is_current"]) for version in versions] == [(2, True), (1, False)]
    assert second["version_count"] == 2
    old = client.get(f"/documents/{first['id']}/text", version=first["current_version_id"])
    assert "green" in old["text"]
    assert "orange" in client.get(f"/documents/{first['id']}/text")["text"]
    texts = [
        hit["text"]
        for hit in client.post("/search", {"query": "gate painted", "collection_id": collection["id"]})["results"]
    ]
    assert any("orange" in text for text in texts)
    assert not any("green" in text for text in texts)


def test_an_unreadable_file_fails_with_one_reason_and_can_be_sent_again(client: Client, collection: Json) -> None:
    content = b"%PDF-1.7\nthis is not really one"
    document = client.settled(client.upload("broken.pdf", content, collection_id=collection["id"])["document"]["id"])
    assert document["status"] == "failed"
    assert document["error"]["code"]
    assert document["error"]["message"]
    assert document["job"]["attempt"] == 1, "what cannot succeed is not tried again"
    assert not document["searchable"]
    again = client.upload("broken.pdf", content, collection_id=collection["id"])
    assert again["outcome"] == "unchanged"
    assert client.settled(document["id"])["status"] == "failed"
