"""The recorder sees an answer that is not what the document says; else it would prove nothing."""

import json
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from app.kernel.activity import record
from app.kernel.clock import FixedClock
from app.kernel.db import Database
from app.kernel.schemas import Response
from app.main import create_app
from app.people.identity.actors import scheduler
from app.people.identity.deps import CurrentActor, StreamingActor
from app.people.identity.roles import Role
from app.people.identity.scopes import NETWORK_ID
from app.settings import Settings
from app.web.routing import Router
from app.web.transaction import Db
from tests.bound import SECRET
from tests.conftest import client_of
from tests.contract.exercised import SEEN
from tests.contract.happened import happening
from tests.contract.recorder import ContractRecorder, Disagreement, documented, exercised
from tests.people.identity.people import People
from tests.transport import Transport

APP = create_app(Settings(secret_key=SECRET))
JSON = {"content-type": "application/json"}
PROBLEM = {"content-type": "application/problem+json"}


class Canned(Transport):
    """The application's place, taken by one answer."""

    def __init__(self, answer: httpx.Response) -> None:
        super().__init__(APP)
        self._answer = answer

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        happened = happening()
        assert happened is not None
        happened.state["actor"] = scheduler()
        return self._answer


async def recorded(answer: httpx.Response, path: str, method: str = "GET") -> None:
    async with httpx.AsyncClient(
        transport=ContractRecorder(Canned(answer)), base_url="http://testserver"
    ) as client:
        await client.request(method, path)


def operations_page(**changes: Any) -> bytes:
    body: dict[str, Any] = {"items": [], "next_cursor": None, "total_count": None}
    return json.dumps(body | changes).encode()


def problem(**changes: Any) -> bytes:
    body = {
        "type": "/problems/unauthenticated",
        "title": "Not signed in",
        "status": 401,
        "detail": "The token is not valid.",
        "instance": "/v1/operations",
        "code": "unauthenticated",
        "request_id": "1",
        "errors": [],
    }
    return json.dumps(body | changes).encode()


@pytest.fixture(autouse=True)
def nothing_counts() -> Iterator[None]:
    """What is canned here is no proof that an operation works."""
    before = {name: set(seen) for name, seen in SEEN.items()}
    exercised.clear()
    yield
    for name, seen in SEEN.items():
        seen.clear()
        seen.update(before[name])


async def test_what_is_documented_passes_and_counts() -> None:
    await recorded(httpx.Response(200, content=operations_page(), headers=JSON), "/v1/operations")
    assert exercised == {"list_operations"}


async def test_what_is_documented_outside_v1_counts_too() -> None:
    keys = httpx.Response(200, content=b'{"keys": []}', headers=JSON)
    await recorded(keys, "/.well-known/jwks.json")
    assert exercised == {"list_signing_keys"}


async def test_a_refusal_does_not_count() -> None:
    refused = httpx.Response(
        401, content=problem(status=401, code="unauthenticated"), headers=PROBLEM
    )
    await recorded(refused, "/v1/service-accounts")
    assert exercised == set()


WRONG = {
    "a field is missing": (200, b'{"items": [], "next_cursor": null}', JSON, "total_count"),
    "a field of another type": (200, operations_page(items={}), JSON, "items"),
    "an item of another shape": (200, operations_page(items=[{"id": 1}]), JSON, "required"),
    "a status that is not documented": (418, b"", {}, "does not document"),
    "another media type": (200, b"a,b", {"content-type": "text/csv"}, "text/csv"),
    "a problem that is no problem": (401, b'{"detail": "no"}', PROBLEM, "another shape"),
    "a code that it does not list": (
        401,
        problem(code="cohort_full"),
        PROBLEM,
        "not among its codes",
    ),
    "a problem as mere JSON": (401, problem(), JSON, "application/json"),
    "a body where there is none": (304, b"surprise", {}, "with a body"),
}


@pytest.mark.parametrize("name", WRONG)
async def test_what_is_not_documented_is_seen(name: str) -> None:
    status, content, headers, said = WRONG[name]
    answer = httpx.Response(status, content=content, headers=headers)
    with pytest.raises(Disagreement, match=said):
        await recorded(answer, "/v1/operations")


FULL = {
    "type": "/problems/cohort_full",
    "title": "Cohort full",
    "status": 409,
    "detail": "Every announced place is taken. Give an `override_reason` to go beyond.",
    "code": "cohort_full",
}


async def test_a_refusal_that_the_operation_does_not_name_is_seen() -> None:
    """Whoever handles all that an operation names has handled all; kinds of it are as good."""
    path = f"/v1/cohorts/{NETWORK_ID}/recruit"
    full = httpx.Response(409, content=problem(**FULL), headers=PROBLEM)
    with pytest.raises(Disagreement, match="with cohort_full, which is not among its codes"):
        await recorded(full, path, "POST")
    gone = FULL | {"code": "cohort_not_found", "title": "Cohort not found", "status": 404}
    gone |= {"detail": "There is no such cohort, or none that you may see."}
    await recorded(httpx.Response(404, content=problem(**gone), headers=PROBLEM), path, "POST")


async def test_what_is_not_said_as_it_is_listed_is_seen() -> None:
    other = httpx.Response(401, content=problem(detail="Go away."), headers=PROBLEM)
    with pytest.raises(Disagreement, match="says 'Go away"):
        await recorded(other, "/v1/operations")


async def test_a_tag_that_stands_for_two_bodies_is_seen() -> None:
    path, headers = "/v1/operations?limit=7", {**JSON, "etag": '"7"'}
    await recorded(httpx.Response(200, content=operations_page(), headers=headers), path)
    await recorded(httpx.Response(200, content=operations_page(), headers=headers), path)

    other = httpx.Response(200, content=operations_page(total_count=0), headers=headers)
    with pytest.raises(Disagreement, match="two bodies"):
        await recorded(other, path)


async def test_a_path_or_method_that_is_not_documented_does_not_answer() -> None:
    fine = httpx.Response(200, content=b"{}", headers=JSON)
    with pytest.raises(Disagreement, match="not in the document"):
        await recorded(fine, "/v1/secrets")
    with pytest.raises(Disagreement, match="not in the document"):
        await recorded(fine, "/v1/operations", "DELETE")
    with pytest.raises(Disagreement, match="without Allow"):
        await recorded(
            httpx.Response(405, content=problem(status=405), headers=PROBLEM), "/v1/me", "PUT"
        )
    with pytest.raises(Disagreement, match="text/html"):
        await recorded(httpx.Response(404, html="<p>"), "/v1/secrets")


class DoneOut(Response):
    done: bool


def naive_app(settings: Settings, database: Database, clock: FixedClock) -> FastAPI:
    """Planted: routes that do otherwise than they declare."""
    naive = Router("Desk")

    @naive.get("/naive", permission="report.read")
    async def get_naive(actor: StreamingActor) -> DoneOut:
        """Look at grants and say reports."""
        return DoneOut(done=actor.holds("grant.read", NETWORK_ID))

    @naive.post("/naive", permission="cohort.close", moves=("cohort: wrapping_up → closed",))
    async def close_naive(db: Db, actor: CurrentActor) -> DoneOut:
        """Close what runs and say that it was wrapping up."""
        cohort = SimpleNamespace(__noun__="cohort", id=NETWORK_ID, scope_id=NETWORK_ID)
        actor.demand("cohort.close", NETWORK_ID)
        record(db, actor, "cohort.closed", cohort, from_status="running", to_status="closed")
        await db.flush()
        return DoneOut(done=True)

    app = create_app(settings, clock=clock, database=database)
    app.include_router(naive.api)
    return app


async def test_what_a_route_declares_is_held_against_what_it_did(
    settings: Settings, database: Database, clock: FixedClock, people: People
) -> None:
    headers = (await people.person("Mary", Role.PROGRAMME_MANAGER)).headers
    async with client_of(naive_app(settings, database, clock)) as client:
        with pytest.raises(Disagreement) as permission:
            await client.get("/v1/naive", headers=headers)
        with pytest.raises(Disagreement) as move:
            await client.post("/v1/naive", headers=headers)
    assert str(permission.value) == "get_naive takes report.read, and asked for grant.read"
    assert str(move.value) == "close_naive moved a cohort from running to closed, undeclared"


def test_the_most_literal_path_is_meant() -> None:
    known = documented(APP)
    assert known.path_of("/v1/collaborations/register") == "/v1/collaborations/register"
    assert known.path_of("/v1/collaborations/x") == "/v1/collaborations/{collaboration_id}"
    assert known.path_of("/v1/collaborations/x/y/z") is None
