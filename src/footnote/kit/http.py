"""What every router needs: who is asking, and the service that answers. Knows FastAPI, but no domain."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Request
from pydantic import BaseModel, Field

from footnote.kit.pagination import DEFAULT_LIMIT, MAX_LIMIT
from footnote.kit.principal import Principal

T = TypeVar("T")
Authenticate = Callable[[Request], Awaitable[Principal]]


class FieldProblem(BaseModel):
    """What is wrong with one field of a request."""

    field: str
    message: str


class ProblemDetails(BaseModel):
    """Every error of the API: RFC 9457, with our stable `code` and the request's id."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    code: str
    request_id: str
    errors: list[FieldProblem] = Field(default=[])


def problem_responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return the OpenAPI entries of the statuses, each with the one error shape; 401 and 422 are always among them."""
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/ProblemDetails"}}}
    return {status: {"description": "Problem", "content": content} for status in sorted({401, 422, *statuses})}


async def current_principal(request: Request) -> Principal:
    """Return the caller; Unauthenticated when the request carries no usable credential."""
    authenticate: Authenticate = request.app.state.authenticate
    return await authenticate(request)


def provided(kind: type[T]) -> Callable[[Request], T]:
    """Return a dependency that hands out the application's one instance of `kind`."""

    def provide(request: Request) -> T:
        found = request.app.state.provided[kind]
        assert isinstance(found, kind)
        return found

    return provide


PrincipalDep = Annotated[Principal, Depends(current_principal)]


class Paging(BaseModel):
    """Where a list starts and how much of it is wanted."""

    cursor: str | None = Field(default=None, max_length=500)
    limit: int = Field(default=DEFAULT_LIMIT, ge=1, le=MAX_LIMIT)
