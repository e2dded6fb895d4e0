"""Nothing lost: processes are killed, frozen and cut off from their database, and every document ends up right, once."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import make_url
from tests.conftest import MakeServer
from tests.support.client import Json
from tests.support.postgres import Cluster
from tests.support.rows import query, scalar
from tests.support.samples import flowing_pdf, long_markdown, long_pdf, scanned_letter
from tests.support.server import Server, running
from tests.support.waiting import wait_for

STEPS = ("parse", "structure", "chunk", "embed", "index")
_SLICE_SECONDS = 0.002
_LAST_WORD_SECONDS = 0.05
_ATTEMPTS = 10
QUICK_LEASE = {"JOB_LEASE_SECONDS": "3"}


def job_of(server: Server, document_id: str) -> Json:
    """Return the document's job as the database has it, so that looking costs the server nothing."""
    (job,) = query(server, "SELECT * FROM jobs WHERE document_id = :id", id=document_id)
    rows = query(server, "SELECT * FROM job_steps WHERE job_id = :id ORDER BY position", id=job["id"])
    return job | {"steps": {row["name"]: row for row in rows}}


def assert_each_chunk_once(server: Server, document: Json) -> None:
    """Chunks, vectors and index entries of the current version are the same set."""
    chunks = query(
        server,
        "SELECT id, ordinal, span_start, span_end FROM chunks WHERE version_id = :v ORDER BY ordinal",
        v=document["current_version_id"],
    )
    assert chunks
    assert [chunk["ordinal"] for chunk in chunks] == list(range(len(chunks)))
    assert len({(chunk["span_start"], chunk["span_end"]) for chunk in chunks}) == len(chunks)
    assert scalar(server, "SELECT count(*) FROM chunks WHERE document_id = :d", d=document["id"]) == len(chunks)
    vectors = query(
        server,
        "SELECT chunk_id FROM chunk_vectors v JOIN chunks c ON c.id = v.chunk_id WHERE c.document_id = :d",
        d=document["id"],
    )
    assert sorted(row["chunk_id"] for row in vectors) == sorted(chunk["id"] for chunk in chunks)
    found = server.client.post(
        "/search",
        {"query": "store rack goods", "top_k": 200, "filters": {"document_ids": [document["id"]]}, "mode": "dense"},
    )["results"]
    assert sorted(hit["chunk_id"] for hit in found) == sorted(chunk["id"] for chunk in chunks)
    state = server.client.get("/index")
    assert (state["pending"], state["status"]) == (0, "ready")
    assert scalar(server, "SELECT count(*) FROM parsed_pages") == 0, "the parse step's checkpoint is gone"


@pytest.fixture(scope="module")
def shared_server(
    profile: str, tmp_path_factory: pytest.TempPathFactory, database_url_of: Callable[[str], str | None]
) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp(f"faults-{profile}")
    with running(Server(folder / "data", database_url_of(profile), QUICK_LEASE)) as found:
        yield found


@pytest.fixture
def server(shared_server: Server) -> Server:
    """The module's server, running, whatever the test before did to it."""
    if shared_server.process is None or shared_server.process.poll() is not None:
        shared_server.start()
    return shared_server


def killed_inside(server: Server, document_id: str, step: str) -> bool:
    """Let the server work in slices of milliseconds until it is in the step, and kill it there.

    Between two slices nothing of it moves, so what the database then says of the step is true at the moment of the
    kill. False if the step began and ended within one slice.
    """
    near = STEPS[max(0, STEPS.index(step) - 1)]
    wait_for(lambda: job_of(server, document_id)["steps"][near]["status"] != "waiting", f"the step {near} to begin")
    while True:
        with server.frozen():
            status = job_of(server, document_id)["steps"][step]["status"]
            if status == "running":
                # PostgreSQL may still be at work on the last word that it had from the server.
                time.sleep(_LAST_WORD_SECONDS)
                if job_of(server, document_id)["steps"][step]["status"] == "running":
                    server.kill()
                    return True
            if status == "done":
                return False
        time.sleep(_SLICE_SECONDS)


def killed_in(server: Server, step: str) -> str:
    """Add documents until one is being read by this step when the server is killed, and return its id."""
    for attempt in range(_ATTEMPTS):
        note = f"{step} {attempt}"
        if step == "parse":
            content, name = long_pdf(60, note), f"killed at {note}.pdf"
        else:
            content, name = long_markdown(24) + note.encode(), f"killed at {note}.md"
        document_id = str(server.client.upload(name, content)["document"]["id"])
        if killed_inside(server, document_id, step):
            return document_id
        server.client.settled(document_id)
        server.client.delete(f"/documents/{document_id}")
    raise AssertionError(f"the step {step} was over within one slice, {_ATTEMPTS} times")


@pytest.mark.parametrize("step", STEPS)
def test_a_kill_inside_any_step_is_resumed_at_that_step_and_every_chunk_exists_once(server: Server, step: str) -> None:
    document_id = killed_in(server, step)
    killed = job_of(server, document_id)
    assert (killed["status"], killed["step"]) == ("running", step)
    position = STEPS.index(step)
    expected = ["done"] * position + ["running"] + ["waiting"] * (len(STEPS) - position - 1)
    assert [killed["steps"][name]["status"] for name in STEPS] == expected
    before = STEPS[:position]
    server.start()
    document = server.client.settled(document_id)
    assert document["status"] == "ready", document["error"]
    after = job_of(server, document_id)
    assert after["status"] == "succeeded"
    assert all(row["status"] == "done" for row in after["steps"].values())
    for name in before:
        for column in ("started_at", "finished_at", "duration_ms"):
            assert after["steps"][name][column] == killed["steps"][name][column], f"{name} was run again"
    assert_each_chunk_once(server, document)
    server.client.delete(f"/documents/{document_id}")


def test_embedding_goes_on_at_the_batch_where_it_was_killed(server: Server) -> None:
    document_id = server.client.upload("batches.md", long_markdown(140))["document"]["id"]

    def vectors() -> list[str]:
        rows = query(
            server,
            "SELECT v.chunk_id FROM chunk_vectors v JOIN chunks c ON c.id = v.chunk_id WHERE c.document_id = :d",
            d=document_id,
        )
        return sorted(row["chunk_id"] for row in rows)

    wait_for(vectors, "a first batch of vectors")
    server.kill()
    kept = vectors()
    chunks = sorted(row["id"] for row in query(server, "SELECT id FROM chunks WHERE document_id = :d", d=document_id))
    assert 0 < len(kept) < len(chunks), "killed between the first batch and the last"
    rows = query(
        server,
        "SELECT v.chunk_id, v.vector FROM chunk_vectors v JOIN chunks c ON c.id = v.chunk_id WHERE c.document_id = :d",
        d=document_id,
    )
    before = {row["chunk_id"]: bytes(row["vector"]) for row in rows}
    server.start()
    document = server.client.settled(document_id)
    assert vectors() == chunks, "the chunks are the same ones, each with one vector"
    rows = query(
        server,
        "SELECT v.chunk_id, v.vector FROM chunk_vectors v JOIN chunks c ON c.id = v.chunk_id WHERE c.document_id = :d",
        d=document_id,
    )
    assert before.items() <= {row["chunk_id"]: bytes(row["vector"]) for row in rows}.items()
    assert_each_chunk_once(server, document)
    server.client.delete(f"/documents/{document_id}")


def test_a_clean_stop_gives_the_job_back_without_counting_the_try(server: Server) -> None:
    document_id = server.client.upload("handed back.md", long_markdown(100))["document"]["id"]
    wait_for(lambda: job_of(server, document_id)["steps"]["embed"]["status"] == "running", "the embed step to begin")
    server.stop()
    assert server.logged("server.stopped")
    given_back = job_of(server, document_id)
    assert given_back["status"] == "queued"
    assert given_back["lease_owner"] is None
    assert given_back["attempt"] == 0
    server.start()
    document = server.client.settled(document_id)
    assert document["status"] == "ready"
    assert_each_chunk_once(server, document)
    server.client.delete(f"/documents/{document_id}")


def kill_children(server: Server) -> None:
    children = server.children()
    assert children
    for child in children:
        child.kill()


def test_a_killed_parsing_child_fails_its_document_with_the_reason_and_a_retry_goes_on(server: Server) -> None:
    # More pages than the pipe between child and server holds, so that the child cannot be done while the server waits.
    document_id = server.client.upload("orphan.pdf", flowing_pdf(400))["document"]["id"]
    pages = "SELECT 1 FROM parsed_pages p JOIN document_versions v ON v.id = p.version_id WHERE v.document_id = :d"
    wait_for(lambda: query(server, pages, d=document_id), "a first page from the child")
    with server.frozen():
        assert job_of(server, document_id)["steps"]["parse"]["status"] == "running"
        kill_children(server)
    failed = server.client.settled(document_id)
    assert (failed["status"], failed["error"]["code"]) == ("failed", "out_of_memory")
    assert server.client.add("next.txt", b"The next document finds a new child.")["status"] == "ready"
    server.client.post(f"/jobs/{failed['job']['id']}/retry")
    ready = server.client.settled(document_id)
    assert ready["status"] == "ready", ready["error"]
    assert_each_chunk_once(server, ready)
    server.client.delete(f"/documents/{document_id}")


def test_a_killed_embedding_child_costs_another_try_only(server: Server) -> None:
    document_id = server.client.upload("orphan.md", long_markdown(200) + b"child")["document"]["id"]
    in_work = "SELECT 1 FROM chunk_vectors v JOIN chunks c ON c.id = v.chunk_id WHERE c.document_id = :d"
    wait_for(lambda: query(server, in_work, d=document_id), "the embedding child to be at work")
    kill_children(server)
    wait_for(lambda: job_of(server, document_id)["attempt"] == 2, "the second try")
    ready = server.client.settled(document_id)
    assert ready["status"] == "ready", ready["error"]
    assert_each_chunk_once(server, ready)
    server.client.delete(f"/documents/{document_id}")


def test_a_document_that_is_deleted_while_it_is_read_leaves_nothing(server: Server) -> None:
    client = server.client
    document_id = client.upload("gone meanwhile.md", long_markdown(100) + b"gone")["document"]["id"]
    wait_for(lambda: job_of(server, document_id)["steps"]["embed"]["status"] == "running", "the embed step to begin")
    receipt = client.delete(f"/documents/{document_id}")
    assert receipt["counts"]["jobs"] == 1
    assert receipt["counts"]["chunks"] > 0
    other = client.add("afterwards.txt", b"The runner goes on with other work afterwards.")
    for table in ("jobs", "documents", "document_versions", "chunks"):
        column = "id" if table == "documents" else "document_id"
        assert query(server, f"SELECT 1 FROM {table} WHERE {column} = :d", d=document_id) == []
    assert client.post("/search", {"query": "store", "filters": {"document_ids": [document_id]}})["results"] == []
    client.delete(f"/documents/{other['id']}")


def test_a_cancelled_document_stops_at_once_and_a_retry_goes_on_at_the_step(server: Server) -> None:
    client = server.client
    document = client.upload("changed my mind.md", long_markdown(120))["document"]
    wait_for(lambda: job_of(server, document["id"])["steps"]["embed"]["status"] == "running", "the embed step to begin")
    job_id = document["job"]["id"]
    client.post(f"/jobs/{job_id}/cancel")
    cancelled = client.settled(document["id"])
    assert cancelled["status"] == "cancelled"
    assert cancelled["error"]["code"] == "cancelled"
    assert client.post(f"/jobs/{job_id}/cancel")["status"] == "cancelled", "cancelling twice changes nothing"
    parsed_at = job_of(server, document["id"])["steps"]["parse"]["finished_at"]
    assert client.post(f"/jobs/{job_id}/retry")["status"] == "queued"
    ready = client.settled(document["id"])
    assert ready["status"] == "ready", ready["error"]
    assert job_of(server, document["id"])["steps"]["parse"]["finished_at"] == parsed_at
    refused = client.call("POST", f"/jobs/{job_id}/retry")
    assert (refused.status_code, refused.json()["code"]) == (409, "not_retryable")
    assert_each_chunk_once(server, ready)
    client.delete(f"/documents/{document['id']}")


def test_an_older_version_that_is_retried_never_replaces_the_newer_one(server: Server) -> None:
    client = server.client
    first = client.upload("two.md", long_markdown(120) + b"old")["document"]
    wait_for(lambda: job_of(server, first["id"])["steps"]["embed"]["status"] == "running", "the embed step to begin")
    second = client.upload("two.md", b"# Short\n\nThe newer version is short.\n")["document"]
    assert second["id"] == first["id"]
    ready = client.settled(first["id"])
    assert ready["status"] == "ready"
    assert client.job_settled(first["job"]["id"])["status"] == "cancelled"
    client.post(f"/jobs/{first['job']['id']}/retry")
    assert client.job_settled(first["job"]["id"])["status"] == "succeeded"
    assert client.document(first["id"])["current_version_id"] == ready["current_version_id"]
    chunks = query(server, "SELECT version_id FROM chunks WHERE document_id = :d", d=first["id"])
    assert {row["version_id"] for row in chunks} == {ready["current_version_id"]}
    assert client.get("/index")["chunks"] == scalar(server, "SELECT count(*) FROM chunks")
    client.delete(f"/documents/{first['id']}")


def test_a_job_whose_server_always_dies_is_given_up_with_the_reason(start_server: MakeServer) -> None:
    server = start_server(job_max_attempts="2", job_lease_seconds="2")
    document_id = server.client.upload("deadly.md", long_markdown(150))["document"]["id"]
    for attempt in (1, 2):

        def is_tried(attempt: int = attempt) -> bool:
            job = job_of(server, document_id)
            return job["status"] == "running" and job["step"] == "embed" and job["attempt"] == attempt

        wait_for(is_tried, f"try {attempt} of the embed step")
        server.kill()
        server.start()
    document = server.client.settled(document_id)
    assert document["status"] == "failed"
    assert document["error"]["code"] == "worker_died"
    assert document["job"]["status"] == "failed"
    assert [step["status"] for step in document["job"]["steps"]] == ["done", "done", "done", "failed", "waiting"]
    assert server.client.add("next.txt", b"Other documents are read all the same.")["status"] == "ready"
    server.client.post(f"/jobs/{document['job']['id']}/retry")
    assert server.client.settled(document_id)["status"] == "ready", "a person may try again"


def test_a_second_server_on_the_folder_is_refused_and_the_first_goes_on(server: Server) -> None:
    second = subprocess.run(
        [sys.executable, "-m", "footnote.cli.main", "serve", "--quiet"], env=server.environment(), capture_output=True, text=True,
        timeout=120, check=False,
    )  # fmt: skip
    assert second.returncode == 1
    assert "data_folder_in_use" in second.stderr
    assert server.client.get("/health")["status"] == "ok"


def test_a_worker_that_was_frozen_beyond_its_lease_writes_nothing_more(
    cluster: Cluster, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Two servers on one PostgreSQL: the first is stopped in the middle of a step, the second takes the job over."""
    folder = tmp_path_factory.mktemp("fencing")
    url = cluster.new_database()
    settings = {"JOB_LEASE_SECONDS": "2"}
    first = Server(folder / "first", url, settings)
    second = Server(folder / "second", url, settings)
    with running(first):
        # They share what two machines would share: files and index.
        second.data_dir.mkdir()
        for name in ("blobs", "indexes"):
            (first.data_dir / name).mkdir(exist_ok=True)
            (second.data_dir / name).symlink_to(first.data_dir / name)
        (second.data_dir / "owner.key").write_text(first.key)
        document_id = first.client.upload("frozen.md", long_markdown(200))["document"]["id"]
        wait_for(lambda: job_of(first, document_id)["steps"]["embed"]["status"] == "running", "the embed step to begin")
        first.signal_all(signal.SIGSTOP)
        frozen = job_of(first, document_id)
        try:
            with running(second):
                document = second.client.settled(document_id)
                assert document["status"] == "ready", document["error"]
                done = job_of(second, document_id)
                assert done["lease_token"] > frozen["lease_token"]
                vectors = query(second, "SELECT chunk_id, vector FROM chunk_vectors ORDER BY chunk_id")
                first.signal_all(signal.SIGCONT)
                wait_for(lambda: first.logged("job.lease_lost"), "the thawed worker to learn that it is late")
                assert first.client.get("/health")["status"] == "ok"
                assert job_of(second, document_id) == done
                assert query(second, "SELECT chunk_id, vector FROM chunk_vectors ORDER BY chunk_id") == vectors
                assert_each_chunk_once(second, second.client.document(document_id))
        finally:
            first.signal_all(signal.SIGCONT)


def test_a_database_that_goes_away_and_comes_back_costs_time_only(
    cluster: Cluster, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Connections are cut and new ones refused for a while; the server answers 503, then goes on by itself."""
    folder = tmp_path_factory.mktemp("outage")
    url = cluster.new_database()
    name = make_url(url).database
    with running(Server(folder / "data", url, QUICK_LEASE)) as server:
        document_id = server.client.upload("outage.md", long_markdown(120))["document"]["id"]
        wait_for(
            lambda: job_of(server, document_id)["steps"]["embed"]["status"] == "running", "the embed step to begin"
        )
        cluster.execute(
            "postgres",
            f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false',
            f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'",
        )
        refused = server.client.call("GET", "/documents")
        assert refused.status_code == 503, refused.text
        assert refused.json()["code"] == "store_unavailable"
        assert refused.headers["retry-after"]
        assert server.client.http.get("/readyz").status_code == 503
        assert server.client.http.get("/livez").status_code == 200
        cluster.execute("postgres", f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')
        wait_for(lambda: server.client.http.get("/readyz").status_code == 200, "the server to be ready again")
        document = server.client.settled(document_id)
        assert document["status"] == "ready", document["error"]
        assert_each_chunk_once(server, document)
        assert server.client.add("later.txt", b"What comes later is read as ever.")["status"] == "ready"


def test_a_scan_is_killed_while_it_is_recognised_and_read_to_the_end(server: Server) -> None:
    document_id = server.client.upload("letter.pdf", scanned_letter())["document"]["id"]
    wait_for(
        lambda: job_of(server, document_id)["steps"]["parse"]["status"] in ("running", "done"), "recognition to begin"
    )
    children = server.children()
    server.kill()
    assert not [child.pid for child in children if child.is_running()]
    server.start()
    document = server.client.settled(document_id)
    assert document["status"] == "ready", document["error"]
    assert "bearings" in server.client.get(f"/documents/{document_id}/text")["text"]
    assert server.client.get(f"/documents/{document_id}/pages/1")["origin"] == "ocr"
    server.client.delete(f"/documents/{document_id}")
