"""Runs: streamed, stopped, resumed, cut off by a crash; and a model that lies is found out."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from tests.support.client import Client, Json, SseEvent
from tests.support.fake_openai import Behaviour, FakeOpenAI, fake_openai
from tests.support.rows import query
from tests.support.samples import PUMP_PDF_FACT, PUMP_PDF_QUESTION, pump_pdf
from tests.support.server import Server, running
from tests.support.waiting import wait_for

TRUE_ANSWER = (
    "The operating pressure of the Kestrel pump is 6.4 bar [1]. "
    "The flow must never fall below twelve litres a minute [1]. "
    "The Kestrel pump moves cooling water in closed loops [2]."
)


@pytest.fixture(scope="module")
def model() -> Iterator[FakeOpenAI]:
    with fake_openai() as found:
        yield found


@pytest.fixture(scope="module")
def server(
    profile: str,
    model: FakeOpenAI,
    tmp_path_factory: pytest.TempPathFactory,
    database_url_of: Callable[[str], str | None],
) -> Iterator[Server]:
    """A server whose answers the scripted model writes, with one manual in it."""
    folder = tmp_path_factory.mktemp(f"runs-{profile}")
    settings = {name.upper(): value for name, value in model.settings().items()}
    with running(Server(folder / "data", database_url_of(profile), settings)) as found:
        found.client.add("kestrel.pdf", pump_pdf())
        yield found


@pytest.fixture(autouse=True)
def obedient_model(model: FakeOpenAI) -> None:
    model.behaviour = Behaviour(answer=TRUE_ANSWER)
    model.requests.clear()
    model.tokens_sent = 0
    model.hung_up.clear()
    model.released.clear()


def _types(events: list[SseEvent]) -> list[str]:
    return [event.data["type"] for event in events]


def _sentences(events: list[SseEvent]) -> list[Json]:
    return [event.data["data"] for event in events if event.data["type"] == "data-sentence"]


def _text(events: list[SseEvent]) -> str:
    return "".join(event.data["delta"] for event in events if event.data["type"] == "text-delta")


def _assert_whole(events: list[SseEvent]) -> None:
    """A stream is numbered from 1 without gaps, opens with start and ends with finish."""
    assert [event.id for event in events] == list(range(1, len(events) + 1))
    assert events[0].data["type"] == "start"
    assert events[-1].data["type"] == "finish"


def test_a_streamed_answer_has_the_documented_parts_in_order_and_is_what_is_stored(server: Server) -> None:
    client = server.client
    conversation_id = client.conversation()
    body = {"text": PUMP_PDF_QUESTION, "stream": True}
    with client.http.stream("POST", f"/api/v1/conversations/{conversation_id}/messages", json=body) as response:
        assert response.headers["x-vercel-ai-ui-message-stream"] == "v1"
        assert response.headers["content-type"].startswith("text/event-stream")
        lines = "\n".join(response.iter_lines())
    assert lines.rstrip().endswith("data: [DONE]")
    messages = client.all(f"/conversations/{conversation_id}/messages")
    events = client.run_events(messages[1]["run_id"])
    _assert_whole(events)
    types = _types(events)
    assert types[0] == "start"
    assert [t for t in types if not t.startswith(("data-status", "data-sentence", "text-delta"))] == [
        "start", "text-start", "text-end", "data-answer", "finish",
    ]  # fmt: skip
    for position, kind in enumerate(types):
        if kind == "data-sentence":
            assert types[position + 1] == "text-delta", "a sentence comes right before its text"
    answer = messages[1]
    assert answer["status"] == "complete"
    assert _text(events) == answer["text"]
    assert [s["text"] for s in _sentences(events)] == [s["text"] for s in answer["sentences"]]
    for sentence in answer["sentences"]:
        start, end = sentence["span"]
        assert answer["text"][start:end] == sentence["text"]
    closing = next(event.data["data"] for event in events if event.data["type"] == "data-answer")
    assert closing["model"] == answer["model"] == "scripted-1"
    assert answer["input_tokens"] == 100
    assert answer["cost_nano_usd"] == 100 * 2_500 + answer["output_tokens"] * 10_000


def test_an_answer_of_a_model_cites_page_and_box_of_the_true_passage(server: Server) -> None:
    client = server.client
    answer = client.ask(PUMP_PDF_QUESTION)
    first = answer["sentences"][0]
    assert first["verdict"] in ("verbatim", "grounded")
    source = first["sources"][0]
    assert (source["page"], source["status"], source["number"]) == (2, "verified", 1)
    assert "6.4" in source["quote"]
    text = client.get(f"/documents/{source['document_id']}/text", version=source["version_id"])["text"]
    start, end = source["span"]
    assert text[start:end] == source["quote"]
    page = client.get(f"/documents/{source['document_id']}/pages/2", version=source["version_id"])
    inside = [
        word["text"]
        for word in page["words"]
        if any(
            box["page"] == 2
            and box["x0"] - 1 <= word["box"]["x0"] <= box["x1"]
            and box["y0"] - 1 <= word["box"]["y0"] <= box["y1"]
            for box in source["boxes"]
        )
    ]
    assert "6.4" in inside


LIES = {
    "changed number": "The operating pressure of the Kestrel pump is 64 bar [1].",
    "dropped negation": "The flow may fall below twelve litres a minute [1].",
    "swapped name": "The operating pressure of the Osprey pump is 6.4 bar [1].",
    "invention": "The Kestrel pump was painted by Vermeer in a winter garden [1].",
    "passage that is not there": "The seller grants a discount of forty per cent [9].",
}


@pytest.mark.parametrize("kind", LIES)
def test_a_sentence_that_no_passage_supports_is_marked_and_has_no_footnote(
    server: Server, model: FakeOpenAI, kind: str
) -> None:
    model.behaviour = Behaviour(answer=f"{PUMP_PDF_FACT} [1] {LIES[kind]}")
    answer = server.client.ask(PUMP_PDF_QUESTION)
    lie = answer["sentences"][-1]
    assert lie["verdict"] == "unsupported", lie
    assert lie["sources"] == []
    assert answer["sentences"][0]["verdict"] != "unsupported"
    assert answer["confidence"] < 100


def test_a_model_that_says_it_found_nothing_abstains(server: Server, model: FakeOpenAI) -> None:
    model.behaviour = Behaviour(answer="NO_ANSWER")
    answer = server.client.ask("Who painted the ceiling of the chapel?")
    assert answer["abstained"]
    assert answer["abstention_reason"]
    assert answer["sentences"] == []
    assert answer["text"] == ""


@pytest.mark.parametrize("status", [429, 500, 401])
def test_a_model_that_cannot_be_had_is_replaced_by_the_local_engine_which_says_so(
    server: Server, model: FakeOpenAI, status: int
) -> None:
    model.behaviour = Behaviour(status=status)
    answer = server.client.ask(PUMP_PDF_QUESTION)
    assert answer["status"] == "complete"
    assert answer["model"] == "local"
    assert any("without a model" in note for note in answer["notes"])
    assert "6.4" in answer["text"]
    assert "sk-test" not in server.log


def test_an_answer_that_breaks_off_is_failed_and_keeps_what_was_checked(server: Server, model: FakeOpenAI) -> None:
    model.behaviour = Behaviour(answer=TRUE_ANSWER, cut_after=TRUE_ANSWER.split().index("closed"))
    client = server.client
    started = client.start(PUMP_PDF_QUESTION)
    events = client.run_events(started["run"]["id"])
    _assert_whole(events)
    assert "error" in _types(events)
    answer = client.get(f"/messages/{started['answer']['id']}")
    assert answer["status"] == "failed"
    assert "6.4 bar" in answer["text"]
    assert answer["text"] == _text(events)
    assert client.get(f"/runs/{started['run']['id']}")["error"]["code"]


def _hanging(server: Server, model: FakeOpenAI) -> Json:
    """Start an answer whose first sentence is out and whose model says no more."""
    model.behaviour = Behaviour(answer=TRUE_ANSWER, hang_after=TRUE_ANSWER.split().index("litres"))
    started = server.client.start(PUMP_PDF_QUESTION)
    with server.client.stream("GET", f"/runs/{started['run']['id']}/events", params={"after": 0}) as events:
        assert any(event.data["type"] == "text-delta" for event in events)
    return started


def test_stop_ends_the_models_call_and_keeps_what_was_checked(server: Server, model: FakeOpenAI) -> None:
    client = server.client
    started = _hanging(server, model)
    run = client.post(f"/runs/{started['run']['id']}/stop")
    assert run["status"] == "stopped"
    assert model.hung_up.wait(60), "stopping closes the connection to the model, so that it costs nothing more"
    answer = client.get(f"/messages/{started['answer']['id']}")
    assert answer["status"] == "stopped"
    assert "6.4 bar" in answer["text"]
    events = client.run_events(started["run"]["id"])
    _assert_whole(events)
    assert _types(events)[-2:] == ["abort", "finish"]
    assert client.post(f"/runs/{started['run']['id']}/stop")["status"] == "stopped", "stopping twice changes nothing"


def test_a_reader_who_leaves_does_not_end_the_run(server: Server, model: FakeOpenAI) -> None:
    client = server.client
    started = _hanging(server, model)
    assert client.get(f"/runs/{started['run']['id']}")["status"] == "running"
    model.released.set()
    assert client.run_ended(started["run"]["id"])["status"] == "completed"
    assert not model.hung_up.is_set()
    assert "closed loops" in client.get(f"/messages/{started['answer']['id']}")["text"]


@pytest.mark.parametrize("by_header", [True, False], ids=["Last-Event-ID", "after"])
def test_a_reader_who_comes_back_gets_exactly_the_rest(server: Server, model: FakeOpenAI, by_header: bool) -> None:
    client = server.client
    started = _hanging(server, model)
    address = f"/runs/{started['run']['id']}/events"
    seen: list[SseEvent] = []
    with client.stream("GET", address) as events:
        for event in events:
            seen.append(event)
            if event.data["type"] == "text-delta":
                break
    rest: list[SseEvent] = []
    options: Json = {"last_event_id": seen[-1].id} if by_header else {"params": {"after": seen[-1].id}}
    with client.stream("GET", address, **options) as events:
        model.released.set()
        rest.extend(events)
    whole = client.run_events(started["run"]["id"])
    assert [event.data for event in seen + rest[:-1]] == [event.data for event in whole]
    _assert_whole(whole)
    for after in range(len(whole) + 1):
        assert client.run_events(started["run"]["id"], after=after) == whole[after:] if after < len(whole) else True


@pytest.mark.parametrize("ending", ["completed", "stopped", "failed"])
def test_a_reader_who_comes_back_after_the_log_is_pruned_gets_the_answer_with_the_same_numbers(
    server: Server, model: FakeOpenAI, ending: str
) -> None:
    client = server.client
    if ending == "stopped":
        started = _hanging(server, model)
        client.post(f"/runs/{started['run']['id']}/stop")
    else:
        cut = TRUE_ANSWER.split().index("closed") if ending == "failed" else None
        model.behaviour = Behaviour(answer=TRUE_ANSWER, cut_after=cut)
        started = client.start(PUMP_PDF_QUESTION)
    run_id = started["run"]["id"]
    run = client.run_ended(run_id)
    assert run["status"] == ending
    whole = client.run_events(run_id)
    query(server, "DELETE FROM run_events WHERE run_id = :id", id=run_id)
    again = client.run_events(run_id)
    _assert_whole(again)
    lasting = [event for event in whole if event.data["type"] != "data-status"]
    assert [event for event in again if event.data["type"] != "data-status"] == lasting
    assert _sentences(again)[0]["sources"][0]["status"] == "verified"
    for after in (1, len(whole) // 2, len(whole) - 1):
        assert client.run_events(run_id, after=after) == again[after:]
    assert client.get(f"/runs/{run_id}") == run


def test_an_answer_that_failed_says_why_in_its_message(server: Server, model: FakeOpenAI) -> None:
    model.behaviour = Behaviour(answer=TRUE_ANSWER, cut_after=TRUE_ANSWER.split().index("closed"))
    answer = server.client.ask(PUMP_PDF_QUESTION)
    run = server.client.get(f"/runs/{answer['run_id']}")
    assert answer["problem"] == run["error"]
    assert answer["problem"]["code"]
    model.behaviour = Behaviour(answer=TRUE_ANSWER)
    assert server.client.ask(PUMP_PDF_QUESTION)["problem"] is None


def test_a_true_sentence_that_does_not_answer_is_trusted_less_than_one_that_does(
    server: Server, model: FakeOpenAI
) -> None:
    model.behaviour = Behaviour(answer=f"{PUMP_PDF_FACT} [1]")
    fitting = server.client.ask(PUMP_PDF_QUESTION)
    beside = server.client.ask("In which year was the maker of the Kestrel pump founded, and by whom?")
    assert beside["sentences"][0]["verdict"] == fitting["sentences"][0]["verdict"] != "unsupported"
    assert 0 < beside["confidence"] < fitting["confidence"] <= 100


def test_a_second_question_waits_until_the_first_is_answered(server: Server, model: FakeOpenAI) -> None:
    client = server.client
    started = _hanging(server, model)
    conversation_id = started["run"]["conversation_id"]
    refused = client.call("POST", f"/conversations/{conversation_id}/messages", json={"text": "And the flow?"})
    assert (refused.status_code, refused.json()["code"]) == (409, "run_in_progress")
    client.post(f"/runs/{started['run']['id']}/stop")
    model.behaviour = Behaviour(answer=TRUE_ANSWER)
    assert client.ask("And the flow?", conversation_id=conversation_id)["status"] == "complete"


def test_two_questions_at_the_same_moment_start_one_run(server: Server, model: FakeOpenAI) -> None:
    model.behaviour = Behaviour(answer=TRUE_ANSWER, hang_after=3)
    conversation_id = server.client.conversation()
    barrier = threading.Barrier(4)

    def ask(_: int) -> int:
        client = server.new_client()
        barrier.wait()
        status = client.call(
            "POST", f"/conversations/{conversation_id}/messages", json={"text": "Which pressure?"}
        ).status_code
        client.close()
        return status

    with ThreadPoolExecutor(4) as pool:
        statuses = Counter(pool.map(ask, range(4)))
    assert statuses == {201: 1, 409: 3}
    (answer,) = [m for m in server.client.all(f"/conversations/{conversation_id}/messages") if m["role"] == "assistant"]
    server.client.post(f"/runs/{answer['run_id']}/stop")


def test_a_conversation_that_is_deleted_while_it_is_answered_leaves_nothing(server: Server, model: FakeOpenAI) -> None:
    client = server.client
    started = _hanging(server, model)
    conversation_id = started["run"]["conversation_id"]
    client.delete(f"/conversations/{conversation_id}")
    assert model.hung_up.wait(60)
    assert client.call("GET", f"/messages/{started['answer']['id']}").status_code == 404
    assert client.call("GET", f"/runs/{started['run']['id']}").status_code == 404
    for table, column in (("messages", "conversation_id"), ("runs", "conversation_id")):
        assert query(server, f"SELECT 1 FROM {table} WHERE {column} = :id", id=conversation_id) == []
    assert query(server, "SELECT 1 FROM run_events WHERE run_id = :id", id=started["run"]["id"]) == []


def test_fifty_streams_at_once_are_each_whole(server: Server, model: FakeOpenAI) -> None:
    model.behaviour = Behaviour(answer=TRUE_ANSWER, token_seconds=0.01)
    barrier = threading.Barrier(50)

    def follow(_: int) -> tuple[list[SseEvent], Json]:
        client: Client = server.new_client()
        try:
            conversation_id = client.conversation()
            barrier.wait()
            body = {"text": PUMP_PDF_QUESTION, "stream": True}
            with client.stream("POST", f"/conversations/{conversation_id}/messages", json=body) as events:
                found = list(events)
            return found, client.all(f"/conversations/{conversation_id}/messages")[1]
        finally:
            client.close()

    with ThreadPoolExecutor(50) as pool:
        results = list(pool.map(follow, range(50)))
    for found, answer in results:
        assert found[-1].data == "[DONE]"
        _assert_whole(found[:-1])
        assert "error" not in _types(found[:-1])
        assert _text(found[:-1]) == answer["text"]
        assert answer["status"] == "complete"
        assert len(answer["sentences"]) == 3


def test_a_crash_during_an_answer_leaves_a_failed_message_with_the_sentences_that_were_shown(
    profile: str,
    model: FakeOpenAI,
    tmp_path: object,
    database_url_of: Callable[[str], str | None],
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    settings = {name.upper(): value for name, value in model.settings().items()}
    folder = tmp_path_factory.mktemp(f"crash-{profile}")
    with running(Server(folder / "data", database_url_of(profile), settings)) as server:
        server.client.add("kestrel.pdf", pump_pdf())
        model.behaviour = Behaviour(answer=TRUE_ANSWER, hang_after=TRUE_ANSWER.split().index("litres"))
        started = server.client.start(PUMP_PDF_QUESTION)
        seen: list[SseEvent] = []
        with server.client.stream("GET", f"/runs/{started['run']['id']}/events") as events:
            for event in events:
                seen.append(event)
                if event.data["type"] == "text-delta":
                    break
            server.kill()
        server.start()
        client = server.client
        # Where other servers may share the database, a run counts as dead only after a while of silence.
        message = f"/messages/{started['answer']['id']}"
        wait_for(lambda: client.get(message)["status"] != "streaming", "the run of the dead server to be closed")
        answer = client.get(message)
        assert answer["status"] == "failed"
        assert answer["text"] == _text(seen)
        assert "6.4 bar" in answer["text"]
        assert answer["sentences"][0]["sources"][0]["page"] == 2
        run = client.get(f"/runs/{started['run']['id']}")
        assert (run["status"], run["error"]["code"]) == ("failed", "interrupted")
        # Whoever was reading comes back with the last number it saw: the log has that part, and the end after it.
        rest = client.run_events(started["run"]["id"], after=seen[-1].id or 0)
        assert _types(rest) == ["text-end", "error", "finish"]
        assert [event.data for event in client.run_events(started["run"]["id"])[: len(seen)]] == [e.data for e in seen]
        model.behaviour = Behaviour(answer=TRUE_ANSWER)
        again = client.ask(PUMP_PDF_QUESTION, conversation_id=started["run"]["conversation_id"])
        assert again["status"] == "complete"


def test_a_server_that_is_stopped_while_it_answers_ends_soon_and_says_so_to_the_reader(
    profile: str,
    model: FakeOpenAI,
    database_url_of: Callable[[str], str | None],
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    settings = {name.upper(): value for name, value in model.settings().items()}
    folder = tmp_path_factory.mktemp(f"stop-{profile}")
    with running(Server(folder / "data", database_url_of(profile), settings)) as server:
        server.client.add("kestrel.pdf", pump_pdf())
        started = _hanging(server, model)
        found: list[SseEvent] = []
        others: list[SseEvent] = []
        run, feed = server.new_client(), server.new_client()

        def read(client: Client, address: str, into: list[SseEvent], opened: threading.Event) -> None:
            with client.stream("GET", address, params={"after": 0}) as events:
                for event in events:
                    into.append(event)
                    opened.set()

        threads = []
        for client, address, into in ((run, f"/runs/{started['run']['id']}/events", found), (feed, "/events", others)):
            opened = threading.Event()
            threads.append(threading.Thread(target=read, args=(client, address, into, opened), daemon=True))
            threads[-1].start()
            assert opened.wait(60)
        server.stop()
        assert server.logged("server.stopped"), "a stop with open streams is a clean one"
        for thread in threads:
            thread.join(30)
            assert not thread.is_alive()
        run.close()
        feed.close()
        assert found[-1].data == "[DONE]"
        _assert_whole(found[:-1])
        assert "error" in _types(found[:-1])
        assert others, "the feed was open too"
        server.start()
        answer = server.client.get(f"/messages/{started['answer']['id']}")
        assert answer["status"] == "failed"
        assert "6.4 bar" in answer["text"]
        assert server.client.run_events(started["run"]["id"]) == found[:-1]


def test_the_feed_and_its_polling_agree_and_both_go_on_where_the_reader_was(server: Server) -> None:
    client = server.client
    start = client.get("/events/poll", after=0, limit=500)["last_seq"]
    document = client.upload("feed.txt", b"A text for the feed of changes.")["document"]
    client.settled(document["id"])

    def polled() -> list[Json]:
        found: list[Json] = client.get("/events/poll", after=start, limit=500)["events"]
        return (
            found if found and found[-1]["type"] == "job.updated" and found[-1]["job"]["status"] == "succeeded" else []
        )

    wanted = wait_for(polled, "the job's last event")
    assert [event["seq"] for event in wanted] == list(range(start + 1, start + 1 + len(wanted)))
    assert wanted[0]["type"] in ("document.created", "job.updated")
    assert {event["document_id"] for event in wanted} == {document["id"]}
    for position in (0, len(wanted) // 2, len(wanted) - 1):
        with client.stream("GET", "/events", last_event_id=start + position) as events:
            streamed = [next(events) for _ in range(len(wanted) - position)]
        assert [event.id for event in streamed] == [event["seq"] for event in wanted[position:]]
        for event, expected in zip(streamed, wanted[position:], strict=True):
            assert event.name == expected["type"].split(".")[0]
            assert event.data["seq"] == expected["seq"]
            assert event.data.get("job", {}).get("status") == (expected.get("job") or {}).get("status")
