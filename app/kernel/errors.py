"""Every way the service refuses.

A package subclasses one of the families with a `code` and a sentence; raising it is enough. Each
class enters `PROBLEMS`, from which the pages at `/problems` and the responses of the OpenAPI
document are made; `web/problems.py` answers with it. Nothing here repeats what the client sent, nor
what an exception said.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field

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


class Refusal(Exception):
    """The service understood the request and will not do it."""

    status: ClassVar[int] = 500
    code: ClassVar[str] = "internal"
    title: ClassVar[str] = "Internal error"
    is_anywhere: ClassVar[bool] = False
    """Whether any endpoint may answer so, whatever it is about."""

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
    def at(cls, pointer: str, detail: str | None = None) -> Self:
        """The refusal of one part of the request, with the fix; `detail` defaults to what the
        registry says."""
        fault = FieldProblem(pointer=pointer, code=cls.code, detail=detail or cls.explanation())
        return cls(errors=[fault])

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


class TooSlow(Refusal):
    """The request took too long in coming. Repeat it; an upload goes on where it stopped."""

    status, code, title = 408, "too_slow", "Too slow"


class Conflict(Refusal):
    """The state of things does not allow this now."""

    status, code, title = 409, "conflict", "Conflict"


class PreconditionFailed(Refusal):
    """What you read has changed since. Read it again, look, and repeat with its ETag."""

    status, code, title = 412, "precondition_failed", "Changed since you read it"


class PayloadTooLarge(Refusal):
    """The body is larger than this endpoint takes."""

    status, code, title = 413, "payload_too_large", "Body too large"


class UnsupportedMediaType(Refusal):
    """The body is of a media type that this endpoint does not take; say `application/json`."""

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


class HeadTooLarge(Refusal):
    """The line and the headers of the request are larger than this service takes."""

    status, code, title = 431, "head_too_large", "Headers too large"


class Unavailable(Refusal):
    """The service cannot answer just now. Nothing was changed; repeat after `Retry-After`."""

    status, code, title = 503, "unavailable", "Unavailable"


class Internal(Refusal):
    """Something broke on our side. It is in our log under this request's id."""

    status, code, title = 500, "internal", "Internal error"


class AddressNotProved(NotAllowed):
    """Whoever decides here has proved first that their address is theirs. `POST
    /v1/me/address-proof` sends a link to it."""


def not_allowed(*permissions: str) -> NotAllowed:
    """A 403 that names the permission that would have been enough."""
    return NotAllowed(
        f"This takes the permission {' or '.join(permissions)} here.",
        extra={"permission": permissions[0]},
    )


class ConstraintViolated(Conflict):
    """The change would break a rule that the database keeps; nothing of it was stored."""

    is_anywhere = True


CONSTRAINTS: dict[str, Callable[[], Refusal]] = {}
"""What it means when the database refuses by a constraint of this name."""


def constraint(name: str, refusal: type[Refusal], at: str | None = None) -> None:
    """Say what a breach of the named constraint, unique index or trigger means to a client, and of
    which part of the request, where it is always the same."""
    CONSTRAINTS[name] = refusal if at is None else partial(refusal.at, at)
