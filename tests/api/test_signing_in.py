"""The owner key, the one-time link, the cookie, and the guard against foreign pages."""

import stat
from urllib.parse import urlsplit

import httpx
import pytest
from tests.api.test_errors import assert_problem
from tests.support.client import API, Client
from tests.support.rows import query
from tests.support.server import Server

WEB = {"X-Footnote-Client": "web"}


def _code(client: Client) -> str:
    link = urlsplit(client.post("/session/links")["url"])
    assert link.path == "/sign-in"
    name, _, code = str(link.fragment).partition("=")
    assert name == "code", "the code stands in the fragment, which no server or proxy is sent"
    return code


@pytest.fixture
def browser(server: Server) -> httpx.Client:
    """A signed-in browser: a cookie and nothing else."""
    http = server.anonymous()
    assert http.post(f"{API}/session", json={"code": _code(server.client)}).status_code == 200
    return http


def test_the_owner_key_can_be_read_by_its_user_only(server: Server) -> None:
    mode = stat.S_IMODE((server.data_dir / "owner.key").stat().st_mode)
    assert mode == 0o600
    assert stat.S_IMODE(server.data_dir.stat().st_mode) == 0o700, "others cannot read the documents' files either"


def test_no_secret_is_stored_as_it_is(server: Server, browser: httpx.Client) -> None:
    cookie = browser.cookies["footnote_session"]
    for table in ("api_keys", "sessions", "sign_in_codes"):
        for row in query(server, f"SELECT * FROM {table}"):
            assert server.key not in map(str, row.values())
            assert cookie not in map(str, row.values())
    assert server.key not in server.log


def test_a_link_signs_in_once(server: Server, client: Client) -> None:
    code = _code(client)
    with server.anonymous() as http:
        first = http.post(f"{API}/session", json={"code": code})
        assert first.status_code == 200
        assert first.json()["role"] == "owner"
    with server.anonymous() as http:
        assert_problem(http.post(f"{API}/session", json={"code": code}), 401, "bad_code")
        assert_problem(http.post(f"{API}/session", json={"code": "guessed"}), 401, "bad_code")
        assert "set-cookie" not in http.post(f"{API}/session", json={"code": code}).headers


def test_the_cookie_is_closed_to_scripts_and_to_other_sites(server: Server, client: Client) -> None:
    with server.anonymous() as http:
        cookie = http.post(f"{API}/session", json={"code": _code(client)}).headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert "path=/" in cookie
    assert "max-age=" in cookie


def test_a_browser_may_read_but_change_only_with_the_pages_own_header(browser: httpx.Client) -> None:
    assert browser.get(f"{API}/me").status_code == 200
    assert_problem(browser.post(f"{API}/search", json={"query": "x"}), 403, "foreign_page")
    assert_problem(browser.delete(f"{API}/documents/x"), 403, "foreign_page")
    assert_problem(
        browser.post(f"{API}/search", json={"query": "x"}, headers={"X-Footnote-Client": "evil"}), 403, "foreign_page"
    )
    assert browser.post(f"{API}/search", json={"query": "x"}, headers=WEB).status_code == 200


def test_signing_out_makes_the_cookie_worthless(server: Server, browser: httpx.Client) -> None:
    secret = browser.cookies["footnote_session"]
    assert browser.delete(f"{API}/session", headers=WEB).status_code == 204
    with server.anonymous() as http:
        http.cookies.set("footnote_session", secret)
        assert_problem(http.get(f"{API}/me"), 401, "signed_out")


def test_me_says_who_is_asking_and_what_this_installation_offers(client: Client) -> None:
    me = client.get("/me")
    assert me["role"] == "owner"
    assert me["scopes"] == ["admin", "read", "write"]
    assert me["organisation"]["id"].startswith("org_")
    assert me["profile"]["answer_model"] == "local"
    assert me["profile"]["ocr_languages"] == ["eng"]


def test_health_needs_no_key_and_tells_nothing_of_an_organisation(server: Server, profile: str) -> None:
    with server.anonymous() as http:
        health = http.get(f"{API}/health").json()
        assert health["status"] in ("ok", "degraded")
        assert set(health["components"]) >= {"database", "index", "jobs", "models"}
        assert (
            health["components"]["database"]["figures"]["kind"]
            == {"embedded": "sqlite", "scaled": "postgresql"}[profile]
        )
        assert "org_" not in http.get(f"{API}/health").text
        assert http.get("/livez").json() == {"status": "ok"}
        assert http.get("/readyz").json() == {"status": "ok"}


def test_a_made_up_method_is_counted_without_its_name(client: Client) -> None:
    assert client.http.request("ZZ0Q", "/api/v1/documents").status_code == 405
    text = client.http.get("/metrics").text
    assert 'method="other"' in text
    assert "ZZ0Q" not in text


def test_metrics_are_prometheus_text_without_ids(client: Client) -> None:
    client.get("/me")
    text = client.http.get("/metrics").text
    assert 'footnote_http_requests_total{method="GET",route=' in text
    assert "footnote_jobs{" in text
    for prefix in ("doc_", "org_", "col_", "job_", "usr_"):
        assert f'"{prefix}' not in text
