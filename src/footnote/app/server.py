"""The FastAPI application: routers, border, background work, and the web app's files."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import structlog
from fastapi import APIRouter, FastAPI
from starlette.middleware.gzip import GZipMiddleware

import footnote.chat.router
import footnote.documents.router
import footnote.identity.router
import footnote.ingestion.router
import footnote.jobs.router
import footnote.retrieval.router
from footnote import __version__
from footnote.app import data_folder, health, openapi
from footnote.app.authentication import authenticator
from footnote.app.background import BackgroundWork
from footnote.app.bootstrap import Application, application
from footnote.app.errors import install_error_handlers
from footnote.app.metrics import Metrics
from footnote.app.openapi import install_openapi
from footnote.app.request_context import RequestContextMiddleware
from footnote.app.web_files import mount_web
from footnote.kit.errors import FootnoteError
from footnote.kit.principal import Principal
from footnote.kit.settings import Settings
from footnote.retrieval.schemas import SearchQuery

log = structlog.get_logger(__name__)

API = "/api/v1"
WEB_FOLDER = Path(__file__).parent / "web"


def create_app(settings: Settings, *, web_folder: Path = WEB_FOLDER) -> FastAPI:
    """Return the server; nothing is opened before its lifespan starts."""
    metrics = Metrics()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with application(settings, metrics=metrics) as wired, _serving(app, wired):
            yield

    app = FastAPI(
        title="Footnote",
        version=__version__,
        summary="Answers about your documents, each sentence with the exact spot it came from.",
        lifespan=lifespan,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        # Client generators name their methods after these; the tests hold that they are unique.
        generate_unique_id_function=lambda route: route.name,
    )
    app.state.is_ready = False
    app.state.public_url = settings.public_url or f"http://{settings.host}:{settings.port}"
    api = APIRouter(prefix=API)
    for module in (
        health,
        openapi,
        footnote.identity.router,
        footnote.documents.router,
        footnote.ingestion.router,
        footnote.jobs.router,
        footnote.retrieval.router,
        footnote.chat.router,
    ):
        api.include_router(module.router)
    app.include_router(api)
    app.include_router(health.probes)
    install_error_handlers(app)
    install_openapi(app)
    mount_web(app, web_folder)
    app.add_middleware(GZipMiddleware, minimum_size=1_000)
    app.add_middleware(RequestContextMiddleware, metrics=metrics)
    return app


@asynccontextmanager
async def _serving(app: FastAPI, wired: Application) -> AsyncIterator[None]:
    """Make the owner, pick up what a crash left, work in the background, and stop in order."""
    owner = await wired.identity.bootstrap_owner()
    key = data_folder.owner_key(wired.settings.data_dir)
    await wired.identity.ensure_key(owner, key, name="owner key")
    await wired.collections.ensure_default(owner)
    interrupted = await wired.runs.recover_at_start()
    if interrupted:
        log.warning("chat.runs_interrupted", count=interrupted)
    for organisation_id in await wired.identity.organisation_ids():
        await wired.deletion.erase_blobs(organisation_id)
    app.state.application = wired
    app.state.provided = wired.provided()
    app.state.authenticate = authenticator(wired.identity)
    app.state.started_at = wired.clock.monotonic_seconds()
    background = BackgroundWork()
    app.state.background = background
    background.start("job-runner", wired.runner.run)
    background.start("index-feeder", wired.outbox.run)
    background.start("run-watch", wired.runs.watch)
    background.start("housekeeping", wired.housekeeping.run)
    background.start("warm-up", lambda: _warm_up(wired, owner))
    app.state.end_streams = _end_streams(app, wired)
    app.state.is_ready = True
    log.info("server.ready", version=__version__, database="sqlite" if wired.database.is_sqlite else "postgresql")
    try:
        yield
    finally:
        await app.state.end_streams()
        await background.close()
        log.info("server.stopped")


def _end_streams(app: FastAPI, wired: Application) -> Callable[[], Awaitable[None]]:
    """Return what must happen before open connections are waited for: everything that keeps them open ends."""

    async def end_streams() -> None:
        app.state.is_ready = False
        wired.bus.close()
        await wired.runs.close()

    return end_streams


async def _warm_up(wired: Application, owner: Principal) -> None:
    """Load models and index by one search, so that the first person to ask does not wait for them."""
    try:
        await wired.search.search(owner, SearchQuery(query="warm up", top_k=1))
    except FootnoteError as error:
        log.warning("server.warm_up_failed", code=error.error_code)
