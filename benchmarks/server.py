"""A real server on a folder of its own, a client of its REST API, and what its processes take in memory and time."""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx
import psutil

_START_SECONDS = 120.0
_STOP_SECONDS = 30.0
_POLL_SECONDS = 0.02
_FINAL = frozenset({"ready", "failed", "cancelled"})


class ServerFailed(Exception):
    """The server did not start, or an upload did not get ready; the message says which, and where the log is."""


@dataclass(frozen=True, slots=True)
class UploadedDocument:
    """A document that was read: its state and the durations of its job's steps."""

    document_id: str
    filename: str
    status: str
    page_count: int | None
    steps_ms: Mapping[str, int]
    chunks: int
    error: str | None


class Client:
    """The REST API as benchmarks use it; errors of the server are raised with what it said."""

    def __init__(self, url: str, key: str) -> None:
        self._http = httpx.Client(
            base_url=f"{url}/api/v1", headers={"Authorization": f"Bearer {key}"}, timeout=600.0,
            limits=httpx.Limits(max_connections=8, max_keepalive_connections=8),
        )  # fmt: skip

    def close(self) -> None:
        """Give the connections back."""
        self._http.close()

    def get(self, path: str, **query: Any) -> dict[str, Any]:
        """Return the JSON at a path."""
        return _json(self._http.get(path, params=query))

    def post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Send JSON, return JSON."""
        return _json(self._http.post(path, json=dict(body)))

    def content(self, path: str, **query: Any) -> bytes:
        """Return the bytes at a path."""
        return _checked(self._http.get(path, params=query)).content

    def stream(self, path: str, body: Mapping[str, Any]) -> Iterator[str]:
        """Send JSON and yield the lines of the stream that answers."""
        with self._http.stream("POST", path, json=dict(body)) as response:
            _checked(response)
            yield from response.iter_lines()

    def upload(self, filename: str, content: bytes, *, title: str = "") -> str:
        """Add one file; returns the document's id as soon as it is stored and queued."""
        fields = {"title": title} if title else {}
        answer = _json(self._http.post("/documents", files={"file": (filename, content)}, data=fields))
        return str(answer["document"]["id"])

    def wait_until_read(self, document_id: str, *, seconds: float = 3_600.0) -> UploadedDocument:
        """Return the document once its job has ended. Raises ServerFailed when it did not end well, or in time."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            document = self.get(f"/documents/{document_id}")
            if document["status"] in _FINAL:
                return _read_document(document)
            time.sleep(0.1)
        raise ServerFailed(f"The document {document_id} was not read within {seconds:.0f} seconds.")

    def wait_until_idle(self, *, seconds: float = 7_200.0) -> None:
        """Return once no job waits or runs and the index has every change."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            unfinished = any(self.get("/jobs", status=status, limit=1)["items"] for status in ("queued", "running"))
            if not unfinished and self.get("/index")["pending"] == 0:
                return
            time.sleep(0.25)
        raise ServerFailed(f"The server was not idle within {seconds:.0f} seconds.")

    def search(
        self, query: str, *, top_k: int = 10, mode: str = "hybrid", collection_id: str | None = None
    ) -> dict[str, Any]:
        """Return the answer of POST /search."""
        body: dict[str, Any] = {"query": query, "top_k": top_k, "mode": mode}
        if collection_id:
            body["collection_id"] = collection_id
        return self.post("/search", body)

    def ask(self, question: str) -> dict[str, Any]:
        """Ask in a new conversation and return the finished answer message.

        The end is waited for on the stream: asking again and again would slow down what is measured.
        """
        conversation = self.post("/conversations", {})["id"]
        message_id = ""
        for line in self.stream(f"/conversations/{conversation}/messages", {"text": question, "stream": True}):
            if not message_id and line.startswith("data:"):
                message_id = json.loads(line.removeprefix("data:")).get("messageId", "")
        message = self.get(f"/messages/{message_id}")
        if message["status"] != "complete":
            raise ServerFailed(f"The answer to {question!r} is {message['status']}.")
        return message


@dataclass(frozen=True, slots=True)
class RunningServer:
    """A server that answers, its client, and its process."""

    url: str
    process: psutil.Process
    client: Client
    data_dir: Path
    ready_seconds: float

    def new_client(self) -> Client:
        """Return another client, for use on another thread; the caller closes it."""
        return Client(self.url, owner_key(self.data_dir))

    def processes(self) -> list[psutil.Process]:
        """Return the server and everything below it that lives now."""
        with suppress(psutil.NoSuchProcess):
            return [self.process, *self.process.children(recursive=True)]
        return []

    def cpu_seconds(self) -> float:
        """Return processor time of the server, its living children and those that have ended."""
        total = 0.0
        for process in self.processes():
            with suppress(psutil.NoSuchProcess):
                times = process.cpu_times()
                total += times.user + times.system + times.children_user + times.children_system
        return total

    def memory_bytes(self) -> dict[str, int]:
        """Return PSS of the server and of its children together; shared pages count once."""
        sizes = {"server": 0, "children": 0}
        for process in self.processes():
            with suppress(psutil.NoSuchProcess, psutil.AccessDenied):
                sizes["server" if process.pid == self.process.pid else "children"] += process.memory_full_info().pss
        return sizes


class MemoryWatch:
    """Samples the memory of a server's processes on a thread; `peak_bytes` is the highest sum, not a sum of peaks."""

    def __init__(self, server: RunningServer, *, every_seconds: float = 0.5) -> None:
        self._server = server
        self._every_seconds = every_seconds
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self.peak_bytes = 0
        self.peak_server_bytes = 0
        self.peak_children_bytes = 0

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._ended.is_set():
            sizes = self._server.memory_bytes()
            self.peak_bytes = max(self.peak_bytes, sum(sizes.values()))
            self.peak_server_bytes = max(self.peak_server_bytes, sizes["server"])
            self.peak_children_bytes = max(self.peak_children_bytes, sizes["children"])
            self._ended.wait(self._every_seconds)


@contextmanager
def running_server(
    data_dir: Path, *, settings: Mapping[str, str] | None = None, command: Sequence[str] | None = None
) -> Iterator[RunningServer]:
    """Start `footnote serve` on the folder and stop it at the end, with everything it started.

    settings: FOOTNOTE_* variables on top of the defaults, such as FOOTNOTE_DATABASE_URL for PostgreSQL; what stands in
    the caller's own environment is left out, so that a measurement does not depend on it.
    """
    data_dir.mkdir(parents=True, exist_ok=True)
    log = data_dir / "bench-server.log"
    started = time.perf_counter()
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*(command or default_command()), "--data-dir", str(data_dir), "--port", "0", "--quiet"],
            stdout=subprocess.DEVNULL, stderr=output, stdin=subprocess.DEVNULL, env=_environment(settings or {}),
        )  # fmt: skip
    try:
        url = _wait_until_ready(process, data_dir, log)
        ready_seconds = time.perf_counter() - started
        client = Client(url, owner_key(data_dir))
        try:
            yield RunningServer(url, psutil.Process(process.pid), client, data_dir, ready_seconds)
        finally:
            client.close()
    finally:
        _stop(process)


def owner_key(data_dir: Path) -> str:
    """Return the key that the server made for its owner."""
    return (data_dir / "owner.key").read_text(encoding="ascii").strip()


def default_command() -> list[str]:
    """Return the command beside the Python that runs this."""
    return [str(Path(sys.executable).parent / "footnote"), "serve"]


def _environment(settings: Mapping[str, str]) -> dict[str, str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("FOOTNOTE_")}
    return inherited | dict(settings)


def _wait_until_ready(process: "subprocess.Popen[bytes]", data_dir: Path, log: Path) -> str:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise ServerFailed(f"The server ended with code {process.returncode}; see {log}.")
        with suppress(FileNotFoundError, json.JSONDecodeError, httpx.TransportError, KeyError):
            address = json.loads((data_dir / "server.json").read_text(encoding="utf-8"))
            if address["pid"] == process.pid and httpx.get(f"{address['url']}/readyz").status_code == 200:
                return str(address["url"])
        time.sleep(_POLL_SECONDS)
    raise ServerFailed(f"The server was not ready within {_START_SECONDS:.0f} seconds; see {log}.")


def _stop(process: "subprocess.Popen[bytes]") -> None:
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _json(response: httpx.Response) -> dict[str, Any]:
    found: dict[str, Any] = _checked(response).json()
    return found


def _checked(response: httpx.Response) -> httpx.Response:
    if response.is_error:
        request = response.request
        said = response.read().decode("utf-8", "replace")
        raise ServerFailed(f"{request.method} {request.url.path}: {response.status_code} {said}")
    return response


def _read_document(document: Mapping[str, Any]) -> UploadedDocument:
    steps = document["job"]["steps"] if document["job"] else []
    chunks = max((step["total"] or 0 for step in steps if step["unit"] == "chunks"), default=0)
    error = document["error"]["message"] if document["error"] else None
    if document["status"] != "ready":
        raise ServerFailed(f"{document['filename']} is {document['status']}: {error}")
    return UploadedDocument(
        document["id"], document["filename"], document["status"], document["page_count"],
        {step["name"]: step["duration_ms"] for step in steps}, chunks, error,
    )  # fmt: skip
