"""Rules that hold for every route: who may call it, and what a refusal looks like."""

import copy
import json
import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator
from tests.api.conftest import MAX_UPLOAD_BYTES
from tests.support.client import API, Client, Json
from tests.support.server import Server

from footnote.app.server import create_app
from footnote.kit.settings import Settings

OPEN = {("get", f"{API}/health"), ("post", f"{API}/session")}
LISTS = (
    "/collections", "/documents", "/jobs", "/conversations", "/conversations/{conversation_id}/messages",
)  # fmt: skip


def _description() -> dict[str, Any]:
    return create_app(Settings()).openapi()


def _routes() -> Iterator[tuple[str, str]]:
    for path, operations in _description()["paths"].items():
        for method in operations:
            yield method, path


def _filled(path: str, value: str = "missing") -> str:
    return re.sub(r"\{number\}", "1", re.sub(r"\{(?!number)[a-z_]+\}", value, path))


def assert_problem(response: httpx.Response, status: int, code: str | None = None) -> Json:
    """Hold a response against the one error shape."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    body: Json = response.json()
    assert set(body) == {"type", "title", "status", "detail", "code", "request_id", "errors"}
    assert body["status"] == status
    assert body["type"] == f"urn:footnote:error:{body['code']}"
    assert re.fullmatch(r"[a-z][a-z0-9_]*", body["code"])
    assert body["detail"]
    assert "Traceback" not in response.text
    if status != 500:
        assert body["request_id"] == response.headers["x-request-id"]
    if code is not None:
        assert body["code"] == code
    return body


@pytest.mark.parametrize(("method", "path"), sorted(set(_routes()) - OPEN))
def test_every_route_but_health_and_sign_in_asks_for_a_key(server: Server, method: str, path: str) -> None:
    with server.anonymous() as http:
        response = http.request(method, _filled(path))
        assert_problem(response, 401, "no_credential")
        assert response.headers["www-authenticate"] == "Bearer"
        wrong = http.request(method, _filled(path), headers={"Authorization": "Bearer fnk_wrong"})
        assert_problem(wrong, 401, "bad_key")


@pytest.mark.parametrize("path", ["/metrics", f"{API}/openapi.json"])
def test_what_tells_something_outside_the_described_api_asks_for_a_key_too(server: Server, path: str) -> None:
    with server.anonymous() as http:
        assert_problem(http.get(path), 401, "no_credential")


@pytest.mark.parametrize("header", ["Basic Zm9v", "Bearer", "fnk_x"])
def test_a_credential_of_another_kind_is_refused(server: Server, header: str) -> None:
    with server.anonymous() as http:
        assert_problem(http.get(f"{API}/me", headers={"Authorization": header}), 401, "bad_key")


@pytest.mark.parametrize(
    ("method", "path"), sorted(route for route in _routes() if re.search(r"\{(?!number)", route[1]))
)
def test_an_id_that_is_nobodys_is_not_found(client: Client, method: str, path: str) -> None:
    bodies: dict[tuple[str, str], Json] = {
        ("patch", "/documents/{document_id}"): {"title": "x"},
        ("patch", "/collections/{collection_id}"): {"name": "x"},
        ("patch", "/conversations/{conversation_id}"): {"title": "x"},
        ("post", "/conversations/{conversation_id}/messages"): {"text": "x"},
    }
    body = bodies.get((method, path.removeprefix(API)))
    response = client.http.request(method, _filled(path), json=body)
    assert_problem(response, 404)
    assert response.json()["code"].endswith("_not_found")


NASTY = ["%00", "a" * 300, "..%2F..%2Fetc", "%F0%9F%98%80", "'%20OR%201=1--", "doc_%00"]


@pytest.mark.parametrize(
    ("method", "path"), sorted(route for route in _routes() if re.search(r"\{(?!number)", route[1]))
)
def test_no_id_is_an_error_of_ours(client: Client, method: str, path: str) -> None:
    for value in NASTY:
        response = client.http.request(method, _filled(path, value), json={"title": "x", "text": "x", "name": "x"})
        assert response.status_code in (404, 405, 422), (value, response.status_code, response.text)
        assert response.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("path", ["/nothing", "/documents/x/nothing", "/"])
def test_an_address_that_is_nothing_is_not_found(client: Client, path: str) -> None:
    assert_problem(client.call("GET", path), 404, "no_such_route")


def test_a_method_that_an_address_does_not_take_is_refused_and_the_others_are_named(client: Client) -> None:
    response = client.call("PUT", "/collections")
    assert_problem(response, 405, "method_not_allowed")
    assert response.headers["allow"]


def test_a_body_beyond_the_limit_is_refused_before_it_is_read(client: Client) -> None:
    response = client.call(
        "POST",
        "/documents",
        headers={"Content-Type": "multipart/form-data; boundary=x"},
        content=b"x" * (MAX_UPLOAD_BYTES + 200_000),
    )
    assert_problem(response, 413, "file_too_large")


@pytest.mark.parametrize(
    ("method", "path", "body", "field"),
    [
        ("POST", "/search", {}, "query"),
        ("POST", "/search", {"query": "   "}, "query"),
        ("POST", "/search", {"query": "x", "top_k": 201}, "top_k"),
        ("POST", "/search", {"query": "x", "top_k": 0}, "top_k"),
        ("POST", "/search", {"query": "x", "colour": "red"}, "colour"),
        ("POST", "/search", {"query": "x", "filters": {"colour": "red"}}, "filters.colour"),
        ("POST", "/collections", {"name": ""}, "name"),
        ("POST", "/collections", {"name": "x", "preset": "huge"}, "preset"),
        ("POST", "/collections", {"name": "n" * 201}, "name"),
        ("POST", "/conversations", {"title": "t" * 201}, "title"),
        ("GET", "/documents?limit=0", None, "query.limit"),
        ("GET", "/documents?limit=201", None, "query.limit"),
        ("GET", "/documents?limit=many", None, "query.limit"),
        ("GET", "/documents?status=sleeping", None, "query.status"),
        ("GET", "/jobs?status=sleeping", None, "query.status"),
        ("GET", "/events/poll?after=-1", None, "query.after"),
        ("GET", "/events/poll?after=99999999999999999999999", None, "query.after"),
        ("GET", "/events?after=99999999999999999999999", None, "query.after"),
    ],
)
def test_a_field_that_does_not_fit_is_named(client: Client, method: str, path: str, body: Any, field: str) -> None:
    problem = assert_problem(client.call(method, path, json=body), 422, "invalid_input")
    assert field in [error["field"] for error in problem["errors"]]


@pytest.mark.parametrize("content", [b"{", b"[]", b'"text"', b"\xff\xfe", b'{"query": "\\ud800"}', b"[" * 100_000])
def test_a_body_that_is_not_the_documented_json_is_refused(client: Client, content: bytes) -> None:
    response = client.call("POST", "/search", content=content, headers={"Content-Type": "application/json"})
    # Nesting beyond all measure is not even parsed.
    assert_problem(response, 400 if content.startswith(b"[[") else 422)


def test_characters_that_cannot_be_stored_are_refused_and_never_an_error_of_ours(
    client: Client, collection: Json
) -> None:
    tried = [
        client.call("POST", "/collections", json={"name": f"a\x00{collection['name']}"}),
        client.call("POST", "/conversations", json={"title": "a\x00b"}),
        client.call("POST", "/search", json={"query": "a\x00b"}),
        client.call("POST", "/search", json={"query": "x", "filters": {"document_ids": ["a\x00"]}}),
        client.call("GET", "/documents", params={"q": "a\x00b"}),
        client.call("GET", "/documents", params={"collection_id": "a\x00b"}),
        client.call("POST", "/session", json={"code": "a\x00b"}),
    ]
    for response in tried:
        assert response.status_code < 500, response.text


@pytest.mark.parametrize(
    "metadata", [{"a": "b\x00c"}, {"a\x00": 1}, {"a": "\ud800"}, {"a": "x" * 30_000}, [1, 2], "text"],
    ids=["nul", "nul in name", "half a character", "large", "list", "text"],
)  # fmt: skip
def test_metadata_that_cannot_be_stored_is_refused(client: Client, library: dict[str, Json], metadata: Any) -> None:
    address = f"/documents/{library['pdf']['id']}"
    body = json.dumps({"metadata": metadata})
    response = client.call("PATCH", address, content=body, headers={"Content-Type": "application/json"})
    assert_problem(response, 422, "invalid_input")


@pytest.mark.parametrize("path", LISTS)
def test_a_cursor_that_was_not_given_out_is_refused(client: Client, path: str) -> None:
    address = path.format(conversation_id=client.conversation())
    for cursor in ("x", "%%%", "W10", "WyJhIiwgImIiXQ", "é", "WzFd", "bnVsbA"):
        assert_problem(client.call("GET", address, params={"cursor": cursor}), 422, "bad_cursor")
    # A list by position takes only what is a position.
    if "messages" in path:
        assert_problem(client.call("GET", address, params={"cursor": "WyJ4Il0"}), 422, "bad_cursor")


@pytest.mark.parametrize("header", ["x", "-1", "²", "1e3", "9" * 400])
def test_a_last_event_id_that_is_no_number_of_ours_is_refused(client: Client, header: str) -> None:
    response = client.call("GET", "/events", headers={"Last-Event-ID": header.encode("latin-1")})
    assert_problem(response, 422, "bad_event_id")


async def test_a_fault_of_ours_tells_nothing_and_has_the_one_shape(tmp_path: Any) -> None:
    app = create_app(Settings(data_dir=tmp_path))

    def break_down() -> None:
        raise RuntimeError("the secret is in here")

    app.add_api_route("/api/v1/broken", break_down, methods=["POST"])
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as http:
        response = await http.post("/api/v1/broken")
    body = assert_problem(response, 500, "internal_error")
    assert "secret" not in response.text
    assert body["request_id"]


def test_a_request_id_is_taken_over_when_it_is_a_plain_word(client: Client) -> None:
    assert client.call("GET", "/me", headers={"X-Request-ID": "trace-1234"}).headers["x-request-id"] == "trace-1234"
    forged = client.call("GET", "/me", headers={"X-Request-ID": "a b\tc"}).headers["x-request-id"]
    assert re.fullmatch(r"[0-9a-f]{32}", forged)


@pytest.mark.parametrize("path", ["/me", "/nothing"])
def test_every_response_forbids_sniffing_framing_and_foreign_scripts(client: Client, path: str) -> None:
    headers = client.call("GET", path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert "script-src 'self'" in headers["content-security-policy"]


def test_the_description_is_valid_openapi_and_says_what_a_client_generator_needs() -> None:
    description = _description()
    OpenAPIV31SpecValidator(copy.deepcopy(description)).validate()
    operations = [
        (path, method, operation)
        for path, methods in description["paths"].items()
        for method, operation in methods.items()
    ]
    names = [operation["operationId"] for _, _, operation in operations]
    assert len(set(names)) == len(names)
    for path, method, operation in operations:
        assert operation.get("summary"), (method, path)
        assert operation.get("tags"), (method, path)
        if (method, path) not in OPEN:
            assert "401" in operation["responses"], (method, path)
        success = [code for code in operation["responses"] if code.startswith("2")]
        assert success, (method, path)
        for code, response in operation["responses"].items():
            if code.startswith(("4", "5")):
                assert "application/problem+json" in response["content"], (method, path, code)


def test_the_running_server_serves_the_description(client: Client) -> None:
    assert client.get("/openapi.json")["info"]["title"] == "Footnote"
