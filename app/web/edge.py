"""What stands between the server and the routes, for every request alike.

From the outside in: the client's request id, ours, HEAD, access log, headers, CORS, last resort,
address. See `install`, which is the only place that knows the order.
"""

import re
from collections.abc import Sequence
from urllib.parse import unquote_to_bytes

import structlog
from asgi_correlation_id import CorrelationIdMiddleware
from fastapi import FastAPI
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette_compress import CompressMiddleware, add_compress_type

from app.kernel.activity import client_request_id
from app.kernel.db import new_id
from app.kernel.errors import BadRequest, Internal, NotFound, Refusal
from app.web import signposts
from app.web.access_log import AccessLog
from app.web.methods import HeadAsGet, on_method_not_allowed
from app.web.problems import problem

log = structlog.get_logger(__name__)


class PreflightRefused(BadRequest):
    """A browser asked for an origin, method or header that `PLN_CORS_ORIGINS` does not allow."""

    code, title = "preflight_refused", "Not allowed from this origin"


LONGEST_ADDRESS = 8_192
"""Bytes of path and query together."""

EXPOSED_HEADERS = (
    "ETag",
    "Link",
    "Location",
    "Retry-After",
    "RateLimit",
    "RateLimit-Policy",
    "X-Request-Id",
    "X-Client-Request-Id",
    "Idempotency-Replayed",
    "Content-Disposition",
    "Upload-Offset",
    "Upload-Length",
    "Upload-Expires",
    "Tus-Resumable",
    "Tus-Version",
    "Tus-Extension",
    "Tus-Max-Size",
    "Tus-Checksum-Algorithm",
    "Accept-Ranges",
    "Content-Range",
    "X-Total-Count",
    "Deprecation",
    "Sunset",
)

ACCEPTED_HEADERS = (
    "Authorization",
    "Content-Type",
    "If-Match",
    "If-None-Match",
    "Idempotency-Key",
    "Range",
    "If-Range",
    "Tus-Resumable",
    "Upload-Checksum",
    "Upload-Length",
    "Upload-Metadata",
    "Upload-Offset",
    "X-Request-Id",
)

SECURITY_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cache-Control": "private, no-cache",
}
"""Sent unless the route has said something of its own under the same name."""


def install(app: FastAPI, cors_origins: Sequence[str]) -> None:
    """Put the edge around `app`; the last one added is the outermost."""
    add_compress_type("text/csv")
    app.add_middleware(CompressMiddleware, brotli=False)
    app.add_middleware(SoundAddress)
    app.add_middleware(LastResort)
    app.add_middleware(
        Cors,
        allow_origins=cors_origins,
        allow_methods=["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"],
        allow_headers=ACCEPTED_HEADERS,
        expose_headers=EXPOSED_HEADERS,
    )
    app.add_middleware(ResponseHeaders)
    app.add_middleware(AccessLog)
    app.add_middleware(HeadAsGet)
    app.add_middleware(
        CorrelationIdMiddleware,
        header_name="X-Request-Id",
        generator=lambda: str(new_id()),
        validator=None,
    )
    app.add_middleware(ClientRequestId)
    app.add_exception_handler(405, on_method_not_allowed)
    signposts.put_up(app)


def is_sane_request_id(value: str) -> bool:
    """Whether a request id that a client sent may be repeated in answers and logs."""
    return re.fullmatch(r"[A-Za-z0-9._:=/+-]{1,128}", value) is not None


class ClientRequestId:
    """Keeps the request id that a client sent beside ours: it is repeated as `X-Client-Request-Id`,
    logged and recorded, and never stands in place of the one that we gave."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        sent = Headers(scope=scope).get("x-request-id")
        others = [pair for pair in scope["headers"] if pair[0].lower() != b"x-request-id"]
        known = sent if sent and is_sane_request_id(sent) else None
        token = client_request_id.set(known)

        async def answer(message: Message) -> None:
            if known and message["type"] == "http.response.start":
                MutableHeaders(scope=message)["X-Client-Request-Id"] = known
            await send(message)

        try:
            await self.app({**scope, "headers": others}, receive, answer)
        finally:
            client_request_id.reset(token)


class SoundAddress:
    """Refuses an address that is too long, or that is not text once its percent signs are read."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        refusal = _fault_of_address(scope) if scope["type"] == "http" else None
        answer = problem(Request(scope), refusal) if refusal else self.app
        await answer(scope, receive, send)


def _fault_of_address(scope: Scope) -> Refusal | None:
    path: str = scope["path"]
    query: bytes = scope["query_string"]
    if len(path) + len(query) > LONGEST_ADDRESS:
        return BadRequest(f"The address is longer than {LONGEST_ADDRESS:,} bytes.")
    if "\x00" in path or "\ufffd" in path:
        return NotFound()
    if query and not _is_text(unquote_to_bytes(query)):
        return BadRequest("The query is not UTF-8, or holds the NUL character.")
    return None


def _is_text(octets: bytes) -> bool:
    try:
        return "\x00" not in octets.decode()
    except UnicodeDecodeError:
        return False


class LastResort:
    """Turns what no handler foresaw into a 500 problem; inside CORS, so that browsers see it."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = False

        async def watch(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self.app(scope, receive, watch)
        except ClientDisconnect:
            log.info("client_gone")
        except Exception as error:
            log.exception("unhandled", exc_info=error)
            if started:
                raise
            await problem(Request(scope), Internal())(scope, receive, send)


class ResponseHeaders:
    """Adds the security headers; while the service drains, asks clients to go elsewhere."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in SECURITY_HEADERS.items():
                    headers.setdefault(name, value)
                if scope["app"].state.draining:
                    headers["Connection"] = "close"
            await send(message)

        await self.app(scope, receive, send_with_headers)


class Cors(CORSMiddleware):
    """Starlette's CORS, whose refusal of a preflight is a problem like every other refusal."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        except PreflightRefused as refusal:
            await problem(Request(scope), refusal)(scope, receive, send)

    def preflight_response(self, request_headers: Headers) -> Response:
        answer = super().preflight_response(request_headers)
        if answer.status_code != 200:
            raise PreflightRefused
        return answer
