"""A client of the REST API as a caller would write one: JSON in, JSON out, problems as exceptions."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx
from tests.support.waiting import PATIENCE_SECONDS, wait_for

API = "/api/v1"
Json = dict[str, Any]
SETTLED = frozenset({"ready", "failed", "cancelled"})


class Problem(AssertionError):
    """The server refused; `code` and `status` say why."""

    def __init__(self, response: httpx.Response) -> None:
        super().__init__(
            f"{response.request.method} {response.request.url}: {response.status_code} {response.text[:500]}"
        )
        self.status = response.status_code
        try:
            self.code = response.json().get("code", "")
        except ValueError:
            self.code = ""


@dataclass(frozen=True, slots=True)
class SseEvent:
    """One server-sent event."""

    id: int | None
    name: str | None
    data: Any


class Client:
    """Wraps an httpx client that carries a credential."""

    def __init__(self, http: httpx.Client) -> None:
        self.http = http

    def close(self) -> None:
        self.http.close()

    def call(self, method: str, path: str, **options: Any) -> httpx.Response:
        """Send a request below the API's prefix and return the response, whatever it is."""
        return self.http.request(method, API + path, **options)

    def get(self, path: str, **params: Any) -> Any:
        return self._json(self.call("GET", path, params=params))

    def post(self, path: str, body: Any = None, **params: Any) -> Any:
        return self._json(self.call("POST", path, json=body, params=params))

    def patch(self, path: str, body: Any) -> Any:
        return self._json(self.call("PATCH", path, json=body))

    def delete(self, path: str, **params: Any) -> Any:
        return self._json(self.call("DELETE", path, params=params))

    def all(self, path: str, **params: Any) -> list[Json]:
        """Return every item of a list, following its cursors."""
        items: list[Json] = []
        cursor: str | None = None
        while True:
            page = self.get(path, **params, **({"cursor": cursor} if cursor else {}))
            items += page["items"]
            cursor = page["next_cursor"]
            if cursor is None:
                return items

    def upload(self, filename: str, content: bytes, **fields: str) -> Json:
        """Send a file and return the result: outcome and document."""
        response = self.call("POST", "/documents", files={"file": (filename, content)}, data=fields)
        return dict(self._json(response))

    def add(self, filename: str, content: bytes, **fields: str) -> Json:
        """Send a file, wait until it is read, and return the document; AssertionError unless it became ready."""
        document = self.settled(self.upload(filename, content, **fields)["document"]["id"])
        assert document["status"] == "ready", document["error"]
        return document

    def document(self, document_id: str) -> Json:
        return dict(self.get(f"/documents/{document_id}"))

    def settled(self, document_id: str, *, seconds: float = PATIENCE_SECONDS) -> Json:
        """Return the document once its newest version is ready, failed or cancelled."""

        def look() -> Json | None:
            document = self.document(document_id)
            return document if document["status"] in SETTLED else None

        return wait_for(look, f"document {document_id} to be read", seconds=seconds)

    def job_settled(self, job_id: str) -> Json:
        """Return the job once it has ended."""

        def look() -> Json | None:
            job: Json = self.get(f"/jobs/{job_id}")
            return job if job["status"] in ("succeeded", "failed", "cancelled") else None

        return wait_for(look, f"job {job_id} to end")

    def conversation(self, **fields: Any) -> str:
        """Start a conversation and return its id."""
        return str(self.post("/conversations", fields)["id"])

    def start(self, question: str, *, conversation_id: str | None = None, **fields: Any) -> Json:
        """Ask without waiting and return the started run."""
        conversation_id = conversation_id or self.conversation()
        return dict(self.post(f"/conversations/{conversation_id}/messages", {"text": question, **fields}))

    def ask(self, question: str, *, conversation_id: str | None = None, **fields: Any) -> Json:
        """Ask, wait for the end, and return the answer's message."""
        started = self.start(question, conversation_id=conversation_id, **fields)
        self.run_ended(started["run"]["id"])
        return dict(self.get(f"/messages/{started['answer']['id']}"))

    def run_ended(self, run_id: str) -> Json:
        """Return the run once it is no longer running."""

        def look() -> Json | None:
            run: Json = self.get(f"/runs/{run_id}")
            return run if run["status"] != "running" else None

        return wait_for(look, f"run {run_id} to end")

    @contextmanager
    def stream(
        self, method: str, path: str, *, last_event_id: int | None = None, **options: Any
    ) -> Iterator[Iterator[SseEvent]]:
        """Open a stream of events."""
        headers = {"Last-Event-ID": str(last_event_id)} if last_event_id is not None else {}
        with self.http.stream(method, API + path, headers=headers, **options) as response:
            if response.status_code >= 400:
                response.read()
                raise Problem(response)
            yield sse_events(response.iter_lines())

    def run_events(self, run_id: str, *, after: int = 0) -> list[SseEvent]:
        """Follow a run to its end and return its parts, without the closing [DONE]."""
        with self.stream("GET", f"/runs/{run_id}/events", params={"after": after}) as events:
            found = list(events)
        assert found, "a run's stream ends with [DONE]"
        assert found[-1].data == "[DONE]", f"the stream broke off after {found[-1]}"
        return found[:-1]

    @staticmethod
    def _json(response: httpx.Response) -> Any:
        if response.status_code >= 400:
            raise Problem(response)
        return response.json() if response.content else None


def sse_events(lines: Iterator[str]) -> Iterator[SseEvent]:
    """Parse the lines of an event stream; comments are passed over."""
    fields: dict[str, str] = {}
    for line in lines:
        if line == "":
            if "data" in fields:
                yield _event(fields)
            fields = {}
        elif not line.startswith(":"):
            name, _, value = line.partition(":")
            value = value.removeprefix(" ")
            fields[name] = f"{fields[name]}\n{value}" if name in fields else value


def _event(fields: Mapping[str, str]) -> SseEvent:
    data = fields["data"]
    return SseEvent(
        id=int(fields["id"]) if "id" in fields else None,
        name=fields.get("event"),
        data=data if data == "[DONE]" else json.loads(data),
    )
