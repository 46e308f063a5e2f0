"""Connections that break, and clients that go on regardless, each in its own way."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from itertools import cycle
from typing import Any
from uuid import UUID, uuid4

import httpx
from fastapi import FastAPI
from starlette.types import Message, Receive, Scope, Send

from tests.contract.recorder import ContractRecorder
from tests.grant_walks import NEW
from tests.journeys import Json
from tests.people.files.uploading import BYTES, TUS, announcing
from tests.people.identity.people import Person
from tests.transport import Transport


class Cut(Enum):
    """Where a connection breaks."""

    BEFORE = auto()
    """Before the request reaches the service."""
    AMID = auto()
    """In the middle of the request's body."""
    AFTER = auto()
    """After the answer was made, and before any of it reaches the client."""


class BreakingTransport(httpx.AsyncBaseTransport):
    """Carries requests to an application, and breaks them off where `cuts` says, one a request."""

    def __init__(self, app: FastAPI) -> None:
        self._app = app
        self._whole = ContractRecorder(Transport(app, raise_app_exceptions=False))
        self.cuts: list[Cut] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        cut = self.cuts.pop(0) if self.cuts else None
        if cut is Cut.BEFORE:
            raise httpx.ConnectError("the network is not there", request=request)
        if cut is Cut.AMID:
            await self._half(request)
            raise httpx.WriteError("the network went away", request=request)
        response = await self._whole.handle_async_request(request)
        if cut is Cut.AFTER:
            raise httpx.ReadError("the network went away", request=request)
        return response

    async def _half(self, request: httpx.Request) -> None:
        """Let the first half of the body arrive, and then the end of the connection."""
        body = await request.aread()
        arriving: Iterator[Message] = iter(
            [{"type": "http.request", "body": body[: len(body) // 2], "more_body": True}]
        )

        async def receive() -> Message:
            return next(arriving, {"type": "http.disconnect"})

        async def unheard(_message: Message) -> None:
            pass

        async def app(scope: Scope, _receive: Receive, send: Send) -> None:
            await self._app(scope, receive, unheard)
            await send({"type": "http.response.start", "status": 499, "headers": []})
            await send({"type": "http.response.body"})

        await Transport(app, raise_app_exceptions=False).handle_async_request(request)


@dataclass
class Wayfarer:
    """A client that sends each request until it is answered, and names it by the same key."""

    client: httpx.AsyncClient
    transport: BreakingTransport
    lost: list[str] = field(default_factory=list[str])
    """What went unanswered, once for each time."""

    async def send(
        self,
        who: Person,
        method: str,
        path: str,
        body: Json | None = None,
        *,
        if_match: object = None,
    ) -> Any:
        """What comes of a write whose connection breaks at every point where it can."""
        headers = dict(who.headers)
        if if_match is NEW:
            headers["If-None-Match"] = "*"
        elif if_match is not None:
            headers["If-Match"] = f'"{if_match}"'
        cuts = list(Cut) if body is not None else [Cut.BEFORE, Cut.AFTER]
        answer = await self._insist(method, path, cuts, headers | self.named(), json=body)
        return self.told(answer)

    def named(self) -> Json:
        """What makes a repeated request known for the same."""
        return {"Idempotency-Key": uuid4().hex}

    def told(self, answer: httpx.Response) -> Any:
        assert answer.is_success, answer.text
        assert answer.headers["Idempotency-Replayed"] == "true"
        return answer.json() if answer.content else None

    async def upload(self, who: Person, content: bytes, part: int) -> UUID:
        """Upload a file in parts, asking after each break how much has arrived."""
        headers = {**who.headers, **announcing(content)}
        begun = await self._insist("POST", "/uploads", [Cut.BEFORE, Cut.AFTER], headers)
        path, offset, weather = begun.headers["Location"].removeprefix("/v1"), 0, cycle(Cut)
        while offset < len(content):
            headers = {**who.headers, **TUS, **BYTES, "Upload-Offset": str(offset)}
            sent = content[offset : offset + part]
            self.transport.cuts = [next(weather)]
            try:
                answer = await self._once("PATCH", path, headers, content=sent)
            except httpx.TransportError:
                asking = {**who.headers, **TUS}
                answer = await self._insist("HEAD", path, [Cut.BEFORE, Cut.AFTER], asking)
            assert answer.is_success, answer.text
            offset = int(answer.headers["Upload-Offset"])
        return UUID(begun.json()["id"])

    async def _insist(
        self, method: str, path: str, cuts: Sequence[Cut], headers: Json, **sent: Any
    ) -> httpx.Response:
        self.transport.cuts = list(cuts)
        while True:
            try:
                return await self._once(method, path, headers, **sent)
            except httpx.TransportError:
                continue

    async def _once(self, method: str, path: str, headers: Json, **sent: Any) -> httpx.Response:
        try:
            return await self.client.request(method, f"/v1{path}", headers=headers, **sent)
        except httpx.TransportError:
            self.lost.append(f"{method} {path}")
            raise


@dataclass
class Forgetful(Wayfarer):
    """The planted fault: a client that sends no keys, and takes a refusal for an answer."""

    refusals: list[str] = field(default_factory=list[str])

    def named(self) -> Json:
        return {}

    def told(self, answer: httpx.Response) -> Any:
        if answer.is_error:
            self.refusals.append(answer.json()["code"])
            return None
        return answer.json() if answer.content else None
