"""Cursors for lists: opaque to callers, a sort key and an id inside, so pages neither skip nor repeat."""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from footnote.kit.errors import InvalidInput

T = TypeVar("T")

DEFAULT_LIMIT = 50
MAX_LIMIT = 200


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page of a list and the cursor of the next, None at the end."""

    items: tuple[T, ...]
    next_cursor: str | None


def encode_cursor(*parts: str) -> str:
    """Return the parts as one address-safe word."""
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")


def decode_cursor(cursor: str | None, parts: int) -> tuple[str, ...] | None:
    """Return the cursor's parts, or None without a cursor; InvalidInput `bad_cursor` when it is not one of ours."""
    if cursor is None:
        return None
    try:
        values = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError) as error:
        raise InvalidInput("This cursor was not given out by this list.", code="bad_cursor") from error
    if not isinstance(values, list) or len(values) != parts or not all(isinstance(v, str) for v in values):
        raise InvalidInput("This cursor was not given out by this list.", code="bad_cursor")
    return tuple(values)


def paginate(rows: Sequence[T], limit: int, cursor_of: Callable[[T], str]) -> Page[T]:
    """Make a page from up to `limit + 1` rows; the extra row only says that there is more."""
    items = tuple(rows[:limit])
    return Page(items, cursor_of(items[-1]) if len(rows) > limit else None)
