"""How a refusal is answered: RFC 9457 problem details, whatever left the route.

Nothing here repeats what the client sent, nor what an exception said.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import structlog
from asgi_correlation_id import correlation_id
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm.exc import StaleDataError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from app.kernel.errors import (
    CONSTRAINTS,
    BadRequest,
    ConstraintViolated,
    FieldProblem,
    Internal,
    MethodNotAllowed,
    NotAllowed,
    NotFound,
    PayloadTooLarge,
    PreconditionFailed,
    Refusal,
    Unauthenticated,
    Unavailable,
    Unprocessable,
    UnsupportedMediaType,
)
from app.web import findings, rate_limits
from app.web.problem_shapes import PROBLEM_MEDIA_TYPE, Problem

log = structlog.get_logger(__name__)

MOST_FAULTS = 20
"""How many faults of one request are told."""


def problem(request: Request, refusal: Refusal) -> Response:
    """The response that says `refusal`, with its registry address and the request's id."""
    body = Problem(
        type=f"/problems/{refusal.code}",
        title=refusal.title,
        status=refusal.status,
        detail=_of_many(refusal.detail, len(refusal.errors)),
        instance=request.scope.get("path", ""),
        code=refusal.code,
        request_id=correlation_id.get() or "",
        errors=refusal.errors[:MOST_FAULTS],
        **refusal.extra,
    )
    headers = {"Cache-Control": "no-store", **refusal.headers}
    rate_limits.dress(headers, getattr(request.state, "rate_limits", {}))
    if refusal.status == 401:
        headers.setdefault("WWW-Authenticate", 'Bearer realm="pln"')
    return Response(
        body.model_dump_json(),
        status_code=refusal.status,
        media_type=PROBLEM_MEDIA_TYPE,
        headers=headers,
    )


def _of_many(detail: str, faults: int) -> str:
    more = f" The first {MOST_FAULTS} of {faults} faults are named." if faults > MOST_FAULTS else ""
    return detail + more


def validation_problems(found: Sequence[Mapping[str, Any]]) -> list[FieldProblem]:
    """Pydantic's first findings as field problems, without the values that the client sent."""
    return [
        FieldProblem(
            pointer=_pointer(error["loc"]),
            code=str(error["type"]),
            detail=_printable(findings.sentence(error), 300),
        )
        for error in found[:MOST_FAULTS]
    ]


def _pointer(loc: Sequence[str | int]) -> str:
    where, *path = loc or ("body",)
    steps = "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in path)
    return _printable(steps or "/" if where == "body" else f"#/{where}{steps}", 200)


def _printable(text: str, longest: int) -> str:
    return text.encode("utf-8", "backslashreplace").decode()[:longest]


async def _on_refusal(request: Request, error: Exception) -> Response:
    assert isinstance(error, Refusal)
    return problem(request, error)


async def _on_invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    if any(found["type"] == "json_invalid" for found in error.errors()):
        return problem(request, BadRequest("The body is not valid JSON."))
    found = error.errors()
    detail = _of_many(Unprocessable.explanation(), len(found))
    return problem(request, Unprocessable(detail, errors=validation_problems(found)))


_OF_STATUS: dict[int, type[Refusal]] = {
    refusal.status: refusal
    for refusal in (
        BadRequest,
        Unauthenticated,
        NotAllowed,
        NotFound,
        MethodNotAllowed,
        PayloadTooLarge,
        UnsupportedMediaType,
        Unavailable,
    )
}


async def _on_http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    refusal = _OF_STATUS.get(error.status_code, Internal)
    return problem(request, refusal(headers=error.headers))


RETRY_LATER = {"Retry-After": "1"}

_OF_SQLSTATE: dict[str, Refusal] = {
    "40001": Unavailable(
        "Others changed the same at once: repeat the request.", headers=RETRY_LATER
    ),
    "40P01": Unavailable(
        "Others changed the same at once: repeat the request.", headers=RETRY_LATER
    ),
    "55P03": Unavailable(
        "Somebody else is changing this right now: repeat in a moment.", headers=RETRY_LATER
    ),
    "57014": Unavailable(
        "The database took too long over this: repeat it, or ask for less.", headers=RETRY_LATER
    ),
    "53300": Unavailable(headers=RETRY_LATER),
}


async def _on_database(request: Request, error: Exception) -> Response:
    """A refusal by the database: a named constraint, a rival writer, or no connection."""
    assert isinstance(error, DBAPIError)
    state = getattr(error.orig, "sqlstate", None) or ""
    diagnostics = getattr(error.orig, "diag", None)
    name = getattr(diagnostics, "constraint_name", None) or ""
    if name in CONSTRAINTS:
        return problem(request, CONSTRAINTS[name]())
    if isinstance(error, IntegrityError):
        log.warning("constraint_violated", constraint=name, sqlstate=state)
        return problem(request, ConstraintViolated(extra={"constraint": name or None}))
    if state in _OF_SQLSTATE:
        return problem(request, _OF_SQLSTATE[state])
    if error.connection_invalidated or state.startswith(("08", "57P")) or not state:
        log.error("database_unreachable", sqlstate=state)
        return problem(request, Unavailable(headers={"Retry-After": "3"}))
    log.error("database_error", sqlstate=state, exc_info=error)
    return problem(request, Internal())


async def _on_pool_timeout(request: Request, _error: Exception) -> Response:
    return problem(request, Unavailable(headers=RETRY_LATER))


async def _on_stale(request: Request, _error: Exception) -> Response:
    return problem(request, PreconditionFailed())


async def _on_anything(request: Request, error: Exception) -> Response:
    log.error("unhandled", exc_info=error)
    return problem(request, Internal())


def install(app: FastAPI) -> None:
    """Let every exception that can leave a route end as problem details."""
    app.add_exception_handler(Refusal, _on_refusal)
    app.add_exception_handler(RequestValidationError, _on_invalid)
    app.add_exception_handler(HTTPException, _on_http)
    app.add_exception_handler(DBAPIError, _on_database)
    app.add_exception_handler(PoolTimeout, _on_pool_timeout)
    app.add_exception_handler(StaleDataError, _on_stale)
    app.add_exception_handler(Exception, _on_anything)
