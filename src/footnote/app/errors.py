"""Every error of the API in one shape: RFC 9457 problem details with our code and the request's id."""

import math
from http import HTTPStatus

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from footnote.app.request_context import request_id_of
from footnote.kit.errors import Defect, FootnoteError, Unauthenticated
from footnote.kit.http import FieldProblem, ProblemDetails

log = structlog.get_logger(__name__)

_HTTP_CODES = {
    400: ("bad_request", "The request could not be understood."),
    404: ("no_such_route", "There is nothing at this address."),
    405: ("method_not_allowed", "This address does not take that method."),
    413: ("too_large", "The request is too large."),
    415: ("unsupported_media_type", "Send the body as the documented media type."),
}


def install_error_handlers(app: FastAPI) -> None:
    """Translate every exception at the border."""
    app.add_exception_handler(FootnoteError, _footnote_error)
    app.add_exception_handler(RequestValidationError, _validation_error)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(Exception, _unexpected_error)


def problem(
    request: Request,
    status: int,
    code: str,
    detail: str,
    *,
    errors: list[FieldProblem] | None = None,
    headers: dict[str, str] | None = None,
) -> JSONResponse:
    """Return one problem+json response."""
    body = ProblemDetails(
        type=f"urn:footnote:error:{code}",
        title=HTTPStatus(status).phrase,
        status=status,
        detail=detail,
        code=code,
        request_id=request_id_of(request),
        errors=errors or [],
    )
    return JSONResponse(body.model_dump(), status_code=status, media_type="application/problem+json", headers=headers)


async def _footnote_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, FootnoteError)
    if isinstance(error, Defect):
        log.error("request.defect", code=error.error_code, exc_info=error)
    headers: dict[str, str] = {}
    if error.retry_after_seconds is not None:
        headers["Retry-After"] = str(math.ceil(error.retry_after_seconds))
    if isinstance(error, Unauthenticated):
        headers["WWW-Authenticate"] = "Bearer"
    return problem(request, error.status, error.error_code, error.message, headers=headers)


async def _validation_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    fields = [
        FieldProblem(field=".".join(str(part) for part in item["loc"] if part != "body"), message=str(item["msg"]))
        for item in error.errors()
    ]
    first = fields[0]
    detail = f"{first.field}: {first.message}" if first.field else first.message
    return problem(request, 422, "invalid_input", detail, errors=fields)


async def _http_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    code, detail = _HTTP_CODES.get(error.status_code, ("http_error", str(error.detail)))
    headers = dict(error.headers) if error.headers else None
    return problem(request, error.status_code, code, detail, headers=headers)


async def _unexpected_error(request: Request, error: Exception) -> JSONResponse:
    log.error("request.unexpected_error", exc_info=error)
    return problem(request, 500, "internal_error", "Something went wrong on our side; the log has the details.")
