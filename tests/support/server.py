"""The real server as a child process of the tests, on a data folder of its own, with either database."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psutil
from tests.support.client import Client
from tests.support.waiting import wait_for

STOP_SECONDS = 40.0
_TIMEOUT = httpx.Timeout(60.0)


@dataclass(slots=True)
class Server:
    """One data folder and, between `start` and `stop` or `kill`, the process that serves it.

    settings: FOOTNOTE_… variables without the prefix. database_url: None for SQLite.
    """

    data_dir: Path
    database_url: str | None = None
    settings: Mapping[str, str] = field(default_factory=dict)
    process: "subprocess.Popen[bytes] | None" = None
    url: str = ""
    _client: Client | None = None

    @property
    def log_path(self) -> Path:
        return self.data_dir.parent / f"{self.data_dir.name}.log"

    @property
    def log(self) -> str:
        return self.log_path.read_text(errors="replace")

    def logged(self, event: str) -> list[dict[str, Any]]:
        """Return the log lines of an event."""
        found = []
        for line in self.log.splitlines():
            with suppress(json.JSONDecodeError):
                entry = json.loads(line)
                if isinstance(entry, dict) and entry.get("event") == event:
                    found.append(entry)
        return found

    @property
    def key(self) -> str:
        return (self.data_dir / "owner.key").read_text().strip()

    @property
    def client(self) -> Client:
        """A client with the owner's key, for the process that runs now."""
        if self._client is None:
            self._client = self.new_client()
        return self._client

    def new_client(self, **options: Any) -> Client:
        """Return a client of its own with the owner's key, to be closed by the caller."""
        headers = {"Authorization": f"Bearer {self.key}", **options.pop("headers", {})}
        return Client(httpx.Client(base_url=self.url, headers=headers, timeout=_TIMEOUT, trust_env=False, **options))

    def anonymous(self) -> httpx.Client:
        """Return a client that carries no credential, to be closed by the caller."""
        return httpx.Client(base_url=self.url, timeout=_TIMEOUT, trust_env=False)

    def environment(self) -> dict[str, str]:
        """Return the environment of this server's process, and of commands that shall reach the same folder."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("FOOTNOTE_")}
        own = {"DATA_DIR": str(self.data_dir), "PORT": "0", **self.settings}
        if self.database_url is not None:
            own["DATABASE_URL"] = self.database_url
        return kept | {f"FOOTNOTE_{name}": value for name, value in own.items()}

    def spawn(self) -> "subprocess.Popen[bytes]":
        """Start a process on the folder without waiting for it."""
        with self.log_path.open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "footnote.cli.main", "serve", "--quiet"],
                env=self.environment(), stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.data_dir.parent,
            )  # fmt: skip

    def start(self) -> "Server":
        """Start and wait until requests are answered."""
        (self.data_dir / "server.json").unlink(missing_ok=True)
        process = self.process = self.spawn()

        def ready() -> bool:
            assert process.poll() is None, f"the server ended while it started:\n{self.log[-3000:]}"
            try:
                self.url = json.loads((self.data_dir / "server.json").read_text())["url"]
                return httpx.get(f"{self.url}/readyz", trust_env=False).status_code == 200
            except (FileNotFoundError, json.JSONDecodeError, httpx.TransportError):
                return False

        wait_for(ready, "the server's start")
        return self

    def children(self) -> list[psutil.Process]:
        """Return the processes that the server has started, at any depth."""
        assert self.process is not None
        with suppress(psutil.NoSuchProcess):
            return psutil.Process(self.process.pid).children(recursive=True)
        return []

    def signal_all(self, number: int) -> None:
        """Send a signal to the server and to its children."""
        assert self.process is not None
        for child in self.children():
            with suppress(psutil.NoSuchProcess):
                child.send_signal(number)
        self.process.send_signal(number)

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Hold the server's process still for the block; its children go on. Killing it meanwhile is allowed."""
        assert self.process is not None
        process = psutil.Process(self.process.pid)
        process.suspend()
        try:
            wait_for(lambda: process.status() == psutil.STATUS_STOPPED, "the server to stand still")
            yield
        finally:
            if self.process is not None:
                process.resume()

    def kill(self) -> None:
        """End the server and its children at once, as a power cut would."""
        assert self.process is not None
        children = self.children()
        self.process.kill()
        for child in children:
            with suppress(psutil.NoSuchProcess):
                child.kill()
        self.process.wait(timeout=STOP_SECONDS)
        psutil.wait_procs(children, timeout=STOP_SECONDS)
        self._forget_process()

    def stop(self) -> int:
        """End the server as its operator would and return its exit code; nothing of it is left running."""
        if self.process is None:
            return 0
        process, children = self.process, self.children()
        process.send_signal(signal.SIGTERM)
        try:
            code = process.wait(timeout=STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
            raise
        _, left = psutil.wait_procs(children, timeout=STOP_SECONDS)
        assert not left, f"children outlived the server: {left}"
        self._forget_process()
        return code

    def restart(self) -> "Server":
        """Stop and start again."""
        self.stop()
        return self.start()

    def _forget_process(self) -> None:
        self.process = None
        if self._client is not None:
            self._client.close()
            self._client = None


@contextmanager
def running(server: Server) -> Iterator[Server]:
    """Start the server for the block and leave nothing running, whatever happens in it."""
    try:
        yield server.start()
    finally:
        if server.process is not None and server.process.poll() is None:
            try:
                server.process.send_signal(signal.SIGCONT)
                server.stop()
            except BaseException:
                server.kill()
                raise
