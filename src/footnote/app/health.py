"""Liveness, readiness, status and metrics. None of them calls a provider or costs money."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from footnote import __version__
from footnote.app.bootstrap import Application
from footnote.kit.errors import FootnoteError
from footnote.kit.http import PrincipalDep, problem_responses

probes = APIRouter(include_in_schema=False)
router = APIRouter(tags=["health"])


class ComponentHealth(BaseModel):
    """One part of the product and its own figures."""

    status: Literal["ok", "degraded", "down"]
    figures: dict[str, int | str] = {}


class Health(BaseModel):
    """The whole; degraded means that it serves with something behind or missing."""

    status: Literal["ok", "degraded", "down"]
    version: str
    uptime_seconds: float
    components: dict[str, ComponentHealth]


def wired(request: Request) -> Application:
    """Return the running application."""
    found: Application = request.app.state.application
    return found


App = Annotated[Application, Depends(wired)]


@probes.get("/livez")
async def livez() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


@probes.get("/readyz")
async def readyz(request: Request) -> Response:
    """The database answers and the server takes requests; 503 otherwise, also while it stops."""
    if not getattr(request.app.state, "is_ready", False):
        return JSONResponse({"status": "not_ready"}, status_code=503)
    try:
        await wired(request).database.ping()
    except FootnoteError as error:
        return JSONResponse({"status": "not_ready", "reason": error.error_code}, status_code=503)
    return JSONResponse({"status": "ok"})


@probes.get("/metrics")
async def metrics(principal: PrincipalDep, app: App, request: Request) -> Response:
    """Prometheus text format; needs the owner key like everything else that tells something."""
    for status, count in (await app.jobs.counts()).items():
        app.metrics.jobs.labels(status).set(count)
    app.metrics.index_behind.set(len(await app.outbox.behind()))
    app.metrics.uptime.set(_uptime(request))
    return Response(app.metrics.render(), media_type="text/plain; version=0.0.4; charset=utf-8")


@router.get("/health", responses=problem_responses())
async def health(app: App, request: Request) -> Health:
    """Return how the parts stand; no key is needed and nothing of an organisation is told."""
    components = {
        "database": await _database(app),
        "index": await _index(app),
        "jobs": await _jobs(app),
        "background": _background(request),
        "models": ComponentHealth(
            status="ok", figures={"answers": app.profile.answer_model, "embedder": app.settings.embedder}
        ),
    }
    worst = {component.status for component in components.values()}
    status: Literal["ok", "degraded", "down"] = "ok"
    if components["database"].status == "down":
        status = "down"
    elif worst != {"ok"}:
        status = "degraded"
    return Health(status=status, version=__version__, uptime_seconds=_uptime(request), components=components)


async def _database(app: Application) -> ComponentHealth:
    kind = "sqlite" if app.database.is_sqlite else "postgresql"
    try:
        await app.database.ping()
    except FootnoteError:
        return ComponentHealth(status="down", figures={"kind": kind})
    return ComponentHealth(status="ok", figures={"kind": kind})


async def _index(app: Application) -> ComponentHealth:
    try:
        behind = len(await app.outbox.behind())
        words_only = await app.index_versions.count_by_words_only()
    except FootnoteError:
        return ComponentHealth(status="down")
    # Searched by words only until a rebuild: the configured embedder is not the one of the index.
    figures: dict[str, int | str] = {"behind": behind, "rebuild_needed": words_only}
    return ComponentHealth(status="degraded" if behind or words_only else "ok", figures=figures)


async def _jobs(app: Application) -> ComponentHealth:
    try:
        counts = await app.jobs.counts()
    except FootnoteError:
        return ComponentHealth(status="down")
    return ComponentHealth(status="ok", figures={"queued": counts["queued"], "running": counts["running"]})


def _background(request: Request) -> ComponentHealth:
    down = sorted(request.app.state.background.down)
    return ComponentHealth(status="degraded" if down else "ok", figures=dict.fromkeys(down, "down"))


def _uptime(request: Request) -> float:
    app = wired(request)
    started: float = request.app.state.started_at
    return round(app.clock.monotonic_seconds() - started, 1)
