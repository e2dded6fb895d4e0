"""The rule of every list: its pages neither skip nor repeat, and end with a null cursor."""

import uuid

import pytest
from tests.support.client import Client, Json


@pytest.fixture(scope="module")
def filled(server: object) -> Json:
    """Five of everything that is listed, in a collection and a conversation of their own."""
    client: Client = server.client  # type: ignore[attr-defined]
    collection = client.post("/collections", {"name": f"Five {uuid.uuid4().hex}"})
    for number in range(5):
        client.upload(
            f"page {number}.txt", f"List item {number} of {collection['id']}".encode(), collection_id=collection["id"]
        )
        client.post("/collections", {"name": f"Five {number} {uuid.uuid4().hex}"})
        client.conversation(title=f"Five {number}")
    for document in client.all("/documents", collection_id=collection["id"]):
        client.settled(document["id"])
    conversation_id = client.conversation()
    for number in range(3):
        client.ask(f"What is item {number}?", conversation_id=conversation_id)
    return {"collection_id": collection["id"], "conversation_id": conversation_id}


@pytest.mark.parametrize("limit", [1, 2, 200])
@pytest.mark.parametrize(
    "path", ["/collections", "/documents", "/documents?in", "/jobs", "/conversations", "/conversations/{}/messages"]
)
def test_pages_neither_skip_nor_repeat(client: Client, filled: Json, path: str, limit: int) -> None:
    params = {"collection_id": filled["collection_id"]} if path.endswith("?in") else {}
    address = path.removesuffix("?in").format(filled["conversation_id"])
    whole = [item["id"] for item in client.get(address, limit=200, **params)["items"]]
    seen: list[str] = []
    cursor = None
    while True:
        page = client.get(address, limit=limit, **params, **({"cursor": cursor} if cursor else {}))
        assert len(page["items"]) <= limit
        seen += [item["id"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
        assert len(page["items"]) == limit, "a page before the last is full"
    assert seen == whole
    assert len(set(seen)) == len(seen) >= 5


def test_lists_have_the_stated_order(client: Client, filled: Json) -> None:
    documents = client.all("/documents", collection_id=filled["collection_id"])
    assert [document["filename"] for document in documents] == [f"page {number}.txt" for number in (4, 3, 2, 1, 0)]
    messages = client.all(f"/conversations/{filled['conversation_id']}/messages")
    assert [message["role"] for message in messages] == ["user", "assistant"] * 3
    assert [m["text"] for m in messages[::2]] == [f"What is item {number}?" for number in range(3)]
    assert client.all("/conversations")[0]["id"] == filled["conversation_id"]
    created = [job["created_at"] for job in client.all("/jobs")]
    assert created == sorted(created, reverse=True)


def test_what_is_added_while_someone_pages_disturbs_nothing(client: Client, filled: Json) -> None:
    first = client.get("/documents", collection_id=filled["collection_id"], limit=3)
    late = client.upload("late.txt", b"A late document.", collection_id=filled["collection_id"])["document"]
    rest = client.get("/documents", collection_id=filled["collection_id"], limit=3, cursor=first["next_cursor"])
    names = [document["filename"] for document in first["items"] + rest["items"]]
    assert names == [f"page {number}.txt" for number in (4, 3, 2, 1, 0)]
    client.settled(late["id"])
    client.delete(f"/documents/{late['id']}")
