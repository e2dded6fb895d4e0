"""Another embedder by settings: vectors never mix, nothing vanishes, and a rebuild brings back the search by meaning."""

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.conftest import MakeServer
from tests.support.client import Json
from tests.support.rows import query, scalar
from tests.support.samples import ARCHIVE_TEXT, PARKING_MARKDOWN, long_markdown
from tests.support.server import Server, running
from tests.support.waiting import wait_for

OLD, NEW = "all-minilm-l6-v2/int8-1/384", "all-minilm-l6-v2/fp32-1/384"
QUESTIONS = {
    "parking.md": "When does the barrier close?",
    "archive.txt": "How long are paper files kept in the archive room?",
    "kettle.txt": "Who descales the kettle?",
}


@pytest.fixture
def server(profile: str, tmp_path: Path, database_url_of: Callable[[str], str | None]) -> Server:
    return Server(tmp_path / "data", database_url_of(profile), {"JOB_LEASE_SECONDS": "3"})


def use_the_other_embedder(server: Server) -> None:
    server.settings = {**server.settings, "EMBEDDER": "minilm-fp32"}


def found(server: Server, question: str, **fields: object) -> list[Json]:
    answer = server.client.post("/search", {"query": question, "explain": True, **fields})
    return list(answer["results"])


def vectors_of(server: Server, embedder: str) -> dict[str, bytes]:
    rows = query(server, "SELECT chunk_id, vector FROM chunk_vectors WHERE embedder = :e", e=embedder)
    return {row["chunk_id"]: bytes(row["vector"]) for row in rows}


def assert_searched_by_words_only(server: Server) -> None:
    state = server.client.get("/index")
    assert (state["status"], state["embedder"]) == ("rebuild_needed", OLD)
    health = server.client.get("/health")
    assert health["components"]["index"] == {"status": "degraded", "figures": {"behind": 0, "rebuild_needed": 1}}
    refused = server.client.call("POST", "/search", json={"query": "barrier", "mode": "dense"})
    assert (refused.status_code, refused.json()["code"]) == (409, "index_rebuild_needed")


def test_no_search_mixes_embedders_and_a_rebuild_finds_everything_again(server: Server) -> None:
    with running(server) as first:
        first.client.add("parking.md", PARKING_MARKDOWN)
        first.client.add("archive.txt", ARCHIVE_TEXT)
        before = vectors_of(first, OLD)
    use_the_other_embedder(server)
    with running(server):
        client = server.client
        wait_for(lambda: server.logged("index.rebuild_needed"), "the log to say so")
        assert_searched_by_words_only(server)
        third = client.add("kettle.txt", b"The night porter descales the kettle on the first Monday of each month.")
        assert_searched_by_words_only(server)
        for filename, question in QUESTIONS.items():
            results = found(server, question)
            assert results[0]["filename"] == filename
            assert {(hit["explain"]["dense"]["raw"], hit["explain"]["dense"]["weight"]) for hit in results} == {
                (None, 0)
            }
        assert client.ask(QUESTIONS["kettle.txt"])["sentences"][0]["sources"][0]["document_id"] == third["id"]

        rebuilt = client.job_settled(client.post("/index/rebuild")["id"])
        assert rebuilt["status"] == "succeeded", rebuilt["error"]

        chunks = scalar(server, "SELECT count(*) FROM chunks")
        state = client.get("/index")
        assert (state["status"], state["embedder"], state["chunks"], state["documents"]) == ("ready", NEW, chunks, 3)
        assert client.get("/health")["components"]["index"]["status"] == "ok"
        embed = next(step for step in rebuilt["steps"] if step["name"] == "embed")
        assert (embed["done"], embed["total"], embed["unit"]) == (chunks, chunks, "chunks")
        assert vectors_of(server, OLD) == before
        assert len(vectors_of(server, NEW)) == chunks
        for filename, question in QUESTIONS.items():
            for mode in ("hybrid", "dense", "keyword"):
                assert found(server, question, mode=mode)[0]["filename"] == filename
            assert found(server, question)[0]["explain"]["dense"]["raw"] > 0.3


def test_going_back_to_the_first_embedder_needs_a_rebuild_only_for_what_it_never_saw(make_server: MakeServer) -> None:
    server = make_server()
    first_settings = server.settings
    with running(server) as first:
        first.client.add("parking.md", PARKING_MARKDOWN)
    use_the_other_embedder(server)
    with running(server) as second:
        second.client.add("archive.txt", ARCHIVE_TEXT)
    server.settings = first_settings
    with running(server) as third:
        client = third.client
        assert_searched_by_words_only(third)
        assert found(third, QUESTIONS["archive.txt"])[0]["filename"] == "archive.txt"
        before = vectors_of(third, OLD)
        assert client.job_settled(client.post("/index/rebuild")["id"])["status"] == "succeeded"
        assert client.get("/index")["status"] == "ready"
        after = vectors_of(third, OLD)
        assert before.items() < after.items()
        assert len(after) == scalar(third, "SELECT count(*) FROM chunks")


def test_a_rebuild_that_is_killed_goes_on_where_it_was_and_search_never_stops(server: Server) -> None:
    with running(server) as first:
        first.client.add("register.md", long_markdown(120))
        first.client.add("archive.txt", ARCHIVE_TEXT)
    use_the_other_embedder(server)
    with running(server):
        job_id = server.client.post("/index/rebuild")["id"]
        chunks = scalar(server, "SELECT count(*) FROM chunks")
        wait_for(lambda: vectors_of(server, NEW), "a first batch of vectors")
        assert found(server, QUESTIONS["archive.txt"])[0]["filename"] == "archive.txt"
        server.kill()
        kept = vectors_of(server, NEW)
        assert 0 < len(kept) < chunks, "killed between the first batch and the last"
        server.start()
        client = server.client
        client.add("kettle.txt", b"The night porter descales the kettle on the first Monday of each month.")
        ended = client.job_settled(job_id)
        assert ended["status"] == "succeeded", ended["error"]
        chunks += 1
        state = client.get("/index")
        assert (state["status"], state["embedder"], state["chunks"], state["pending"]) == ("ready", NEW, chunks, 0)
        after = vectors_of(server, NEW)
        assert kept.items() < after.items()
        assert len(after) == chunks
        assert found(server, QUESTIONS["kettle.txt"])[0]["explain"]["dense"]["raw"] > 0.3
        assert query(server, "SELECT status FROM index_versions") == [{"status": "serving"}]
        assert len(list(server.data_dir.glob("indexes/*/*.sqlite"))) == 1
