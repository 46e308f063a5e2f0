"""Every refusal has its code, its page and its form, and repeats nothing that was sent."""

import json
from collections.abc import AsyncIterator, Iterator
from enum import StrEnum
from typing import Annotated, Any

import httpx
import pytest
from asgi_correlation_id import correlation_id
from fastapi import FastAPI, HTTPException, Query
from pydantic import Field
from sqlalchemy import text
from sqlalchemy.orm.exc import StaleDataError

from app.kernel.clock import FixedClock
from app.kernel.db import Database
from app.kernel.errors import (
    PROBLEMS,
    Conflict,
    FieldProblem,
    NotFound,
    Refusal,
    constraint,
    not_allowed,
)
from app.kernel.schemas import (
    Country,
    Day,
    Email,
    Id,
    InstantIn,
    MinorUnits,
    Name,
    Request,
    Response,
    TimeZone,
    Url,
)
from app.settings import Settings
from app.web import problems
from app.web.routing import Router
from app.web.terms import PUBLIC
from app.web.transaction import Db
from tests.contract.recorder import Listening
from tests.contract.sentences import said
from tests.server import settings_for

CANARY = "hunter2-7c1e"


class Shade(StrEnum):
    DARK = "dark"
    LIGHT = "light"


class Nested(Request):
    """Deeper."""

    name: Name


class Everything(Request):
    """A field of every bounded type."""

    name: Name
    email: Email
    url: Url
    country: Country
    timezone: TimeZone
    at: InstantIn
    on: Day
    amount: MinorUnits
    id: Id
    shade: Shade
    nested: Annotated[list[Nested], Field(max_length=3)]


class DoneOut(Response):
    """It was done."""

    is_done: bool


class NothingElse(Conflict):
    """A refusal with an address of its own in the registry.

    It has two paragraphs."""


class ProbeTaken(Conflict):
    """The probe is taken."""


def probe(raising: list[Exception], sending: list[str]) -> Router:
    """Operations that raise, or send to the database, what the test puts into these lists."""
    router = Router("Probe")

    @router.get("/raise", permission=PUBLIC)
    async def raise_it(db: Db) -> DoneOut:
        """Raise."""
        raise raising[0]

    @router.get("/send", permission=PUBLIC)
    async def send_it(db: Db) -> DoneOut:
        """Send statements."""
        for statement in sending:
            await db.execute(text(statement))
        return DoneOut(is_done=True)

    @router.post("/everything", permission=PUBLIC)
    async def post_everything(body: Everything) -> DoneOut:
        """Take everything."""
        return DoneOut(is_done=bool(body))

    @router.get("/asked/{number}", permission=PUBLIC)
    async def ask(
        number: int, limit: Annotated[int, Query(ge=1)] = 1, at: InstantIn | None = None
    ) -> DoneOut:
        """Take parameters."""
        return DoneOut(is_done=bool(number + limit))

    return router


class World:
    """An application, and what its operations are to meet with."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self.raising: list[Exception] = []
        self.sending: list[str] = []
        self.app = FastAPI(openapi_url=None)
        self.app.state.database, self.app.state.settings = database, settings
        self.app.include_router(probe(self.raising, self.sending).api)
        problems.install(self.app)
        transport = Listening(self.app, raise_app_exceptions=False)
        self.client = httpx.AsyncClient(transport=transport, base_url="http://testserver")

    async def meet(self, error: Exception) -> httpx.Response:
        self.raising[:] = [error]
        return await self.client.get("/v1/raise")

    async def send(self, *statements: str) -> httpx.Response:
        self.sending[:] = statements
        return await self.client.get("/v1/send")


@pytest.fixture
async def world(database: Database, settings: Settings) -> AsyncIterator[World]:
    correlation_id.set("request-7")
    world = World(database, settings)
    async with world.client:
        yield world


def body_of(answer: httpx.Response) -> dict[str, Any]:
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["cache-control"] == "no-store"
    return answer.json()


def expected(refusal: type[Refusal], path: str = "/v1/raise", **more: Any) -> dict[str, Any]:
    return {
        "type": f"/problems/{refusal.code}",
        "title": refusal.title,
        "status": refusal.status,
        "detail": refusal.explanation(),
        "instance": path,
        "code": refusal.code,
        "request_id": "request-7",
        "errors": [],
    } | more


def refusals() -> list[type[Refusal]]:
    """Every refusal of the application itself."""
    found = [each for each in PROBLEMS.values() if each.__module__.startswith("app.")]
    assert len(found) > 30
    return found


async def test_every_refusal_is_told_in_the_same_form(world: World) -> None:
    said_before = set(said)
    for refusal in refusals():
        answer = await world.meet(refusal())

        assert (answer.status_code, body_of(answer)) == (refusal.status, expected(refusal))
        challenge = 'Bearer realm="pln"' if refusal.status == 401 else None
        assert answer.headers.get("www-authenticate") == challenge
    said.intersection_update(said_before)  # that it is raised here shows no way to it


async def test_every_code_has_its_page(client: httpx.AsyncClient) -> None:
    for refusal in refusals():
        answer = await client.get(f"/problems/{refusal.code}")

        assert (answer.status_code, answer.json()) == (
            200,
            {
                "type": f"/problems/{refusal.code}",
                "code": refusal.code,
                "title": refusal.title,
                "status": refusal.status,
                "explanation": refusal.explanation(),
            },
        )
        assert len(refusal.explanation()) > 20, "a code is explained in a sentence"


async def test_the_registry_lists_them_all(client: httpx.AsyncClient) -> None:
    listed = (await client.get("/problems")).json()["items"]

    assert {kind["code"] for kind in listed} == set(PROBLEMS)
    assert listed == sorted(listed, key=lambda kind: (kind["status"], kind["code"]))


async def test_a_browser_is_sent_a_page(client: httpx.AsyncClient) -> None:
    html = {"Accept": "text/html"}
    one = await client.get("/problems/not_allowed", headers=html)
    assert (one.status_code, one.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert one.text.endswith(
        "<body><main><h1>Not allowed</h1>"
        "<p>403 <a href='/problems/not_allowed'><code>not_allowed</code></a></p>"
        "<p>You may see this, and may not do this to it. <code>permission</code> names what you "
        "would need.</p></main>"
    )
    listed = await client.get("/problems", headers=html)
    assert listed.text.count("<section id='") == len(PROBLEMS)
    assert "<h1>Problems</h1><section id='" in listed.text


async def test_an_unknown_code_has_none(client: httpx.AsyncClient) -> None:
    answer = await client.get("/problems/unheard_of")

    assert (answer.status_code, answer.json()["code"]) == (404, "problem_unknown")


def test_a_refusal_names_itself() -> None:
    assert (NothingElse.code, NothingElse.status) == ("nothing_else", 409)
    assert NothingElse.title == "Nothing else"
    assert NothingElse().detail == (
        "A refusal with an address of its own in the registry. It has two paragraphs."
    )
    assert PROBLEMS["nothing_else"] is NothingElse


def test_two_refusals_may_not_share_a_code() -> None:
    with pytest.raises(TypeError, match="two refusals share the code 'nothing_else'"):
        type("Another", (NotFound,), {"code": "nothing_else"})
    assert PROBLEMS["nothing_else"] is NothingElse


async def test_a_refusal_may_say_more(world: World) -> None:
    fault = FieldProblem(pointer="/name", code="taken", detail="Choose another.")
    refusal = NothingElse(
        "Not now.", errors=[fault], extra={"seats": 3}, headers={"Retry-After": "7"}
    )

    answer = await world.meet(refusal)

    assert answer.headers["retry-after"] == "7"
    assert body_of(answer) == expected(
        NothingElse, detail="Not now.", errors=[fault.model_dump()], seats=3
    )


async def test_a_missing_permission_is_named(world: World) -> None:
    answer = await world.meet(not_allowed("grant.sign", "grant.countersign"))

    assert body_of(answer) == expected(
        PROBLEMS["not_allowed"],
        detail="This takes the permission grant.sign or grant.countersign here.",
        permission="grant.sign",
    )


SOUND = {
    "name": "Ada",
    "email": "ada@example.org",
    "url": "https://example.org",
    "country": "GB",
    "timezone": "Europe/London",
    "at": "2026-03-02T09:00:00Z",
    "on": "2026-03-02",
    "amount": 1,
    "id": "0195a3f0-7c1e-7000-8000-5f0e4a7d2b91",
    "shade": "dark",
    "nested": [{"name": "Ada"}],
}

BAD = [
    CANARY,
    CANARY + "\x00",
    f"{CANARY}@{CANARY}",
    f"https://{CANARY} {CANARY}",
    f"2026-{CANARY}",
    CANARY * 1_000,
    {CANARY: CANARY},
    [CANARY, [CANARY]],
    {"name": {CANARY: CANARY}},
    [{"name": [CANARY]}],
]


def faults() -> Iterator[tuple[str, object]]:
    for field in SOUND:
        for value in BAD:
            yield field, value


async def test_no_value_that_was_sent_is_repeated(world: World) -> None:
    assert (await world.client.post("/v1/everything", json=SOUND)).json() == {"is_done": True}
    refused = 0
    for field, value in faults():
        answer = await world.client.post("/v1/everything", json=SOUND | {field: value})
        if answer.status_code == 200:
            assert (field, CANARY in json.dumps(value)) in {("name", True), ("url", True)}
            continue
        refused += 1
        body = body_of(answer)
        assert (answer.status_code, body["code"]) == (422, "validation_failed")
        said = [fault["detail"] + fault["code"] for fault in body["errors"]]
        assert CANARY not in "".join(said) + body["detail"], (field, value)
        assert all(fault["pointer"].startswith(f"/{field}") for fault in body["errors"])
    assert refused > len(SOUND) * (len(BAD) - 3)


async def test_where_it_is_wrong_is_pointed_at(world: World) -> None:
    nested = [{"name": "a"}, {"name": ""}, {"name": "b", "a/b~c": 1}]

    answer = await world.client.post("/v1/everything", json=SOUND | {"nested": nested})

    assert body_of(answer) == expected(
        PROBLEMS["validation_failed"],
        "/v1/everything",
        errors=[
            {
                "pointer": "/nested/1/name",
                "code": "string_too_short",
                "detail": "Must not be empty.",
            },
            {
                "pointer": "/nested/2/a~1b~0c",
                "code": "extra_forbidden",
                "detail": "There is no such field here: leave it out.",
            },
        ],
    )


async def test_parameters_are_pointed_at_too(world: World) -> None:
    answer = await world.client.get("/v1/asked/seven?limit=0&at=2026-03-02T09:00:00")

    found = {(fault["pointer"], fault["code"]) for fault in body_of(answer)["errors"]}
    assert found == {
        ("#/path/number", "int_parsing"),
        ("#/query/limit", "greater_than_equal"),
        ("#/query/at", "timezone_aware"),
    }


async def test_the_faults_that_are_told_are_bounded(world: World) -> None:
    unknown = {f"field{n}" * 50: n for n in range(100)}

    body = body_of(await world.client.post("/v1/everything", json=SOUND | unknown))

    assert len(body["errors"]) == 20
    assert body["detail"].endswith(" The first 20 of 100 faults are named.")
    assert max(len(fault["pointer"]) for fault in body["errors"]) <= 200


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (400, "malformed_request"),
        (401, "unauthenticated"),
        (403, "not_allowed"),
        (404, "not_found"),
        (405, "method_not_allowed"),
        (413, "payload_too_large"),
        (415, "unsupported_media_type"),
        (503, "unavailable"),
        (418, "internal"),
    ],
)
async def test_what_the_framework_raises_is_told_alike(
    world: World, status: int, code: str
) -> None:
    answer = await world.meet(HTTPException(status, CANARY))

    assert body_of(answer) == expected(PROBLEMS[code])


@pytest.mark.parametrize("error", [RuntimeError(CANARY), ValueError(CANARY), KeyError(CANARY)])
async def test_what_nobody_foresaw_says_nothing_of_itself(world: World, error: Exception) -> None:
    answer = await world.meet(error)

    assert (answer.status_code, body_of(answer)) == (500, expected(PROBLEMS["internal"]))


async def test_a_row_that_changed_meanwhile_is_a_failed_precondition(world: World) -> None:
    answer = await world.meet(StaleDataError(CANARY))

    assert body_of(answer) == expected(PROBLEMS["precondition_failed"])


def raised(sqlstate: str) -> str:
    """A statement that the database refuses with this state."""
    return f"DO $$ BEGIN RAISE EXCEPTION '{CANARY}' USING ERRCODE = '{sqlstate}'; END $$"


TABLE = (
    "CREATE TEMPORARY TABLE takens (name text CONSTRAINT uq_takens_name UNIQUE,"
    " size bigint CONSTRAINT ck_takens_size CHECK (size > 0)) ON COMMIT DROP"
)


async def test_a_constraint_means_what_its_package_said(world: World) -> None:
    constraint("uq_takens_name", ProbeTaken)
    one = f"INSERT INTO takens VALUES ('{CANARY}', 1)"

    answer = await world.send(TABLE, one, one)

    assert body_of(answer) == expected(ProbeTaken, "/v1/send")


async def test_a_constraint_that_nobody_spoke_of_is_named(world: World) -> None:
    answer = await world.send(TABLE, f"INSERT INTO takens VALUES ('{CANARY}', 0)")

    assert body_of(answer) == expected(
        PROBLEMS["constraint_violated"], "/v1/send", constraint="ck_takens_size"
    )


@pytest.mark.parametrize(
    ("sqlstate", "code", "retry_after"),
    [
        ("40001", "unavailable", "1"),
        ("40P01", "unavailable", "1"),
        ("55P03", "unavailable", "1"),
        ("57014", "unavailable", "1"),
        ("53300", "unavailable", "1"),
        ("57P01", "unavailable", "3"),
        ("08006", "unavailable", "3"),
        ("23514", "constraint_violated", None),
        ("42P01", "internal", None),
        ("XX000", "internal", None),
        ("P0001", "internal", None),
    ],
)
async def test_what_the_database_says_is_told_in_our_words(
    world: World, sqlstate: str, code: str, retry_after: str | None
) -> None:
    answer = await world.send(raised(sqlstate))

    assert (answer.status_code, body_of(answer)["code"]) == (PROBLEMS[code].status, code)
    assert CANARY not in answer.text
    assert answer.headers.get("retry-after") == retry_after


async def test_a_connection_that_dies_is_no_fault_of_the_client(
    settled: Database, settings: Settings
) -> None:
    world = World(settled, settings)
    async with world.client:
        answer = await world.send("SELECT pg_terminate_backend(pg_backend_pid())")
        again = await world.send("SELECT 1")

    assert (answer.status_code, body_of(answer)["code"]) == (503, "unavailable")
    assert answer.headers["retry-after"] == "3"
    assert (again.status_code, again.json()) == (200, {"is_done": True})


async def test_a_full_pool_refuses_soon(settled: Database, clock: FixedClock) -> None:
    url = settled.engine.url.render_as_string(hide_password=False)
    narrow = settings_for(url).model_copy(
        update={"database_pool_size": 1, "database_pool_timeout_seconds": 0.01}
    )
    database = Database.connect(narrow, clock)
    world = World(database, narrow)
    async with world.client, database.read():
        answer = await world.send("SELECT 1")
    await database.dispose()

    assert (answer.status_code, body_of(answer)["code"]) == (503, "unavailable")
    assert answer.headers["retry-after"] == "1"
