"""What a stranger's worst body costs: no byte before the credential, no value beyond the limit."""

import json
import threading
import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from starlette.types import Message, Scope

from app.kernel.clock import FixedClock
from app.kernel.errors import BadRequest, PayloadTooLarge, Refusal
from app.web.document import each_operation
from app.web.sound_json import parse_json
from tests.contract import kept
from tests.people.identity.people import People

DOCUMENT = kept.document()
PROTECTED = {
    operation["operationId"]: (method.upper(), path.replace("{", "").replace("}", ""))
    for path, method, operation in each_operation(DOCUMENT)
    if operation.get("security") != []
}


@dataclass
class Wire:
    """A connection on which a body without end comes, and what was taken from it."""

    path: str
    method: str = "POST"
    query: bytes = b""
    headers: list[tuple[bytes, bytes]] = field(default_factory=list[tuple[bytes, bytes]])
    whenever: Callable[[], None] = lambda: None
    taken: int = 0
    sent: list[Message] = field(default_factory=list[Message])

    async def receive(self) -> Message:
        self.whenever()
        self.taken += 10_000
        return {"type": "http.request", "body": b" " * 10_000, "more_body": True}

    async def send(self, message: Message) -> None:
        self.sent.append(message)

    async def through(self, app: FastAPI) -> int:
        """The status of the answer."""
        scope: Scope = {
            "type": "http",
            "method": self.method,
            "path": self.path,
            "raw_path": self.path.encode(),
            "query_string": self.query,
            "headers": [(b"content-type", b"application/json"), *self.headers],
            "client": ("192.0.2.1", 1),
            "scheme": "http",
            "server": ("testserver", 80),
            "root_path": "",
            "http_version": "1.1",
            "state": {},
        }
        await app(scope, self.receive, self.send)
        return self.sent[0]["status"]


@pytest.mark.parametrize("name", sorted(PROTECTED))
async def test_a_stranger_is_told_so_before_a_byte_and_before_anything_else(
    app: FastAPI, name: str
) -> None:
    method, path = PROTECTED[name]
    declared = [(b"content-length", b"99999999999"), (b"tus-resumable", b"9.9.9")]
    for query, headers in ((b"", []), (b"no_such=1", []), (b"", declared)):
        wire = Wire(path, method, query, headers)
        assert (await wire.through(app), wire.taken) == (401, 0)


async def test_whoever_is_known_sends_no_more_than_the_limit(app: FastAPI, people: People) -> None:
    person = await people.person("Ada")
    held = [(b"authorization", f"Bearer {person.token}".encode())]
    wire = Wire("/v1/organisations", headers=held)
    assert (await wire.through(app), wire.taken) == (413, 1_050_000)
    said = Wire("/v1/organisations", headers=[*held, (b"content-length", b"1048577")])
    assert (await said.through(app), said.taken) == (413, 0)


async def test_an_open_operation_gives_less_room(app: FastAPI) -> None:
    wire = Wire("/v1/auth/login")
    assert (await wire.through(app), wire.taken) == (413, 70_000)


async def test_a_body_that_was_long_in_coming_is_from_somebody_who_is_still_known(
    client: httpx.AsyncClient, people: People, app: FastAPI, clock: FixedClock
) -> None:
    """The planted fault: proved once, ahead of the body, and never again."""
    person = await people.person("Ada")

    def wait() -> None:
        clock.set(clock.now() + timedelta(hours=2))

    wire = Wire(
        "/v1/organisations",
        headers=[(b"authorization", f"Bearer {person.token}".encode())],
        whenever=wait,
    )
    wire.receive = _once(wire, b'{"name": "Open Shade", "kind": "company"}')
    assert await wire.through(app) == 401


def _once(wire: Wire, body: bytes) -> Callable[[], object]:
    async def receive() -> Message:
        wire.whenever()
        return {"type": "http.request", "body": body, "more_body": False}

    return receive


MOST = 10_000

WORST: dict[str, tuple[bytes, type[Refusal]]] = {
    "60 deep, again and again": (
        b"[" + b",".join([b"[" * 59 + b"]" * 59] * 8_135) + b"]",
        PayloadTooLarge,
    ),
    "never closed": (b"[" * 960_000, PayloadTooLarge),
    "85,000 keys": (
        b"{" + b",".join(b'"k%d":1' % n for n in range(85_000)) + b"}",
        PayloadTooLarge,
    ),
    "numbers": (b"[" + b"1," * 480_000 + b"1]", PayloadTooLarge),
    "commas": (b"," * 960_000, PayloadTooLarge),
    "texts of nothing": (b'""' * 470_000 + b"," * MOST + b"]", BadRequest),
    "a text without an end, of escapes": (b'"' + rb"\"," * 320_000, BadRequest),
    "a text without an end, of texts": (b",:" * MOST + b'"' + rb"\"" * 470_000, PayloadTooLarge),
}


@pytest.mark.parametrize("name", WORST)
def test_what_is_refused_is_refused_where_the_limit_is_reached(name: str) -> None:
    """The planted fault: values are counted once they are all there, at sixty times their bytes."""
    body, refusal = WORST[name]
    tracemalloc.start()
    try:
        with pytest.raises(refusal):
            parse_json(body, MOST)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 2 * len(body) + 100_000


@pytest.mark.parametrize(
    ("body", "values"),
    [
        (b"[1,2,3]", 3),
        (b'{"a":{"b":[]}}', 5),
        (b'["a,b:[{\\",","c"]', 2),
        (b"[ 1 , [ ] , { } ]", 5),
    ],
)
def test_keys_and_members_are_counted_and_texts_are_not(body: bytes, values: int) -> None:
    parse_json(body, values)
    with pytest.raises(PayloadTooLarge) as refused:
        parse_json(body, values - 1)
    assert refused.value.detail == f"The body holds more than {values - 1} keys and values."


def test_an_object_has_no_more_keys_than_any_operation_knows() -> None:
    """Each key that is not known is a fault, and is told of: 4,900 of them cost 26 ms."""
    several = [b'"k%d":1' % number for number in range(201)]
    assert len(parse_json(b"{" + b",".join(several[:200]) + b"}", MOST)) == 200
    with pytest.raises(PayloadTooLarge) as refused:
        parse_json(b"[{" + b",".join(several) + b"}]", MOST)
    assert refused.value.detail == "The body holds an object of more than 200 keys."


async def test_a_large_body_is_parsed_beside_the_loop(
    client: httpx.AsyncClient, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    person, threads, loads = await people.person("Ada"), list[bool](), json.loads

    def watched(text: str, **options: Any) -> Any:
        if "object_pairs_hook" in options:
            threads.append(threading.current_thread() is threading.main_thread())
        return loads(text, **options)

    monkeypatch.setattr(json, "loads", watched)
    for size in (10, 100_000):
        body = {"name": "x" * size}
        await client.post("/v1/organisations", headers=person.headers, json=body)
    assert threads == [True, False]


async def test_a_long_text_may_hold_as_many_commas_as_it_likes() -> None:
    body = b'{"text": "' + b"a, " * 100_000 + b'"}'
    assert parse_json(body, 2) == {"text": "a, " * 100_000}
