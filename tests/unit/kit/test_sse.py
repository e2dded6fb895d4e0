"""Where a reader's stream goes on."""

import pytest
from starlette.requests import Request

from footnote.kit.errors import InvalidInput
from footnote.kit.sse import MAX_SEQ, resume_point


def _request(last_event_id: str | None) -> Request:
    headers = [] if last_event_id is None else [(b"last-event-id", last_event_id.encode())]
    return Request({"type": "http", "headers": headers})


@pytest.mark.parametrize(
    ("after", "header", "expected"),
    [(None, None, None), (None, "", None), (5, None, 5), (None, "7", 7), (0, None, 0), (None, str(MAX_SEQ), MAX_SEQ)],
)
def test_a_stream_goes_on_after_the_number_the_reader_names(
    after: int | None, header: str | None, expected: int | None
) -> None:
    assert resume_point(_request(header), after) == expected


def test_a_browser_that_reconnects_to_the_address_it_first_asked_gets_nothing_twice() -> None:
    # It repeats the address with the old `after` and says in the header what it has seen since.
    assert resume_point(_request("42"), 0) == 42
    assert resume_point(_request("3"), 10) == 10


def test_a_header_that_is_no_number_is_refused_also_beside_after() -> None:
    with pytest.raises(InvalidInput):
        resume_point(_request("x"), 5)
