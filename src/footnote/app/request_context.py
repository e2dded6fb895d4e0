"""The request's id, in every log line and response; and one log line a request."""

import re
import time
import uuid

import structlog
from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from footnote.app.metrics import Metrics

log = structlog.get_logger(__name__)

_HEADER = "x-request-id"
_ACCEPTED = re.compile(r"[A-Za-z0-9._-]{8,64}")
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_QUIET = frozenset({"/livez", "/readyz", "/metrics"})
_SECURITY_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' blob: data:; style-src 'self' 'unsafe-inline'; script-src 'self'; "
        "frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
    ),
}


def request_id_of(connection: HTTPConnection) -> str:
    """Return the id given to this request, "" outside of one."""
    return str(connection.scope.get("state", {}).get("request_id", ""))


class RequestContextMiddleware:
    """Pure ASGI, since the convenience class of Starlette buffers streams."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = _request_id(HTTPConnection(scope).headers.get(_HEADER))
        scope.setdefault("state", {})["request_id"] = request_id
        status = 500
        started = time.perf_counter()

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers[_HEADER] = request_id
                for name, value in _SECURITY_HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=request_id):
            try:
                await self._app(scope, receive, send_with_headers)
            finally:
                self._report(scope, status, time.perf_counter() - started)

    def _report(self, scope: Scope, status: int, seconds: float) -> None:
        route = scope.get("route")
        path = getattr(route, "path", None) or "other"
        # A caller may send any word as method: as a label each would be kept for ever.
        method = scope["method"] if scope["method"] in _METHODS else "other"
        self._metrics.requests.labels(method, path, str(status)).inc()
        self._metrics.request_seconds.labels(method, path).observe(seconds)
        if scope["path"] not in _QUIET:
            log.info(
                "request.finished", method=method, route=path, status=status,
                duration_ms=round(seconds * 1000, 1),
            )  # fmt: skip


def _request_id(given: str | None) -> str:
    """Take a caller's id when it is a plain word, so that traces join; else make one."""
    return given if given and _ACCEPTED.fullmatch(given) else uuid.uuid4().hex
