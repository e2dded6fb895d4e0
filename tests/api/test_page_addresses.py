"""What the addresses of the web app and unknown ones answer, by every method."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from tests.api.test_errors import assert_problem

from footnote.app.server import create_app
from footnote.kit.settings import Settings

PAGE = "<!doctype html><title>Footnote</title>"
PAGES = ("/", "/chat", "/chat/cnv_1", "/library", "/apiary")


@pytest.fixture
async def http(tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """A caller of a server whose web app is built."""
    folder = tmp_path / "web"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text(PAGE)
    (folder / "robots.txt").write_text("User-agent: *")
    (folder / "assets" / "main-1a2b.js").write_text("export {}")
    async with _caller(tmp_path, folder) as found:
        yield found


def _caller(data_dir: Path, web_folder: Path) -> httpx.AsyncClient:
    app = create_app(Settings(data_dir=data_dir), web_folder=web_folder)
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test")


@pytest.mark.parametrize("path", [*PAGES, "/robots.txt", "/assets/main-1a2b.js"])
async def test_head_answers_what_get_would_without_a_body(http: httpx.AsyncClient, path: str) -> None:
    got, asked = await http.get(path), await http.head(path)
    assert (got.status_code, asked.status_code) == (200, 200)
    assert asked.content == b""
    assert got.content
    for name in ("content-type", "content-length", "cache-control"):
        assert asked.headers.get(name) == got.headers.get(name)


@pytest.mark.parametrize("path", PAGES)
async def test_every_address_of_the_web_app_is_the_page(http: httpx.AsyncClient, path: str) -> None:
    assert (await http.get(path)).text == PAGE


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("path", ["/api", "/api/", "/api/v1/nothing", "/api/v2/documents", "/api/v1/documents/"])
async def test_an_unknown_api_address_is_not_found_by_any_method(
    http: httpx.AsyncClient, method: str, path: str
) -> None:
    response = await http.request(method, path)
    if method == "HEAD":
        assert response.status_code == 404
    else:
        assert_problem(response, 404, "no_such_route")


@pytest.mark.parametrize("path", ["/assets/gone.js", "/missing.png", "/.env", "/index.html.bak"])
async def test_a_file_that_is_not_there_is_not_found(http: httpx.AsyncClient, path: str) -> None:
    assert_problem(await http.get(path), 404, "no_such_route")


async def test_a_method_that_a_known_address_does_not_take_is_refused_and_the_others_are_named(
    http: httpx.AsyncClient,
) -> None:
    api, page = await http.put("/api/v1/collections"), await http.post("/library")
    for response in (api, page):
        assert_problem(response, 405, "method_not_allowed")
    assert "GET" in api.headers["allow"]
    assert set(page.headers["allow"].split(", ")) == {"GET", "HEAD"}


async def test_a_server_whose_web_app_is_not_built_says_how_to_build_it(tmp_path: Path) -> None:
    async with _caller(tmp_path, tmp_path / "none") as http:
        got, asked = await http.get("/"), await http.head("/")
    assert (got.status_code, asked.status_code) == (503, 503)
    assert "make web" in got.text
    assert asked.content == b""
