"""How long and how large a request may be while it comes in: what no application sees.

uvicorn bounds neither the bytes nor the time of a request's head, nor how slowly a body may come.
Nothing here judges a client that is made to wait: only while its bytes are asked for do they count.
"""

import asyncio
from collections import deque
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from app.kernel.db import new_id
from app.kernel.errors import BadRequest, HeadTooLarge, Refusal, TooSlow
from app.settings import Settings, get_settings
from app.web.problem_shapes import PROBLEM_MEDIA_TYPE, Problem

TICK: Final = 5.0
TICKS: Final = 6
"""A body is looked at every five seconds, for what the thirty before have brought."""


@dataclass(frozen=True)
class Patience:
    """Bytes and seconds of a head, the bytes that a body brings a second at the least, and the
    bytes of one that nobody wants which are let go by."""

    head_bytes: int
    head_seconds: float
    body_pace: int
    unwanted_bytes: int

    @classmethod
    def of(cls, settings: Settings) -> "Patience":
        return cls(
            settings.head_limit_bytes,
            settings.head_seconds,
            settings.body_slowest_bytes_per_second,
            settings.body_limit_bytes,
        )


class PatientProtocol(HttpToolsProtocol):
    """uvicorn's protocol, which cuts off what is too large or too slow."""

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
        patience: Patience | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._patience = patience or Patience.of(get_settings())
        self._in_head = self._in_body = self._has_begun = self._has_asked = False
        self._head_bytes = self._stray_bytes = self._unwanted_bytes = self._tick_bytes = 0
        self._brought: deque[int] = deque(maxlen=TICKS)
        self._refusal: Refusal | None = None
        self._timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._wait_for_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_waiting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Bytes that complete nothing (a head without an end, a trailer) are held by the parser, so
        they are counted as they come."""
        self._has_begun = True
        self._stray_bytes += len(data)
        super().data_received(data)
        if self.transport.is_closing():
            return
        if self._stray_bytes > self._patience.head_bytes:
            self._refuse(HeadTooLarge())
        elif self._timer is None and (self._in_head or self._in_body):
            self._wait_for_head() if self._in_head else self._wait_for_body()

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002
        self._refuse(self._refusal or BadRequest("This is no request of HTTP/1.1."))

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._in_head = True
        self._head_bytes = 0

    def on_url(self, url: bytes) -> None:
        self._count_head(len(url))
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        self._count_head(len(name) + len(value) + 4)
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        self._stop_waiting()
        self._in_head, self._in_body, self._stray_bytes = False, True, 0
        super().on_headers_complete()
        self._has_asked = True

    def on_body(self, body: bytes) -> None:
        self._stray_bytes = 0
        self._tick_bytes += len(body)
        if self.cycle.response_complete:
            self._let_go_by(len(body))
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._stop_waiting()
        self._in_body, self._stray_bytes, self._unwanted_bytes = False, 0, 0
        super().on_message_complete()

    def _count_head(self, length: int) -> None:
        self._head_bytes += length
        if self._head_bytes > self._patience.head_bytes:
            self._refusal = HeadTooLarge()
            raise ValueError("the head is too large")  # the parser stops, and asks for the answer

    def _let_go_by(self, length: int) -> None:
        """A client may send what it began when it was refused, to be there for the answer."""
        self._unwanted_bytes += length
        if self._unwanted_bytes > self._patience.unwanted_bytes:
            self.transport.close()

    def _wait_for_head(self) -> None:
        self._timer = self.loop.call_later(self._patience.head_seconds, self._head_is_late)

    def _head_is_late(self) -> None:
        self._timer = None
        if self._has_begun:
            self._refuse(TooSlow())
        else:
            self.transport.close()

    def _wait_for_body(self) -> None:
        self._brought.clear()
        self._tick_bytes = 0
        self._timer = self.loop.call_later(TICK, self._look_at_body)

    def _look_at_body(self) -> None:
        self._timer = self.loop.call_later(TICK, self._look_at_body)
        if self.flow.read_paused:
            self._brought.clear()
        else:
            self._brought.append(self._tick_bytes)
        self._tick_bytes = 0
        is_slow = sum(self._brought) < self._patience.body_pace * TICK * TICKS
        if len(self._brought) == TICKS and is_slow:
            self._refuse(TooSlow())

    def _stop_waiting(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _refuse(self, refusal: Refusal) -> None:
        """Answer, unless an answer has begun, and hang up; an application that reads is told."""
        self._stop_waiting()
        if self.transport.is_closing():
            return
        answering = self._has_asked and not self.cycle.response_complete
        if not (answering and self.cycle.response_started):
            self.transport.write(_said(refusal))
        if answering:
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        self.transport.close()


def _said(refusal: Refusal) -> bytes:
    body = Problem(
        type=f"/problems/{refusal.code}",
        title=refusal.title,
        status=refusal.status,
        detail=refusal.detail,
        instance="",
        code=refusal.code,
        request_id=str(new_id()),
        errors=[],
    ).model_dump_json()
    head = (
        f"HTTP/1.1 {refusal.status} {HTTPStatus(refusal.status).phrase}\r\n"
        f"content-type: {PROBLEM_MEDIA_TYPE}\r\ncontent-length: {len(body.encode())}\r\n"
        "cache-control: no-store\r\nconnection: close\r\n\r\n"
    )
    return (head + body).encode()
