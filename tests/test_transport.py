"""The transport of the tests carries what httpx's own does, as it does."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from starlette.types import Message, Receive, Scope, Send

from tests.transport import Transport

START: Message = {"type": "http.response.start", "status": 203, "headers": [(b"x-odd", b"\xe9")]}


def body(content: bytes, *, more: bool = False) -> Message:
    return {"type": "http.response.body", "body": content, "more_body": more}


async def pieces() -> AsyncIterator[bytes]:
    yield b"one "
    yield b"two"


async def sees(scope: Scope, receive: Receive, send: Send) -> None:
    """Tells of all that it was asked."""
    read, more = b"", True
    while more:
        message = await receive()
        read, more = read + message["body"], message["more_body"]
    await send(START)
    await send(body(repr(sorted(scope.items())).encode(), more=True))
    await send(body(read))
    assert await receive() == {"type": "http.disconnect"}


async def hangs_on(_scope: Scope, receive: Receive, send: Send) -> None:
    """Waits for its client to go, which goes once it is answered."""
    while (await receive())["more_body"]:
        pass
    gone = asyncio.create_task(receive())  # pyright: ignore[reportArgumentType]
    await asyncio.sleep(0)
    assert not gone.done()
    await send(START)
    await send(body(b"bye"))
    assert await gone == {"type": "http.disconnect"}


async def fails(_scope: Scope, _receive: Receive, _send: Send) -> None:
    raise ZeroDivisionError


async def fails_late(_scope: Scope, _receive: Receive, send: Send) -> None:
    await send(START)
    raise ZeroDivisionError


async def never_ends(_scope: Scope, _receive: Receive, send: Send) -> None:
    await send(START)
    await send(body(b"and", more=True))


async def begins_twice(_scope: Scope, _receive: Receive, send: Send) -> None:
    await send(START)
    await send(START)


async def goes_on(_scope: Scope, _receive: Receive, send: Send) -> None:
    await send(START)
    await send(body(b"end"))
    await send(body(b"less"))


async def answered(kind: Any, app: Any, **request: Any) -> Any:
    raises = request.pop("raises", False)
    transport = kind(app, raise_app_exceptions=raises, root_path="/r", client=("192.0.2.1", 7))
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
        answer = await client.request(**{"method": "POST", "url": "/a%20b?q=%C3%A9"} | request)
    return answer.status_code, answer.headers.raw, answer.content


@pytest.mark.parametrize("app", [sees, hangs_on, fails, fails_late])
@pytest.mark.parametrize(
    "request_",
    [
        {},
        {"method": "HEAD"},
        {"json": {"a": 1}, "headers": {"X-Twice": "yes"}},
        {
            "files": {"file": b"x" * 100},
            "headers": {"Content-Type": "multipart/form-data; boundary=b"},
        },
    ],
    ids=["nothing", "head", "json", "multipart"],
)
async def test_an_answer_is_the_same(app: Any, request_: Any) -> None:
    assert await answered(Transport, app, **request_) == await answered(
        httpx.ASGITransport, app, **request_
    )


async def test_a_body_that_is_made_meanwhile_comes_piece_by_piece() -> None:
    one = await answered(Transport, sees, content=pieces())
    assert one == await answered(httpx.ASGITransport, sees, content=pieces())
    assert one[2].endswith(b"one two")


async def test_what_is_raised_is_raised_where_that_is_wanted() -> None:
    for app in (fails, fails_late):
        with pytest.raises(ZeroDivisionError):
            await answered(Transport, app, raises=True)


@pytest.mark.parametrize("app", [never_ends, begins_twice, goes_on])
async def test_an_application_that_breaks_the_rules_is_found(app: Any) -> None:
    with pytest.raises(AssertionError):
        await answered(Transport, app, raises=True)
