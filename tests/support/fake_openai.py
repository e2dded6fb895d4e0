"""A server that speaks OpenAI's streaming chat completions over real HTTP, and does what the test tells it to.

It writes each answer as a model's server would: one `data:` line a token, a closing chunk with the finish reason, one
with the usage, and `[DONE]`. Knobs make it slow, silent, refusing or broken; it remembers what it was asked and
whether its reader hung up.
"""

import json
import re
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

_TOKEN = re.compile(r"\s*\S+|\s+$")
_LISTEN_SECONDS = 0.02


@dataclass(slots=True)
class Behaviour:
    """What the next calls meet.

    answer: the text. token_seconds: pause before each token. status: an HTTP error instead of an answer.
    hang_after: stop talking after so many tokens, until the reader hangs up. cut_after: close the line after so many.
    """

    answer: str = "NO_ANSWER"
    token_seconds: float = 0.0
    status: int = 200
    hang_after: int | None = None
    cut_after: int | None = None


@dataclass(slots=True)
class FakeOpenAI:
    """The running fake; change `behaviour` between calls."""

    url: str
    behaviour: Behaviour = field(default_factory=Behaviour)
    requests: list[dict[str, Any]] = field(default_factory=list)
    tokens_sent: int = 0
    hung_up: threading.Event = field(default_factory=threading.Event)
    released: threading.Event = field(default_factory=threading.Event)
    """Set to let a model that hangs go on."""

    def settings(self) -> dict[str, str]:
        """Return the settings that make a Footnote server use this model."""
        return {
            "openai_base_url": f"{self.url}/v1", "openai_api_key": "sk-test", "openai_model": "scripted-1",
            "openai_input_usd_per_million_tokens": "2.5", "openai_output_usd_per_million_tokens": "10",
        }  # fmt: skip


@contextmanager
def fake_openai() -> Iterator[FakeOpenAI]:
    """Serve on a free loopback port for the block."""
    server = _Server(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    fake = server.fake = FakeOpenAI(f"http://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield fake
    finally:
        fake.released.set()
        server.shutdown()
        server.server_close()
        thread.join(timeout=10)


class _Server(ThreadingHTTPServer):
    fake: FakeOpenAI
    request_queue_size = 128


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_POST(self) -> None:
        fake = self.server.fake
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        fake.requests.append(body)
        behaviour = fake.behaviour
        self.close_connection = True
        try:
            if behaviour.status != 200:
                self._refuse(behaviour.status)
            else:
                self._answer(fake, behaviour, body)
        except (BrokenPipeError, ConnectionResetError):
            fake.hung_up.set()

    def _refuse(self, status: int) -> None:
        body = json.dumps({"error": {"message": "scripted", "type": "scripted", "code": None}}).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _answer(self, fake: FakeOpenAI, behaviour: Behaviour, body: dict[str, Any]) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        tokens = _TOKEN.findall(behaviour.answer)
        self._send(body, {"role": "assistant", "content": ""})
        for position, token in enumerate(tokens):
            if position == behaviour.cut_after:
                self.connection.shutdown(socket.SHUT_RDWR)
                return
            if position == behaviour.hang_after:
                self._wait(fake, None)
            self._wait(fake, behaviour.token_seconds)
            self._send(body, {"content": token})
            fake.tokens_sent += 1
        self._send(body, {}, finish_reason="stop")
        usage = {"prompt_tokens": 100, "completion_tokens": len(tokens), "total_tokens": 100 + len(tokens)}
        self._write({**self._chunk(body), "choices": [], "usage": usage})
        self._line(b"data: [DONE]\n\n")
        self.wfile.write(b"0\r\n\r\n")

    def _wait(self, fake: FakeOpenAI, seconds: float | None) -> None:
        """Pause; without a time, until the test releases the model. ConnectionResetError once the reader hangs up."""
        end = None if seconds is None else time.monotonic() + seconds
        while (end is None and not fake.released.is_set()) or (end is not None and time.monotonic() < end):
            self.connection.settimeout(_LISTEN_SECONDS)
            with suppress(TimeoutError):
                if self.connection.recv(1) == b"":
                    raise ConnectionResetError
        self.connection.settimeout(None)

    def _send(self, body: dict[str, Any], delta: dict[str, str], *, finish_reason: str | None = None) -> None:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish_reason}
        self._write({**self._chunk(body), "choices": [choice], "usage": None})

    def _chunk(self, body: dict[str, Any]) -> dict[str, Any]:
        return {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1_700_000_000, "model": body["model"]}

    def _write(self, chunk: dict[str, Any]) -> None:
        self._line(b"data: " + json.dumps(chunk).encode() + b"\n\n")

    def _line(self, line: bytes) -> None:
        self.wfile.write(f"{len(line):x}\r\n".encode() + line + b"\r\n")
        self.wfile.flush()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the base class's name
        """Say nothing: the tests' output is read by people."""
