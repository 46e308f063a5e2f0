"""Reading a request's body: within its limits, after the credential, and parsed once."""

import asyncio
import inspect
from collections.abc import AsyncGenerator, Collection
from typing import Any, Final

from fastapi import Body
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.requests import Request

from app.kernel import schemas
from app.kernel.errors import PayloadTooLarge, UnsupportedMediaType
from app.settings import Settings
from app.web.sound_json import parse_json

JSON = "application/json"
MERGE_PATCH = "application/merge-patch+json"
FORM = "application/x-www-form-urlencoded"

WRITES: Final = frozenset({"POST", "PUT", "PATCH", "DELETE"})

LONG: Final = 64 * 1024
"""Bytes of JSON from which it is parsed beside the loop, so that nobody else waits for it."""


class AdmittedRequest(Request):
    """A request whose body is read within `limit` bytes and parsed once."""

    limit: int = 0
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


def optional_where_empty(signature: inspect.Signature) -> inspect.Signature:
    """The signature of an endpoint, whose body may be left out where each of its fields may."""
    parameters = [
        one.replace(default=Body(default_factory=one.annotation))
        if one.default is one.empty and _may_be_empty(one.annotation)
        else one
        for one in signature.parameters.values()
    ]
    return signature.replace(
        parameters=sorted(parameters, key=lambda one: one.default is not one.empty)
    )


def _may_be_empty(annotation: Any) -> bool:
    is_body = isinstance(annotation, type) and issubclass(annotation, schemas.Request)
    return is_body and not any(one.is_required() for one in annotation.model_fields.values())


def streamed(media_type: str | None) -> dict[str, Any]:
    """What the document says of a body that an endpoint reads itself, as it comes."""
    if media_type is None:
        return {}
    content = {media_type: {"schema": {"type": "string", "format": "binary"}}}
    return {"requestBody": {"required": True, "content": content}}


async def admit(request: Request, takes: Collection[str] = (JSON,), *, is_open: bool) -> Request:
    """Read the body of an operation, and refuse what cannot be read.

    `takes` are the media types of the operation, none when it takes no body: then an empty object
    passes, since it says nothing, and whatever says something is refused like any unknown field
    (422). `is_open` says that anyone may call it, who gets less room. An empty body passes: whether
    one is needed is a question of shape. Refuses 413, 415, and 400 for JSON that is not sound.
    """
    settings: Settings = request.app.state.settings
    admitted = AdmittedRequest(request.scope, request.receive)
    admitted.limit = settings.open_body_limit_bytes if is_open else settings.body_limit_bytes
    if not (body := await admitted.body()):
        return admitted
    if not takes:
        await _refuse_said(request, body, settings.body_limit_values)
        return admitted
    media_type = media_type_of(request)
    if media_type not in takes:
        raise UnsupportedMediaType(f"Send the body as {' or '.join(sorted(takes))}.")
    if media_type in (JSON, MERGE_PATCH):
        admitted.document = await _parsed(body, settings.body_limit_values)
    return admitted


async def _refuse_said(request: Request, body: bytes, most_values: int) -> None:
    if media_type_of(request) == JSON and await _parsed(body, most_values) == {}:
        return
    fault = {"type": "body_forbidden", "loc": ("body",), "msg": "This endpoint takes no body."}
    raise RequestValidationError([fault])


async def _parsed(body: bytes, most_values: int) -> Any:
    if len(body) < LONG:
        return parse_json(body, most_values)
    return await asyncio.to_thread(parse_json, body, most_values)


def media_type_of(request: Request) -> str:
    """The media type of the request's body, without parameters; empty when it is not said."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def _declared_length(request: Request) -> int:
    declared = request.headers.get("content-length", "")
    return int(declared) if declared.isascii() and declared.isdigit() else 0


def _too_large(limit: int) -> PayloadTooLarge:
    return PayloadTooLarge(f"The body is larger than {limit:,} bytes.")
