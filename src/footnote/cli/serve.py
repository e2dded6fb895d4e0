"""Running the server: one process that owns its data folder."""

import asyncio
import contextlib
import os
import signal
import socket
import sys
import threading
from collections.abc import Awaitable, Callable

import uvicorn

from footnote.app import data_folder
from footnote.app.logs import configure_logs
from footnote.app.server import create_app
from footnote.kit.settings import Settings

_GRACE_SECONDS = 8


def run_server(settings: Settings, *, announce: Callable[[str], None], stop_with_stdin: bool = False) -> None:
    """Serve until a signal comes; `announce` is called with the address once requests are answered.

    stop_with_stdin: end when standard input closes, so that a temporary server never outlives who started it.
    Raises Conflict when another process owns the data folder.
    """
    configure_logs(settings)
    # What is made below the data folder is everybody's documents: for this user's eyes, whoever made the folder.
    os.umask(0o077)
    # uvicorn stops gracefully and then raises the signal again: that must end this block, not cut it off.
    signal.signal(signal.SIGTERM, _end_quietly)
    with data_folder.owned(settings.data_dir):
        listener = _listen(settings.host, settings.port)
        port = listener.getsockname()[1]
        shown = settings.host if settings.host not in ("0.0.0.0", "::") else "127.0.0.1"  # noqa: S104  # compared only
        url = f"http://{shown}:{port}"
        app = create_app(settings)
        app.state.public_url = settings.public_url or url
        config = uvicorn.Config(
            app, log_config=None, access_log=False, timeout_graceful_shutdown=_GRACE_SECONDS, server_header=False
        )
        server = _Server(config)
        server.before_stop = lambda: app.state.end_streams()  # noqa: PLW0108  # set only when the lifespan starts
        asyncio.run(_serve(server, listener, lambda: _ready(settings, url, announce), stop_with_stdin=stop_with_stdin))


def _end_quietly(_signal: int, _frame: object) -> None:
    raise SystemExit(0)


class _Server(uvicorn.Server):
    """Tells when it answers requests, and lets streams say their end before it waits for them."""

    on_ready: Callable[[], None] | None = None
    before_stop: Callable[[], Awaitable[None]] | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        if self.started and self.on_ready is not None:
            self.on_ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        if self.before_stop is not None:
            await self.before_stop()
        await super().shutdown(sockets=sockets)


async def _serve(server: _Server, listener: socket.socket, ready: Callable[[], None], *, stop_with_stdin: bool) -> None:
    server.on_ready = ready
    watcher = asyncio.create_task(_watch_stdin(server)) if stop_with_stdin else None
    await server.serve(sockets=[listener])
    if watcher is not None:
        watcher.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await watcher


async def _watch_stdin(server: uvicorn.Server) -> None:
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    await reader.read()
    # Not `handle_exit`: uvicorn raises a handled signal again at its end, which would skip our own clean-up.
    server.should_exit = True


def _ready(settings: Settings, url: str, announce: Callable[[str], None]) -> None:
    data_folder.publish_address(settings.data_dir, url)
    # On a thread, because announcing asks the server for a sign-in link and so must not hold its event loop.
    threading.Thread(target=announce, args=(url,), daemon=True, name="announce").start()


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # The protocol is named because asyncio turns Nagle's delay off only where it stands: without, answers wait 40 ms.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise SystemExit(f"footnote: cannot listen on {host}:{port}: {error.strerror}") from error
    listener.set_inheritable(True)
    return listener
