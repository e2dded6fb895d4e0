"""What all tests share: the two database profiles, a PostgreSQL of their own, and running servers."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from tests.support.postgres import Cluster, PostgresMissing, shared_cluster
from tests.support.server import Server, running

from footnote.app.migrate import migrate
from footnote.db.engine import Database, open_database

# The same examples on every run, and no clock: a slow machine is no reason to fail.
settings.register_profile("tests", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("tests")

PROFILES = ("embedded", "scaled")
MakeServer = Callable[..., Server]


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[Cluster]:
    """The session's PostgreSQL; without its binaries tests are skipped, except in CI, where that is a failure."""
    base = tmp_path_factory.getbasetemp()
    meeting_point = (base if worker_id == "master" else base.parent) / "postgres"
    try:
        with shared_cluster(meeting_point) as found:
            yield found
    except PostgresMissing as missing:
        if os.environ.get("CI") == "true":
            pytest.fail(f"{missing} In CI that is a failure.")
        pytest.skip(str(missing))


@pytest.fixture(scope="session")
def database_url_of(request: pytest.FixtureRequest) -> Callable[[str], str | None]:
    """Give the address of a fresh, empty database of a profile; None means SQLite in the data folder."""

    def of(profile: str) -> str | None:
        if profile == "embedded":
            return None
        found: Cluster = request.getfixturevalue("cluster")
        return found.new_database()

    return of


@pytest.fixture(scope="session", params=PROFILES)
def profile(request: pytest.FixtureRequest) -> str:
    """Which database the test runs on: embedded is SQLite, scaled is PostgreSQL."""
    return str(request.param)


@pytest.fixture
def make_server(tmp_path: Path, database_url_of: Callable[[str], str | None]) -> MakeServer:
    """Return a maker of servers on folders of this test, not yet started."""
    made: list[Server] = []

    def make(profile: str = "embedded", **settings: str) -> Server:
        upper = {name.upper(): value for name, value in settings.items()}
        made.append(Server(tmp_path / f"data{len(made)}", database_url_of(profile), upper))
        return made[-1]

    return make


@pytest.fixture
def start_server(make_server: MakeServer) -> Iterator[MakeServer]:
    """Return a maker of running servers, which end with the test."""
    with ExitStack() as stack:
        yield lambda profile="embedded", **settings: stack.enter_context(running(make_server(profile, **settings)))


@pytest.fixture
async def database(
    profile: str, tmp_path: Path, database_url_of: Callable[[str], str | None]
) -> AsyncIterator[Database]:
    """An open database of the profile at the newest schema, empty."""
    url = await asyncio.to_thread(database_url_of, profile)
    opened = open_database(url, tmp_path)
    try:
        await migrate(opened)
        yield opened
    finally:
        await opened.close()
