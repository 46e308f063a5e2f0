"""Long operations over HTTP: looked up, listed and cancelled by whoever asked for them."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from httpx import AsyncClient

from app.background.jobs import Work
from app.background.operations import OPERATIONS, Run, run_operation, start
from app.kernel.clock import FixedClock
from app.kernel.db import Database, new_id
from app.kernel.errors import Conflict
from app.people.identity.queries import actor_of
from app.settings import Settings
from tests.counting import statements
from tests.people.identity.people import People, Person

KIND = "count_sheep"


@pytest.fixture
async def ada(people: People) -> Person:
    return await people.person("Ada Lovelace")


@pytest.fixture(autouse=True)
def kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    async def count(run: Run, arguments: dict[str, Any]) -> dict[str, Any]:
        await run.progress(50, "Half of them are counted.")
        if "refuse" in arguments:
            raise Conflict("The sheep are somewhere else.")
        return {"sheep": 12}

    monkeypatch.setitem(OPERATIONS, KIND, count)
    monkeypatch.setitem(OPERATIONS, "count_goats", count)


async def asked(database: Database, person: Person, kind: str = KIND, **arguments: Any) -> UUID:
    async with database.transaction() as db:
        actor = await actor_of(db, person.account_id)
        assert actor is not None
        return (await start(db, actor, kind, arguments)).id


async def run(database: Database, settings: Settings, operation_id: UUID) -> None:
    await run_operation(Work(database, settings, actor_of), operation_id=str(operation_id))


def queued(operation_id: UUID) -> dict[str, Any]:
    return {
        "id": str(operation_id),
        "version": 1,
        "kind": KIND,
        "status": "queued",
        "progress": 0,
        "message": None,
        "attempt": 0,
        "counts": None,
        "result": None,
        "problem": None,
        "created_at": "2026-03-02T09:00:00.000000Z",
        "updated_at": "2026-03-02T09:00:00.000000Z",
        "started_at": None,
        "finished_at": None,
        "available_actions": [
            {
                "name": "cancel",
                "operation_id": "cancel_operation",
                "method": "POST",
                "href": f"/v1/operations/{operation_id}/cancel",
                "needs_reason": False,
                "needs_if_match": False,
            }
        ],
    }


def ended(operation_id: UUID, **more: Any) -> dict[str, Any]:
    when = "2026-03-02T09:01:00.000000Z"
    finished = {"finished_at": when, "updated_at": when, "available_actions": []}
    return queued(operation_id) | finished | more


async def test_an_operation_is_looked_up_until_it_is_done(
    client: AsyncClient, database: Database, settings: Settings, ada: Person, clock: FixedClock
) -> None:
    operation_id = await asked(database, ada)
    url = f"/v1/operations/{operation_id}"
    first = await client.get(url, headers=ada.headers)
    assert (first.status_code, first.json()) == (200, queued(operation_id))
    held = {**ada.headers, "If-None-Match": first.headers["ETag"]}
    assert (await client.get(url, headers=held)).status_code == 304
    clock.advance(timedelta(minutes=1))
    await run(database, settings, operation_id)
    done = await client.get(url, headers=held)
    assert done.json() == ended(
        operation_id,
        version=4,
        status="succeeded",
        progress=100,
        message="Half of them are counted.",
        attempt=1,
        result={"sheep": 12},
        started_at="2026-03-02T09:01:00.000000Z",
    )


async def test_a_failed_operation_says_why(
    client: AsyncClient, database: Database, settings: Settings, ada: Person
) -> None:
    operation_id = await asked(database, ada, refuse=True)
    await run(database, settings, operation_id)
    body = (await client.get(f"/v1/operations/{operation_id}", headers=ada.headers)).json()
    assert (body["status"], body["result"]) == ("failed", None)
    assert body["problem"] == {
        "type": "/problems/conflict",
        "title": "Conflict",
        "status": 409,
        "detail": "The sheep are somewhere else.",
        "instance": f"/v1/operations/{operation_id}",
        "code": "conflict",
        "request_id": "",
        "errors": [],
    }


async def test_an_operation_is_cancelled_once(
    client: AsyncClient, database: Database, settings: Settings, ada: Person, clock: FixedClock
) -> None:
    operation_id = await asked(database, ada)
    clock.advance(timedelta(minutes=1))
    url = f"/v1/operations/{operation_id}/cancel"
    first = await client.post(url, headers=ada.headers)
    cancelled = ended(operation_id, version=2, status="cancelled")
    assert (first.status_code, first.json()) == (200, cancelled)
    again = await client.post(url, headers=ada.headers)
    assert (again.status_code, again.json()["code"]) == (409, "operation_finished")
    assert again.json()["status"] == 409
    await run(database, settings, operation_id)
    url = f"/v1/operations/{operation_id}"
    assert (await client.get(url, headers=ada.headers)).json() == cancelled


async def test_an_operation_is_its_requesters_alone(
    client: AsyncClient, database: Database, people: People, ada: Person
) -> None:
    operation_id = await asked(database, ada)
    bob = await people.person("Bob Stranger")
    for wanted in (operation_id, new_id()):
        url = f"/v1/operations/{wanted}"
        seen = await client.get(url, headers=bob.headers)
        stopped = await client.post(f"{url}/cancel", headers=bob.headers)
        for response in (seen, stopped):
            body = response.json()
            assert (response.status_code, body["code"]) == (404, "operation_not_found")
    assert (await client.get("/v1/operations", headers=bob.headers)).json()["items"] == []
    mine = await client.get(f"/v1/operations/{operation_id}", headers=ada.headers)
    assert mine.json() == queued(operation_id)


async def test_nobody_looks_without_signing_in(client: AsyncClient) -> None:
    url = f"/v1/operations/{new_id()}"
    for response in (
        await client.get("/v1/operations"),
        await client.get(url),
        await client.post(f"{url}/cancel"),
    ):
        assert (response.status_code, response.json()["code"]) == (401, "unauthenticated")


async def test_ones_operations_are_listed_newest_first(
    client: AsyncClient, database: Database, settings: Settings, ada: Person
) -> None:
    first, second = await asked(database, ada), await asked(database, ada)
    goats = await asked(database, ada, "count_goats")
    await run(database, settings, first)

    async def listed(**query: Any) -> list[str]:
        answer = await client.get("/v1/operations", headers=ada.headers, params=query)
        assert answer.status_code == 200
        return [item["id"] for item in answer.json()["items"]]

    everything = [str(goats), str(second), str(first)]
    assert await listed() == everything
    assert await listed(sort="created_at") == everything[::-1]
    assert await listed(status="succeeded") == [str(first)]
    assert await listed(status="queued", kind=KIND) == [str(second)]
    assert await listed(kind="count_cows") == []


async def test_the_list_goes_on_where_a_page_ends(
    client: AsyncClient, database: Database, ada: Person
) -> None:
    wanted = [str(await asked(database, ada)) for _ in range(3)][::-1]
    query = {"limit": 2, "include_total": True}
    page = (await client.get("/v1/operations", headers=ada.headers, params=query)).json()
    assert ([item["id"] for item in page["items"]], page["total_count"]) == (wanted[:2], 3)
    query = {"limit": 2, "cursor": page["next_cursor"]}
    rest = (await client.get("/v1/operations", headers=ada.headers, params=query)).json()
    assert [item["id"] for item in rest["items"]] == wanted[2:]
    assert (rest["next_cursor"], rest["total_count"]) == (None, None)


async def test_a_longer_list_takes_no_more_statements(
    client: AsyncClient, database: Database, ada: Person
) -> None:
    counts: list[int] = []
    await client.get("/v1/operations", headers=ada.headers)  # the signing keys are read once
    for more in (1, 2):
        for _ in range(more):
            await asked(database, ada)
        with statements() as sent:
            await client.get("/v1/operations", headers=ada.headers)
        counts.append(len(sent))
    assert counts == [2, 2]  # who asks, and what there is


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ({"status": "lost"}, "status/0"),
        ({"limit": "0"}, "limit"),
        ({"limit": "201"}, "limit"),
        ({"kind": "A b"}, "kind/0"),
        ({"unheard": "of"}, "unheard"),
    ],
)
async def test_a_list_that_cannot_be_is_refused(
    client: AsyncClient, ada: Person, query: dict[str, str], pointer: str
) -> None:
    answer = await client.get("/v1/operations", headers=ada.headers, params=query)
    assert answer.status_code == 422
    pointers = [fault["pointer"] for fault in answer.json()["errors"]]
    assert pointers == [f"#/query/{pointer}"]
