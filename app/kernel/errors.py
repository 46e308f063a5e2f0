"""Every way the service refuses, and how each is said: RFC 9457 problem details.

A package subclasses one of the families with a `code` and a sentence; raising it is enough. Each
class enters `PROBLEMS`, from which the pages at `/problems` and the responses of the OpenAPI
document are made. Nothing here repeats what the client sent, nor what an exception said.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import structlog
from asgi_correlation_id import correlation_id
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm.exc import StaleDataError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

log = structlog.get_logger(__name__)

PROBLEM_MEDIA_TYPE = "application/problem+json"

PROBLEMS: dict[str, type["Refusal"]] = {}
"""Every refusal with a code of its own."""


class FieldProblem(BaseModel):
    """What is wrong with one part of the request."""

    model_config = ConfigDict(json_schema_serialization_defaults_required=True)

    pointer: str = Field(
        description="Where: a JSON Pointer into the body (`/title`), or `#/query/limit`, "
        "`#/path/grant_id`, `#/header/If-Match`.",
        examples=["/title"],
    )
    code: str = Field(description="What, as a stable word.", examples=["string_too_long"])
    detail: str = Field(description="What, as a sentence that names the fix.")


class Problem(BaseModel):
    """An answer that is not a success, in the form of RFC 9457."""

    model_config = ConfigDict(
        extra="allow", json_schema_serialization_defaults_required=True, title="Problem"
    )

    type: str = Field(
        description="Where this kind of problem is explained.",
        examples=["/problems/not_found"],
    )
    title: str = Field(description="The kind of problem, the same for each of its occurrences.")
    status: int = Field(description="The HTTP status.", examples=[404])
    detail: str = Field(description="What happened this time, and what would mend it.")
    instance: str = Field(description="The path that was asked.", examples=["/v1/grants"])
    code: str = Field(description="The kind of problem as a stable word.", examples=["not_found"])
    request_id: str = Field(description="Quote this when you ask for help.")
    errors: list[FieldProblem] = Field(description="What is wrong with which part, if known.")


class Refusal(Exception):
    """The service understood the request and will not do it."""

    status: ClassVar[int] = 500
    code: ClassVar[str] = "internal"
    title: ClassVar[str] = "Internal error"

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if "code" not in cls.__dict__:
            cls.code = _snake_case(cls.__name__)
        if "title" not in cls.__dict__:
            cls.title = cls.code.replace("_", " ").capitalize()
        if PROBLEMS.setdefault(cls.code, cls) is not cls:
            raise TypeError(f"two refusals share the code {cls.code!r}")

    def __init__(
        self,
        detail: str | None = None,
        *,
        errors: Sequence[FieldProblem] = (),
        extra: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """`detail` defaults to the first paragraph of the class's docstring."""
        self.detail = detail or self.explanation()
        self.errors = list(errors)
        self.extra = dict(extra or {})
        self.headers = dict(headers or {})
        super().__init__(self.detail)

    @classmethod
    def explanation(cls) -> str:
        """What the registry says of this refusal."""
        return " ".join((cls.__doc__ or cls.title).split())


def _snake_case(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


class BadRequest(Refusal):
    """The request cannot be read as HTTP and JSON: its syntax, encoding or nesting is at fault."""

    status, code, title = 400, "malformed_request", "Malformed request"


class Unauthenticated(Refusal):
    """The request carries no credential that this service accepts: sign in, or refresh."""

    status, code, title = 401, "unauthenticated", "Not signed in"


class NotAllowed(Refusal):
    """You may see this, and may not do this to it. `permission` names what you would need."""

    status, code, title = 403, "not_allowed", "Not allowed"


class NotFound(Refusal):
    """There is nothing here, or nothing that you may see: the two are not told apart."""

    status, code, title = 404, "not_found", "Not found"


class MethodNotAllowed(Refusal):
    """This path does not take this method. The `Allow` header lists those it takes."""

    status, code, title = 405, "method_not_allowed", "Method not allowed"


class Conflict(Refusal):
    """The state of things does not allow this now."""

    status, code, title = 409, "conflict", "Conflict"


class PreconditionFailed(Refusal):
    """What you read has changed since. Read it again, look, and repeat with its ETag."""

    status, code, title = 412, "precondition_failed", "Changed since you read it"


class PayloadTooLarge(Refusal):
    """The body is larger than this operation takes."""

    status, code, title = 413, "payload_too_large", "Body too large"


class UnsupportedMediaType(Refusal):
    """The body is of a media type that this operation does not take; say `application/json`."""

    status, code, title = 415, "unsupported_media_type", "Unsupported media type"


class Unprocessable(Refusal):
    """The request is well-formed, its values are not: `errors` names each with its fix."""

    status, code, title = 422, "validation_failed", "Values not accepted"


class BatchRefused(Unprocessable):
    """Some of the batch cannot be done, so none of it was. `errors` names each with its reason."""


class PreconditionRequired(Refusal):
    """Others change this too: send `If-Match` with the ETag of what you read."""

    status, code, title = 428, "precondition_required", "If-Match required"


class TooManyRequests(Refusal):
    """Too many requests of this kind in too short a time. Wait as long as `Retry-After` says."""

    status, code, title = 429, "too_many_requests", "Too many requests"


class Unavailable(Refusal):
    """The service cannot answer just now. Nothing was changed; repeat after `Retry-After`."""

    status, code, title = 503, "unavailable", "Unavailable"


class Internal(Refusal):
    """Something broke on our side. It is in our log under this request's id."""

    status, code, title = 500, "internal", "Internal error"


def not_allowed(*permissions: str) -> NotAllowed:
    """A 403 that names the permission that would have been enough."""
    return NotAllowed(
        f"This takes the permission {' or '.join(permissions)} here.",
        extra={"permission": permissions[0]},
    )


class ConstraintViolated(Conflict):
    """The change would break a rule that the database keeps; nothing of it was stored."""


CONSTRAINTS: dict[str, type[Refusal]] = {}
"""What it means when the database refuses by a constraint of this name."""


def constraint(name: str, refusal: type[Refusal]) -> None:
    """Say what a breach of the named constraint, unique index or trigger means to a client."""
    CONSTRAINTS[name] = refusal


def problem(request: Request, refusal: Refusal) -> Response:
    """The response that says `refusal`, with its registry address and the request's id."""
    body = Problem(
        type=f"/problems/{refusal.code}",
        title=refusal.title,
        status=refusal.status,
        detail=refusal.detail,
        instance=request.scope.get("path", ""),
        code=refusal.code,
        request_id=correlation_id.get() or "",
        errors=refusal.errors,
        **refusal.extra,
    )
    headers = {"Cache-Control": "no-store", **refusal.headers}
    if refusal.status == 401:
        headers.setdefault("WWW-Authenticate", 'Bearer realm="pln"')
    return Response(
        body.model_dump_json(),
        status_code=refusal.status,
        media_type=PROBLEM_MEDIA_TYPE,
        headers=headers,
    )


def validation_problems(found: Sequence[Mapping[str, Any]]) -> list[FieldProblem]:
    """Pydantic's findings as field problems; the values that the client sent are left out."""
    return [
        FieldProblem(
            pointer=_pointer(error["loc"]),
            code=str(error["type"]),
            detail=_printable(error["msg"], 300),
        )
        for error in found[:100]
    ]


def _pointer(loc: Sequence[str | int]) -> str:
    where, *path = loc or ("body",)
    steps = "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in path)
    return _printable(steps or "/" if where == "body" else f"#/{where}{steps}", 200)


def _printable(text: str, longest: int) -> str:
    return text.encode("utf-8", "backslashreplace").decode()[:longest]


def _on_refusal(request: Request, error: Exception) -> Response:
    assert isinstance(error, Refusal)
    return problem(request, error)


def _on_invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    if any(found["type"] == "json_invalid" for found in error.errors()):
        return problem(request, BadRequest("The body is not valid JSON."))
    found = validation_problems(error.errors())
    return problem(request, Unprocessable(errors=found))


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


def _on_http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    refusal = _OF_STATUS.get(error.status_code, Internal)
    return problem(request, refusal(headers=error.headers))


RETRY_LATER = {"Retry-After": "1"}

_OF_SQLSTATE: dict[str, Refusal] = {
    "40001": Unavailable("Others changed the same rows at once.", headers=RETRY_LATER),
    "40P01": Unavailable("Others changed the same rows at once.", headers=RETRY_LATER),
    "55P03": Unavailable("Somebody else is changing this right now.", headers=RETRY_LATER),
    "57014": Unavailable("The database took too long over this.", headers=RETRY_LATER),
    "53300": Unavailable(headers=RETRY_LATER),
}


def _on_database(request: Request, error: Exception) -> Response:
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


def _on_pool_timeout(request: Request, _error: Exception) -> Response:
    return problem(request, Unavailable(headers=RETRY_LATER))


def _on_stale(request: Request, _error: Exception) -> Response:
    return problem(request, PreconditionFailed())


def _on_anything(request: Request, error: Exception) -> Response:
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
