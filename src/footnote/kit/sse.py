"""Server-sent events with ids, so that a reader who lost the line goes on where it was."""

import json
from collections.abc import AsyncIterator, Mapping
from typing import Any

import anyio
from fastapi import Request
from sse_starlette import EventSourceResponse, ServerSentEvent

from footnote.kit.errors import InvalidInput

PING_SECONDS = 15
SEND_TIMEOUT_SECONDS = 30
STOP_SECONDS = 5
"""How long a stream may take to say its end once the server is told to stop."""
MAX_SEQ = 2**53 - 1
"""The largest event number that every client, JavaScript's too, can name exactly."""


def resume_point(request: Request, after: int | None) -> int | None:
    """Return the last number the reader has: `after` or its Last-Event-ID header, the later of both, or None.

    A browser that reconnects repeats the address with the `after` it began with, and names in the header what it has.
    """
    header = request.headers.get("last-event-id")
    if header is None or header == "":
        return after
    if not (header.isascii() and header.isdigit()) or int(header) > MAX_SEQ:
        raise InvalidInput("Last-Event-ID must be a number that this stream gave out.", code="bad_event_id")
    return max(int(header), after or 0)


def event(data: Mapping[str, Any], *, seq: int, name: str | None = None) -> ServerSentEvent:
    """Return one numbered event."""
    return ServerSentEvent(data=json.dumps(data, ensure_ascii=False, separators=(",", ":")), id=str(seq), event=name)


def event_stream(
    events: AsyncIterator[ServerSentEvent], headers: Mapping[str, str] | None = None
) -> EventSourceResponse:
    """Return the response: pings while idle, and lets go of a reader who takes nothing any more.

    Whoever makes the events ends them when the server stops; the library breaks the line only after a while.
    """
    return EventSourceResponse(
        events, ping=PING_SECONDS, send_timeout=SEND_TIMEOUT_SECONDS, headers=dict(headers or {}), sep="\n",
        shutdown_event=anyio.Event(), shutdown_grace_period=STOP_SECONDS,
    )  # fmt: skip
