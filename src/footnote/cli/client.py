"""The command line's way to the REST API: a running server's, or a temporary one of its own."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx

from footnote.app import data_folder
from footnote.kit.settings import Settings

_START_SECONDS = 60.0
_TIMEOUT = httpx.Timeout(10.0, read=600.0, write=600.0)


class ApiError(Exception):
    """The server refused; carries its problem details."""

    def __init__(self, status: int, code: str, detail: str) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.detail = detail


class ServerUnreachable(Exception):
    """No server answers and none could be started."""


class ApiClient:
    """A thin client: JSON in, JSON out, problems as ApiError."""

    def __init__(self, url: str, key: str) -> None:
        self.url = url
        self._http = httpx.Client(
            base_url=f"{url}/api/v1", headers={"Authorization": f"Bearer {key}"}, timeout=_TIMEOUT, trust_env=False
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.close()

    def get(self, path: str, **params: Any) -> Any:
        """GET and return the JSON."""
        return self._checked(self._http.get(path, params={k: v for k, v in params.items() if v is not None}))

    def post(self, path: str, body: Any = None) -> Any:
        """POST JSON and return the JSON."""
        return self._checked(self._http.post(path, json=body))

    def delete(self, path: str) -> Any:
        """DELETE and return the JSON."""
        return self._checked(self._http.delete(path))

    def upload(self, file: Path, collection_id: str | None) -> Any:
        """Send one file, streamed from disk."""
        data = {"collection_id": collection_id} if collection_id else {}
        with file.open("rb") as source:
            return self._checked(self._http.post("/documents", data=data, files={"file": (file.name, source)}))

    def ask(self, conversation_id: str, text: str, *, model: str) -> Iterator[dict[str, Any]]:
        """Ask and yield the parts of the stream as they come."""
        body = {"text": text, "stream": True, "model": model}
        with self._http.stream("POST", f"/conversations/{conversation_id}/messages", json=body) as response:
            if response.status_code >= 400:
                response.read()
                self._checked(response)
            for line in response.iter_lines():
                if line.startswith("data: ") and line != "data: [DONE]":
                    yield json.loads(line.removeprefix("data: "))

    def _checked(self, response: httpx.Response) -> Any:
        if response.status_code >= 400:
            try:
                problem = response.json()
                raise ApiError(response.status_code, problem["code"], problem["detail"])
            except (ValueError, KeyError) as error:
                raise ApiError(response.status_code, "http_error", response.text[:200]) from error
        return response.json() if response.content else None


@contextmanager
def connect(settings: Settings) -> Iterator[ApiClient]:
    """Yield a client of FOOTNOTE_URL, else of the data folder's server, else of a temporary one on loopback."""
    url = os.environ.get("FOOTNOTE_URL")
    if url:
        with ApiClient(url.rstrip("/"), _key(settings)) as client:
            yield client
        return
    running = _running_server(settings)
    if running is not None:
        with ApiClient(running, _key(settings)) as client:
            yield client
        return
    with temporary_server(settings) as started, ApiClient(started, _key(settings)) as client:
        yield client


def _running_server(settings: Settings) -> str | None:
    """Return the address of the folder's server, waiting for one that is still starting; None when there is none."""
    end = time.monotonic() + _START_SECONDS
    while data_folder.is_owned(settings.data_dir):
        address = data_folder.published_address(settings.data_dir)
        if address is not None:
            return address.url
        if time.monotonic() > end:
            raise ServerUnreachable("The data folder's server does not say where it can be reached.")
        time.sleep(0.1)
    return None


@contextmanager
def temporary_server(settings: Settings) -> Iterator[str]:
    """Start a server for this folder on a free port; it ends with this process, however that ends."""
    environment = {
        **os.environ,
        "FOOTNOTE_DATA_DIR": str(settings.data_dir),
        "FOOTNOTE_HOST": "127.0.0.1",
        "FOOTNOTE_PORT": "0",
        "FOOTNOTE_LOG_LEVEL": "error",
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "footnote.cli.main", "serve", "--until-stdin-closes", "--quiet"],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        env=environment,
    )
    try:
        yield _wait_until_ready(process, settings)
    finally:
        assert process.stdin is not None
        process.stdin.close()
        process.wait(timeout=30)


def _wait_until_ready(process: "subprocess.Popen[bytes]", settings: Settings) -> str:
    end = time.monotonic() + _START_SECONDS
    while time.monotonic() < end:
        address = data_folder.published_address(settings.data_dir)
        if address is not None and address.pid == process.pid:
            return address.url
        if process.poll() is not None:
            # Another command may have started the folder's server in the same moment.
            address = data_folder.published_address(settings.data_dir)
            if address is not None:
                return address.url
            raise ServerUnreachable("The server could not be started; run `footnote serve` to see why.")
        time.sleep(0.05)
    raise ServerUnreachable(f"The server did not become ready within {_START_SECONDS:.0f} seconds.")


def _key(settings: Settings) -> str:
    key = os.environ.get("FOOTNOTE_OWNER_KEY") or data_folder.read_owner_key(settings.data_dir)
    if not key:
        raise ServerUnreachable(
            f"There is no owner key that you may read in {settings.data_dir}; set FOOTNOTE_OWNER_KEY."
        )
    return key
