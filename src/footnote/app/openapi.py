"""The API's description, completed with what FastAPI cannot see: the one error shape and how callers sign in."""

from typing import Any

from fastapi import APIRouter, FastAPI, Request
from fastapi.openapi.utils import get_openapi
from fastapi.responses import JSONResponse
from pydantic.json_schema import models_json_schema

from footnote.jobs.schemas import Event
from footnote.kit.http import PrincipalDep, ProblemDetails

_OPEN_ROUTES = frozenset({"/api/v1/health", "/api/v1/session"})


router = APIRouter()


@router.get("/openapi.json", include_in_schema=False)
async def describe_api(_principal: PrincipalDep, request: Request) -> JSONResponse:
    """The description of this release's API, for signed-in callers like everything else that tells something."""
    return JSONResponse(request.app.openapi())


def install_openapi(app: FastAPI) -> None:
    """Make `app.openapi()` return the completed description; it is built once, at the first call."""

    def describe() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _completed(
                get_openapi(title=app.title, version=app.version, summary=app.summary, routes=app.routes)
            )
        return app.openapi_schema

    app.openapi = describe  # type: ignore[method-assign]  # the way FastAPI documents


def _completed(schema: dict[str, Any]) -> dict[str, Any]:
    _, extra = models_json_schema(
        [(ProblemDetails, "serialization"), (Event, "serialization")], ref_template="#/components/schemas/{model}"
    )
    components = schema.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    for name, definition in extra["$defs"].items():
        schemas.setdefault(name, definition)
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    components["securitySchemes"] = {
        "key": {"type": "http", "scheme": "bearer"},
        "session": {"type": "apiKey", "in": "cookie", "name": "footnote_session"},
    }
    for path, operations in schema["paths"].items():
        for method, operation in operations.items():
            is_open = path in _OPEN_ROUTES and not (path.endswith("/session") and method == "delete")
            operation["security"] = [] if is_open else [{"key": []}, {"session": []}]
    return schema
