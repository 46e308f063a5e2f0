"""What is cut off while it comes in, told by bytes and by a clock that is wound by hand."""

import asyncio
import json
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from starlette.types import Receive, Scope, Send
from uvicorn import Config
from uvicorn.server import ServerState

from app.web.connections import Patience, PatientProtocol
from tests.contract.sentences import LISTED

PATIENCE = Patience(head_bytes=32_768, head_seconds=10.0, body_pace=1_000, unwanted_bytes=1_048_576)


class Timer:
    def __init__(self, at: float, call: Callable[[], None]) -> None:
        self.at, self.call, self.is_cancelled = at, call, False

    def cancel(self) -> None:
        self.is_cancelled = True


class Loop:
    """A loop whose time is wound by hand."""

    def __init__(self) -> None:
        self.now = 0.0
        self.timers: list[Timer] = []

    def create_task(self, running: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        return asyncio.get_running_loop().create_task(running)

    def call_later(self, delay: float, call: Callable[..., None], *args: Any) -> Timer:
        timer = Timer(self.now + delay, lambda: call(*args))
        self.timers.append(timer)
        return timer

    def wind(self, seconds: float) -> None:
        until = self.now + seconds
        while due := [one for one in self.timers if not one.is_cancelled and one.at <= until]:
            first = min(due, key=lambda one: one.at)
            self.timers.remove(first)
            self.now = first.at
            first.call()
        self.now = until


class Transport(asyncio.Transport):
    def __init__(self) -> None:
        super().__init__()
        self.written, self.is_open, self.is_read = b"", True, True

    def write(self, data: Any) -> None:
        self.written += bytes(data)

    def close(self) -> None:
        self.is_open = False

    def is_closing(self) -> bool:
        return not self.is_open

    def pause_reading(self) -> None:
        self.is_read = False

    def resume_reading(self) -> None:
        self.is_read = True

    def told(self) -> tuple[int, str]:
        """The status, and the code of the problem."""
        head, _, body = self.written.partition(b"\r\n\r\n")
        if not body:
            return int(head.split()[1]), ""
        problem = json.loads(body)
        assert list(LISTED.faults(problem, {})) == []
        return int(head.split()[1]), problem["code"]


class Wire:
    """A connection to an application that reads bodies whole and answers with their length."""

    def __init__(self) -> None:
        self.loop, self.transport = Loop(), Transport()
        self.read, self.is_wanted, self.is_gone = 0, asyncio.Event(), False
        self.is_wanted.set()
        config = Config(self._answer, log_config=None, interface="asgi3", proxy_headers=False)
        config.load()
        self.protocol = PatientProtocol(
            config,
            ServerState(),
            {},
            self.loop,  # type: ignore[arg-type]
            PATIENCE,
        )
        self.protocol.connection_made(self.transport)

    async def _answer(self, _scope: Scope, receive: Receive, send: Send) -> None:
        await self.is_wanted.wait()
        more = True
        while more:
            message = await receive()
            self.is_gone = message["type"] == "http.disconnect"
            self.read += len(message.get("body", b""))
            more = message.get("more_body", False)
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body"})

    async def sends(self, data: bytes) -> None:
        self.protocol.data_received(data)
        for _ in range(3):
            await asyncio.sleep(0)

    @property
    def end(self) -> tuple[bool, int, str]:
        return (self.transport.is_open, *self.transport.told())


GET = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
POST = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n"


async def test_what_is_sound_is_answered_again_and_again() -> None:
    wire = Wire()
    for _ in range(3):
        await wire.sends(GET + POST % 3)
        await wire.sends(b"abc")
        wire.loop.wind(4)
    assert wire.transport.is_open
    assert (wire.transport.written.count(b"204 No Content"), wire.read) == (6, 9)
    assert [one for one in wire.loop.timers if one.at > wire.loop.now and not one.is_cancelled] == [
        wire.protocol.timeout_keep_alive_task
    ]


async def test_half_a_head_is_cut_off_after_ten_seconds() -> None:
    wire = Wire()
    await wire.sends(b"GET / HTTP/1.1\r\nHo")
    for _ in range(9):
        wire.loop.wind(1)
        await wire.sends(b"o")
    assert wire.transport.is_open
    wire.loop.wind(1)
    assert wire.end == (False, 408, "too_slow")


async def test_whoever_says_nothing_is_hung_up_on_in_silence() -> None:
    wire = Wire()
    wire.loop.wind(10)
    assert (wire.transport.is_open, wire.transport.written) == (False, b"")


async def test_the_second_head_of_a_connection_is_timed_too() -> None:
    wire = Wire()
    await wire.sends(GET)
    wire.loop.wind(4)
    await wire.sends(b"GET /again")
    wire.loop.wind(9)
    assert wire.transport.is_open
    wire.loop.wind(1)
    assert not wire.transport.is_open
    assert wire.transport.written.count(b"HTTP/1.1 408 Request Timeout") == 1


ENDLESS = {
    "many headers": b"X-A: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n" * 50,
    "one long header": b"a" * 2_000,
}


@pytest.mark.parametrize("name", ENDLESS)
async def test_a_head_without_end_is_cut_off_at_its_limit(name: str) -> None:
    """300 MB of headers were held; now no more than a head and one read of the socket."""
    wire = Wire()
    await wire.sends(b"GET / HTTP/1.1\r\nHost: x\r\nX-B: ")
    sent = 0
    while wire.transport.is_open and sent < 1_000_000:
        sent += len(ENDLESS[name])
        await wire.sends(ENDLESS[name])
    assert wire.end == (False, 431, "head_too_large")
    assert sent <= PATIENCE.head_bytes + len(ENDLESS[name])


async def test_a_head_that_comes_at_once_is_bounded_alike() -> None:
    for size, status in ((32_000, b"204"), (33_000, b"431")):
        wire = Wire()
        await wire.sends(b"GET / HTTP/1.1\r\nHost: x\r\nX-A: " + b"a" * size + b"\r\n\r\n")
        assert wire.transport.written.startswith(b"HTTP/1.1 " + status)


async def test_a_trailer_without_end_is_bounded_too() -> None:
    wire = Wire()
    await wire.sends(b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
    await wire.sends(b"1\r\na\r\n0\r\nX-T: ")
    for _ in range(20):
        await wire.sends(b"a" * 2_000)
    assert wire.end == (False, 431, "head_too_large")
    assert wire.is_gone


async def test_what_is_no_http_is_told_so() -> None:
    wire = Wire()
    await wire.sends(b"\x16\x03\x01 hello\r\n\r\n")
    assert wire.end == (False, 400, "malformed_request")


async def test_a_slow_body_goes_on_while_it_brings_enough() -> None:
    """An upload on a bad connection: ten minutes at a thousand bytes a second, with gaps."""
    wire = Wire()
    await wire.sends(POST % 600_000)
    for _ in range(20):
        wire.loop.wind(29)
        await wire.sends(b"a" * 30_000)
    assert wire.read == 600_000
    assert wire.transport.written == b"HTTP/1.1 204 No Content\r\n\r\n"


@pytest.mark.parametrize("bytes_a_second", [0, 900])
async def test_a_body_that_brings_less_is_cut_off(bytes_a_second: int) -> None:
    wire = Wire()
    await wire.sends(POST % 600_000)
    for _ in range(29):
        await wire.sends(b"a" * bytes_a_second)
        wire.loop.wind(1)
    assert wire.transport.is_open
    wire.loop.wind(1)
    await asyncio.sleep(0)
    assert wire.end == (False, 408, "too_slow")


async def test_a_body_that_we_do_not_read_is_not_called_slow() -> None:
    wire = Wire()
    wire.is_wanted.clear()
    await wire.sends(POST % 600_000 + b"a" * 70_000)
    assert not wire.transport.is_read
    wire.loop.wind(300)
    assert wire.transport.is_open
    wire.is_wanted.set()
    await wire.sends(b"a" * 530_000)
    assert wire.transport.written.startswith(b"HTTP/1.1 204")


async def test_a_body_that_nobody_wants_is_let_go_by_within_bounds() -> None:
    """The answer came before the body: no byte of it is kept, and it does not go on for ever."""
    wire = Wire()

    async def refuse(_scope: Scope, _receive: Receive, send: Send) -> None:
        headers = [(b"content-length", b"0")]
        await send({"type": "http.response.start", "status": 401, "headers": headers})
        await send({"type": "http.response.body"})

    wire.protocol.app = refuse
    await wire.sends(POST % 99_000_000)
    assert wire.transport.written.startswith(b"HTTP/1.1 401")
    sent = 0
    while wire.transport.is_open and sent < 2_000_000:
        sent += 64_000
        await wire.sends(b"a" * 64_000)
        assert len(wire.protocol.cycle.body) == 0
    assert 1_048_576 < sent < 1_200_000
