"""Reading a request's body: bounded before it is held, sound before anything is made of it.

What Python's JSON reader would let through and a database or another reader would not (NaN, keys
said twice, half of a surrogate pair, a thousand brackets) is refused here, for every operation.
"""

import json
import math
from collections.abc import AsyncGenerator, Collection
from typing import Any

from fastapi.routing import APIRoute
from starlette.requests import Request

from app.kernel.errors import BadRequest, PayloadTooLarge, UnsupportedMediaType

JSON = "application/json"
MERGE_PATCH = "application/merge-patch+json"
FORM = "application/x-www-form-urlencoded"

BODY_LIMIT = 1_000_000
"""Bytes of a body, unless the operation says otherwise."""

DEEPEST = 64
"""How many objects and lists may stand inside one another."""


class AdmittedRequest(Request):
    """A request whose body is read within `limit` bytes and parsed once."""

    limit: int = BODY_LIMIT
    document: Any = None

    async def stream(self) -> AsyncGenerator[bytes, None]:
        if _declared_length(self) > self.limit:
            raise _too_large(self.limit)
        received = 0
        async for chunk in super().stream():
            received += len(chunk)
            if received > self.limit:
                raise _too_large(self.limit)
            yield chunk

    async def json(self) -> Any:
        return self.document


def types_of(route: APIRoute) -> frozenset[str]:
    """The media types that a route reads; none when it has no body, or streams it itself."""
    if route.body_field is None:
        return frozenset()
    media_type = getattr(route.body_field.field_info, "media_type", JSON)
    if media_type != JSON:
        return frozenset({media_type})
    patches = "PATCH" in (route.methods or ())
    return frozenset({JSON, MERGE_PATCH} if patches else {JSON})


async def admit(
    request: Request, takes: Collection[str] = (JSON,), limit: int = BODY_LIMIT
) -> Request:
    """Read the body of an operation that takes one, and refuse what cannot be read.

    `takes` are the media types of the operation, none when it makes nothing of a body; `limit` is
    in bytes. An empty body passes: whether one is needed is a question of shape. Refuses 413, 415,
    and 400 for JSON that is not sound.
    """
    admitted = AdmittedRequest(request.scope, request.receive)
    admitted.limit = limit
    if not takes or not await admitted.body():
        return admitted
    media_type = media_type_of(request)
    if media_type not in takes:
        raise UnsupportedMediaType(f"Send the body as {' or '.join(sorted(takes))}.")
    if media_type in (JSON, MERGE_PATCH):
        admitted.document = parse_json(await admitted.body())
    return admitted


def media_type_of(request: Request) -> str:
    """The media type of the request's body, without parameters; empty when it is not said."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def parse_json(body: bytes) -> Any:
    """The value that `body` says in UTF-8 JSON.

    Refuses what RFC 8259 leaves to luck: numbers that are not finite, a key twice in one object,
    lone surrogates, and nesting deeper than `DEEPEST`.
    """
    try:
        value = json.loads(
            body.decode(), object_pairs_hook=_unique_keys, parse_constant=_refuse_constant
        )
    except UnicodeDecodeError:
        raise BadRequest("The body is not UTF-8.") from None
    except RecursionError:
        raise _too_deep() from None
    except ValueError:
        raise BadRequest("The body is not valid JSON.") from None
    _check_value(value, 0)
    return value


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise BadRequest("The body says a key twice in the same object.")
    return found


def _refuse_constant(_name: str) -> None:
    raise BadRequest("The body holds NaN or Infinity, which are not JSON.")


def _check_value(value: object, depth: int) -> None:
    if depth == DEEPEST and isinstance(value, (dict, list)):
        raise _too_deep()
    if isinstance(value, str):
        _check_text(value)
    elif isinstance(value, float):
        if not math.isfinite(value):
            raise BadRequest("The body holds a number too large to be read.")
    elif isinstance(value, dict):
        for key, member in value.items():
            _check_text(key)
            _check_value(member, depth + 1)
    elif isinstance(value, list):
        for member in value:
            _check_value(member, depth + 1)


def _check_text(text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise BadRequest("The body holds half of a surrogate pair, which is no text.") from None


def _declared_length(request: Request) -> int:
    declared = request.headers.get("content-length", "")
    return int(declared) if declared.isascii() and declared.isdigit() else 0


def _too_large(limit: int) -> PayloadTooLarge:
    return PayloadTooLarge(f"The body is larger than {limit:,} bytes.")


def _too_deep() -> BadRequest:
    return BadRequest(f"The body is nested deeper than {DEEPEST} levels.")
