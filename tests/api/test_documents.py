"""The library: lists and filters, changes, moves, versions, downloads, and deletion that leaves nothing."""

import hashlib
import uuid

import pytest
from tests.api.test_errors import assert_problem
from tests.support.client import Client, Json
from tests.support.rows import mentions, query, table_counts
from tests.support.samples import pump_pdf
from tests.support.server import Server


def test_a_document_says_all_that_the_contract_names(library: dict[str, Json]) -> None:
    document = library["pdf"]
    assert set(document) >= {
        "id", "collection_id", "filename", "title", "media_type", "size_bytes", "status", "searchable", "has_pages",
        "page_count", "language", "current_version_id", "version_count", "metadata", "created_at", "updated_at",
        "error", "warnings", "job",
    }  # fmt: skip
    assert (document["status"], document["searchable"], document["has_pages"], document["page_count"]) == (
        "ready",
        True,
        True,
        2,
    )
    assert document["media_type"] == "application/pdf"
    assert document["language"] == "en"
    assert document["size_bytes"] == len(pump_pdf())
    assert document["created_at"].endswith("Z")
    job = document["job"]
    assert [step["name"] for step in job["steps"]] == ["parse", "structure", "chunk", "embed", "index"]
    for step in job["steps"]:
        assert step["status"] == "done"
        assert step["done"] == step["total"] > 0, "counts are true at the end"
        assert step["started_at"] <= step["finished_at"]
    assert job["status"] == "succeeded"
    assert job["steps"][0]["total"] == 2
    assert job["progress"] == {"done": 5, "total": 5, "unit": "steps"}


def test_documents_can_be_filtered_by_collection_status_and_words_of_their_name(
    client: Client, collection: Json, library: dict[str, Json]
) -> None:
    mine = client.add(
        "Annual_100% report.txt", b"An annual report of a hundred per cent.", collection_id=collection["id"]
    )
    inside = {"collection_id": collection["id"]}
    assert [d["id"] for d in client.all("/documents", **inside)] == [mine["id"]]
    assert [d["id"] for d in client.all("/documents", q="ANNUAL_100%", **inside)] == [mine["id"]]
    assert client.all("/documents", q="annualX100", **inside) == [], "percent sign and underscore are plain characters"
    assert client.all("/documents", status="failed", **inside) == []
    assert [d["id"] for d in client.all("/documents", status="ready", **inside)] == [mine["id"]]
    assert client.all("/documents", collection_id="col_of_nobody") == []
    client.patch(f"/documents/{mine['id']}", {"title": "Der große Bericht"})
    assert [d["id"] for d in client.all("/documents", q="große", **inside)] == [mine["id"]]


def test_title_and_metadata_can_be_changed_and_the_rest_stays(client: Client, collection: Json) -> None:
    document = client.add("plain.txt", b"The plain text of a plain document.", collection_id=collection["id"])
    metadata = {"owner": "Zoë", "tags": ["a", 1, None, {"deep": True}], "price": 1.5}
    changed = client.patch(f"/documents/{document['id']}", {"title": "  A better title ", "metadata": metadata})
    assert (changed["title"], changed["metadata"]) == ("A better title", metadata)
    kept = client.patch(f"/documents/{document['id']}", {"title": "Another"})
    assert kept["metadata"] == metadata
    back = client.patch(f"/documents/{document['id']}", {"title": ""})
    assert back["title"] == "plain.txt", "without a given title it is called by its file's name"
    assert back["filename"] == document["filename"]


def test_a_new_title_is_found_at_once(client: Client, collection: Json) -> None:
    document = client.add("nameless.txt", b"Nothing of its title stands in this text.", collection_id=collection["id"])
    client.patch(f"/documents/{document['id']}", {"title": "Quarterly xylophone overview"})
    found = client.post("/search", {"query": "xylophone", "collection_id": collection["id"], "mode": "keyword"})[
        "results"
    ]
    assert [hit["document_id"] for hit in found] == [document["id"]]
    assert found[0]["title"] == "Quarterly xylophone overview"


def test_a_new_title_moves_the_vectors_and_the_chunks_keep_their_text(client: Client, collection: Json) -> None:
    sections = "\n\n".join(f"## Part {n}\n\nIt is opened at {n} and closed an hour later. " * 3 for n in range(1, 9))
    document = client.add("IMG_0042.md", sections.encode(), collection_id=collection["id"])

    def by_meaning() -> list[Json]:
        query = {"query": "harbour swimming pool", "mode": "dense", "top_k": 50, "explain": True}
        return list(client.post("/search", {**query, "filters": {"document_ids": [document["id"]]}})["results"])

    before = by_meaning()
    client.patch(f"/documents/{document['id']}", {"title": "The swimming pool at the harbour"})
    jobs = [job for job in client.all("/jobs") if job["document_id"] == document["id"]]
    (job,) = [job for job in jobs if job["kind"] == "retitle"]
    assert client.job_settled(job["id"])["status"] == "succeeded"
    after = by_meaning()
    scores = [[hit["explain"]["dense"]["raw"] for hit in hits] for hits in (before, after)]
    assert sum(scores[1]) > sum(scores[0]) + 0.1 * len(scores[0])
    text = client.get(f"/documents/{document['id']}/text")["text"]
    assert all(text[slice(*hit["span"])] == hit["text"] for hit in after)
    assert {hit["text"] for hit in after} == {hit["text"] for hit in before}
    document = client.document(document["id"])
    assert (document["status"], document["job"]["kind"]) == ("ready", "ingest")


def test_a_moved_document_is_found_in_its_new_collection_only(client: Client, collection: Json) -> None:
    target = client.post("/collections", {"name": f"Target {uuid.uuid4().hex}"})
    document = client.add("moving.txt", b"The marmot moves house in autumn.", collection_id=collection["id"])
    moved = client.patch(f"/documents/{document['id']}", {"collection_id": target["id"]})
    assert moved["collection_id"] == target["id"]
    for place, expected in ((collection["id"], []), (target["id"], [document["id"]])):
        found = client.post("/search", {"query": "marmot", "collection_id": place})["results"]
        assert [hit["document_id"] for hit in found] == expected
    namesake = client.add("moving.txt", b"Another text of the same name.", collection_id=collection["id"])
    assert_problem(
        client.call("PATCH", f"/documents/{namesake['id']}", json={"collection_id": target["id"]}),
        409,
        "document_exists",
    )
    assert_problem(
        client.call("PATCH", f"/documents/{namesake['id']}", json={"collection_id": "col_x"}),
        404,
        "collection_not_found",
    )


def test_a_download_is_the_very_file_and_never_runs_in_the_browser(client: Client, library: dict[str, Json]) -> None:
    document = library["pdf"]
    response = client.call("GET", f"/documents/{document['id']}/file")
    assert response.content == pump_pdf()
    assert response.headers["content-disposition"] == "attachment; filename*=UTF-8''kestrel.pdf"
    assert response.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in response.headers["content-security-policy"]
    (version,) = client.get(f"/documents/{document['id']}/versions")["items"]
    assert version["sha256"] == hashlib.sha256(response.content).hexdigest()
    assert (
        client.call("GET", f"/documents/{document['id']}/file", params={"version": version["id"]}).content
        == response.content
    )


@pytest.mark.parametrize("view", ["file", "text", "rendition", "pages/1", "pages/1/image"])
def test_a_version_of_another_document_is_not_found(client: Client, library: dict[str, Json], view: str) -> None:
    foreign = library["markdown"]["current_version_id"]
    response = client.call("GET", f"/documents/{library['pdf']['id']}/{view}", params={"version": foreign})
    assert_problem(response, 404, "version_not_found")


def test_deleting_a_document_leaves_nothing_and_the_receipt_counts_it(
    server: Server, client: Client, collection: Json
) -> None:
    """The receipt's figures are compared with the rows that the database itself held before."""
    marker = f"zephyrine{uuid.uuid4().hex[:8]}"
    document = client.upload(
        "secret.md", f"# {marker}\n\nThe {marker} stands in the attic.\n".encode(), collection_id=collection["id"]
    )["document"]
    document_id = document["id"]
    client.settled(document_id)
    client.upload(
        "secret.md",
        f"# {marker}\n\nThe {marker} stands in the cellar of the house.\n".encode(),
        collection_id=collection["id"],
    )
    client.settled(document_id)
    answer = client.ask(f"Where does the {marker} stand?", collection_id=collection["id"])
    assert "cellar" in answer["text"]
    run_id = answer["run_id"]
    versions = [
        row["id"] for row in query(server, "SELECT id FROM document_versions WHERE document_id = :d", d=document_id)
    ]
    hashes = [
        row["sha256"]
        for row in query(server, "SELECT sha256 FROM document_versions WHERE document_id = :d", d=document_id)
    ]

    def held(table: str, column: str = "version_id") -> int:
        return sum(row[column] in (*versions, document_id) for row in query(server, f"SELECT {column} FROM {table}"))

    expected = {
        "versions": 2, "pages": held("pages"), "blocks": held("blocks"), "chunks": held("chunks"), "vectors": held("chunks"),
        "index_entries": held("chunks"), "blobs": 2, "jobs": held("jobs", "document_id"), "sources": held("sources"),
        "cached_answers": 1,
    }  # fmt: skip
    assert expected["sources"] >= 1
    receipt = client.delete(f"/documents/{document_id}")
    assert receipt["document_id"] == document_id
    size = receipt["counts"].pop("blob_bytes")
    assert size > 0
    assert receipt["counts"] == expected

    # What remains: the person's own question and answer with its log, the feed's numbered lines, and the receipt.
    assert set(mentions(server, marker)) <= {"messages", "conversations", "run_events"}
    assert set(mentions(server, document_id)) <= {"events", "deletion_receipts"}
    for version_id in versions:
        assert set(mentions(server, version_id)) <= {"events"}
    for sha256 in hashes:
        assert list(server.data_dir.rglob(sha256)) == []
    for path in ("", "/file", "/text", "/versions", "/rendition"):
        assert_problem(client.call("GET", f"/documents/{document_id}{path}"), 404, "document_not_found")
    assert client.post("/search", {"query": marker, "collection_id": collection["id"]})["results"] == []
    assert document_id not in [
        (event.get("job") or {}).get("id") for event in client.get("/events/poll", limit=500)["events"]
    ]

    withdrawn = client.get(f"/messages/{answer['id']}")
    sources = [source for sentence in withdrawn["sentences"] for source in sentence["sources"]]
    assert sources
    for source in sources:
        assert source["status"] == "withdrawn"
        assert (source["quote"], source["document_id"], source["boxes"], source["filename"]) == (None, None, [], None)
    replayed = [event.data["data"] for event in client.run_events(run_id) if event.data["type"] == "data-sentence"]
    assert [s["status"] for part in replayed for s in part["sources"]] == ["withdrawn"] * len(sources)
    later = client.ask(f"Where does the {marker} stand?", collection_id=collection["id"])
    assert later["abstained"]
    assert_problem(client.call("DELETE", f"/documents/{document_id}"), 404, "document_not_found")


def test_adding_and_deleting_leaves_every_table_as_long_as_it_was(
    server: Server, client: Client, collection: Json
) -> None:
    grows_by_design = {"events", "deletion_receipts", "sequences"}
    before = table_counts(server)
    document = client.add("round trip.pdf", pump_pdf(pressure="7.7"), collection_id=collection["id"])
    during = table_counts(server)
    assert during["chunks"] > before["chunks"]
    client.delete(f"/documents/{document['id']}")
    after = table_counts(server)
    assert {name: after[name] for name in after if name not in grows_by_design} == {
        name: before[name] for name in before if name not in grows_by_design
    }


def test_a_deleted_document_is_announced_on_the_feed(client: Client, collection: Json) -> None:
    document = client.add("announced.txt", b"A text that is soon gone.", collection_id=collection["id"])
    after = client.get("/events/poll", after=0, limit=1)["last_seq"]
    while found := client.get("/events/poll", after=after, limit=500)["events"]:
        after = found[-1]["seq"]
    client.delete(f"/documents/{document['id']}")
    events = client.get("/events/poll", after=after)["events"]
    assert [(event["type"], event["document_id"]) for event in events] == [("document.deleted", document["id"])]


def test_the_default_collection_takes_what_has_no_other_and_cannot_be_deleted(client: Client) -> None:
    (default,) = [collection for collection in client.all("/collections") if collection["is_default"]]
    assert default["name"] == "Library"
    document = client.upload("anywhere.txt", uuid.uuid4().bytes.hex().encode() + b" is the text of this file")[
        "document"
    ]
    assert document["collection_id"] == default["id"]
    assert_problem(client.call("DELETE", f"/collections/{default['id']}"), 409, "default_collection")
    client.settled(document["id"])


def test_collections_have_unique_names_and_can_be_changed(client: Client, collection: Json) -> None:
    assert_problem(client.call("POST", "/collections", json={"name": collection["name"]}), 409, "collection_exists")
    other = client.post("/collections", {"name": f"Other {uuid.uuid4().hex}", "description": "d", "preset": "kb"})
    assert (other["preset"], other["document_count"], other["description"]) == ("kb", 0, "d")
    assert_problem(
        client.call("PATCH", f"/collections/{other['id']}", json={"name": collection["name"]}), 409, "collection_exists"
    )
    changed = client.patch(f"/collections/{other['id']}", {"preset": "pdf"})
    assert (changed["name"], changed["preset"]) == (other["name"], "pdf")


def test_a_collection_is_deleted_when_empty_or_with_everything_in_it_on_request(
    client: Client, collection: Json
) -> None:
    document = client.add("inside.txt", b"A text inside of a collection.", collection_id=collection["id"])
    conversation_id = client.conversation(collection_id=collection["id"])
    assert client.get(f"/collections/{collection['id']}")["document_count"] == 1
    assert_problem(client.call("DELETE", f"/collections/{collection['id']}"), 409, "collection_not_empty")
    receipt = client.delete(f"/collections/{collection['id']}", documents="delete")
    assert [r["document_id"] for r in receipt["documents"]] == [document["id"]]
    assert receipt["documents"][0]["counts"]["chunks"] >= 1
    assert_problem(client.call("GET", f"/collections/{collection['id']}"), 404, "collection_not_found")
    assert_problem(client.call("GET", f"/documents/{document['id']}"), 404, "document_not_found")
    assert client.get(f"/conversations/{conversation_id}")["id"] == conversation_id, "a conversation outlives it"


def test_a_rebuilt_index_answers_as_before_without_embedding_again(
    server: Server, client: Client, library: dict[str, Json]
) -> None:
    body = {"query": "operating pressure of the pump", "filters": {"document_ids": [library["pdf"]["id"]]}}
    before = client.post("/search", body)["results"]
    vectors = query(server, "SELECT chunk_id, embedder FROM chunk_vectors ORDER BY chunk_id")
    version = client.get("/index")["index_version"]
    job = client.post("/index/rebuild")
    assert client.job_settled(job["id"])["status"] == "succeeded"
    state = client.get("/index")
    assert state["index_version"] != version
    assert (state["status"], state["pending"]) == ("ready", 0)
    after = client.post("/search", body)["results"]
    assert [(hit["chunk_id"], round(hit["score"], 5)) for hit in after] == [
        (hit["chunk_id"], round(hit["score"], 5)) for hit in before
    ]
    assert query(server, "SELECT chunk_id, embedder FROM chunk_vectors ORDER BY chunk_id") == vectors
    assert len(query(server, "SELECT id FROM index_versions")) == 1
