"""Targets over HTTP."""

import csv
import io
from typing import Any
from unittest.mock import ANY
from uuid import uuid4

import pytest
from httpx import AsyncClient

from app.kernel.clock import FixedClock
from app.network.programmes.models import CountingRule
from app.network.programmes.queries import COUNTERS
from app.people.identity.roles import Role
from tests.answers import START, edits, page, refused
from tests.counting import statements
from tests.factories import made, programme
from tests.network.collaborations.conftest import BODIES, Stage, stage
from tests.people.identity.people import People, Person

__all__ = ["stage"]

PLANNED = {"planned_start_on": "2026-01-01"}
TWENTY = {
    "key": "collaborations_launched",
    "name": "Twenty data collaborations",
    "comparator": "at_least",
    "value": 20,
    "counting_rule": "by_hand",
    "due_on": "2026-12-31",
}


@pytest.fixture
async def manager(people: People) -> Person:
    return await people.person("Ada Lovelace", Role.PROGRAMME_MANAGER)


@pytest.fixture
async def network(client: AsyncClient, manager: Person) -> Any:
    return await programme(client, manager, **PLANNED)


def shown(network: Any, **more: Any) -> dict[str, Any]:
    return {
        "id": ANY,
        "programme": {name: network[name] for name in ("id", "reference", "name")},
        **TWENTY,
        "baseline": 0,
        "starts_on": "2026-01-01",
        "as_of": "2026-03-02",
        "counted": None,
        "share": None,
        "expected": 3.3,
        "standing": None,
        "is_on_track": None,
        "version": 1,
        "created_at": START,
        "updated_at": START,
        **more,
    }


async def target(client: AsyncClient, who: Person, network: Any, **more: Any) -> Any:
    return await made(client, who, f"programmes/{network['id']}/targets", {**TWENTY, **more})


async def count(client: AsyncClient, who: Person, set_: Any, on: str, counted: int) -> Any:
    body = {"counted_on": on, "counted": counted, "source": "Year one review"}
    return await client.post(f"/v1/targets/{set_['id']}/count", headers=who.headers, json=body)


async def get(client: AsyncClient, who: Person, path: str, **query: str) -> Any:
    return (await client.get(f"/v1/{path}", headers=who.headers, params=query)).json()


def test_every_rule_has_its_counter() -> None:
    assert set(COUNTERS) == set(CountingRule) - {CountingRule.BY_HAND}


async def test_a_target_counted_by_hand(client: AsyncClient, manager: Person, network: Any) -> None:
    answer = await client.post(
        f"/v1/programmes/{network['id']}/targets", headers=manager.headers, json=TWENTY
    )
    assert answer.status_code == 201
    body = answer.json()
    assert body == shown(network)
    assert answer.headers["Location"] == f"/v1/targets/{body['id']}"

    await count(client, manager, body, "2026-01-31", 2)
    await count(client, manager, body, "2026-02-28", 3)
    corrected = await count(client, manager, body, "2026-02-28", 4)

    now = {"counted": 4, "share": 0.2, "standing": "on_track", "is_on_track": True}
    assert corrected.json() == {**body, **now}
    path = f"targets/{body['id']}"
    then = {"counted": 2, "share": 0.1, "standing": "behind", "is_on_track": False}
    january = {**body, **then, "as_of": "2026-02-14", "expected": 2.42}
    assert await get(client, manager, path, as_of="2026-02-14") == january
    assert (await count(client, manager, body, "2026-03-03", 5)).status_code == 422, "tomorrow"
    listed = await get(client, manager, f"programmes/{network['id']}/targets", as_of="2026-02-14")
    assert listed == page(january)
    reading = {"id": ANY, "source": "Year one review", "recorded_at": START}
    assert await get(client, manager, f"{path}/readings") == page(
        {**reading, "counted_on": "2026-01-31", "counted": 2},
        {**reading, "counted_on": "2026-02-28", "counted": 3},
        {**reading, "counted_on": "2026-02-28", "counted": 4},
    )


async def test_what_is_there_today_is_counted_today(
    client: AsyncClient, manager: Person, network: Any
) -> None:
    body = await target(client, manager, network)
    counted = await count(client, manager, body, "2026-03-02", 5)
    assert (counted.status_code, counted.json()["counted"]) == (200, 5)


async def test_a_ceiling_that_is_kept(client: AsyncClient, manager: Person, network: Any) -> None:
    """Six of "up to ten"."""
    ten = await target(client, manager, network, key="members", comparator="at_most", value=10)
    answer = await count(client, manager, ten, "2026-03-01", 6)
    stands = {"counted": 6, "share": 0.6, "standing": "within", "is_on_track": True}
    assert answer.json() == {**ten, **stands, "expected": 10.0}


async def test_launched_collaborations_count_once_and_for_ever(
    stage: Stage, network: Any, clock: FixedClock
) -> None:
    other = await programme(stage.client, stage.manager, "OTHER")
    rule = {"counting_rule": "collaborations_launched", "value": 2}
    set_ = await target(stage.client, stage.manager, network, **rule)
    theirs = await target(stage.client, stage.manager, other, **rule)
    one = await stage.collaboration("launched", name="One", programme_id=network["id"])
    await stage.collaboration("forming", name="Two", programme_id=network["id"])
    await stage.collaboration("launched", name="Three")
    await stage.post(stage.manager, f"collaborations/{one['id']}/abandon", BODIES["abandon"])

    async def stands(which: Any, **query: str) -> tuple[int, str]:
        seen = await get(stage.client, stage.manager, f"targets/{which['id']}", **query)
        return seen["counted"], seen["standing"]

    assert (set_["counted"], set_["standing"]) == (0, "behind")
    assert await stands(set_) == (1, "on_track")
    assert await stands(set_, as_of="2026-03-01") == (0, "behind")
    assert await stands(theirs) == (0, "behind")
    before = await get(stage.client, stage.manager, f"targets/{theirs['id']}", as_of="1900-01-01")
    nowhere = (before["counted"], before["standing"], before["is_on_track"])
    assert nowhere == (0, None, None), "it has not begun"


async def test_a_collaboration_counts_where_it_is_moved(stage: Stage, network: Any) -> None:
    one = await stage.collaboration()
    answer = await stage.client.patch(
        f"/v1/collaborations/{one['id']}",
        headers={**stage.manager.headers, "If-Match": "*"},
        json={"programme_id": network["id"]},
    )
    ref = {name: network[name] for name in ("id", "reference", "name")}
    assert answer.json() == {**one, "programme": ref, "version": 2}
    found = await get(stage.client, stage.manager, "collaborations", programme_id=network["id"])
    assert found == page(answer.json())
    nowhere = await stage.post(
        stage.manager,
        "collaborations",
        {"name": "Lost", "origin": "ad_hoc", "programme_id": str(uuid4())},
    )
    where = {"pointer": "/programme_id", "code": "programme_unknown", "detail": ANY}
    assert refused(nowhere, "programme_unknown", 422, errors=[where])


async def test_an_edit_keeps_what_it_was(
    client: AsyncClient, manager: Person, network: Any
) -> None:
    set_ = await target(client, manager, network)
    address = f"/v1/targets/{set_['id']}"
    body = {"due_on": "2022-12-31", "starts_on": "2022-01-01", "name": "By 2022"}
    answer = await client.patch(address, headers={**manager.headers, "If-Match": '"1"'}, json=body)
    assert answer.json() == {**set_, **body, "expected": 20.0, "version": 2}
    history = await get(client, manager, f"targets/{set_['id']}/history")
    assert [item["verb"] for item in history["items"]] == ["target.created", "target.edited"]
    assert history["items"][1]["detail"] == edits(set_, body)


async def test_what_is_refused(client: AsyncClient, manager: Person, network: Any) -> None:
    by_hand = await target(client, manager, network)
    counted = await target(
        client, manager, network, key="launched", counting_rule="collaborations_launched"
    )
    under = f"/v1/programmes/{network['id']}/targets"

    async def post(body: Any) -> Any:
        return await client.post(under, headers=manager.headers, json={**TWENTY, **body})

    assert refused(await post({}), "target_key_taken", 409, at="/key")
    early = {"key": "x", "due_on": "2025-12-31"}
    assert refused(
        await post(early),
        "target_dates_reversed",
        422,
        errors=[{"pointer": "/due_on", "code": "target_dates_reversed", "detail": ANY}],
    )
    zero = [{"pointer": "/value", "code": "greater_than_equal", "detail": ANY}]
    assert refused(await post({"value": 0}), "validation_failed", 422, errors=zero)
    answer = await count(client, manager, counted, "2026-03-01", 1)
    assert refused(answer, "counted_by_itself", 409)
    answer = await count(client, manager, by_hand, "2026-03-03", 1)
    assert refused(answer, "reading_in_future", 422, at="/counted_on")


async def test_those_of_all_programmes_are_listed(
    client: AsyncClient, manager: Person, network: Any
) -> None:
    other = await programme(client, manager, reference="OTHER", **PLANNED)
    late = await target(client, manager, network, due_on="2027-12-31", value=40)
    early = await target(client, manager, other, name="Ten members", due_on="2026-06-30")
    await count(client, manager, early, "2026-02-01", 4)

    async def found(**query: str) -> list[str]:
        listed = await get(client, manager, "targets", **query)
        return [one["id"] for one in listed["items"]]

    counted = {"counted": 4, "share": 0.2, "standing": "behind", "is_on_track": False}
    assert await get(client, manager, "targets") == page({**early, **counted}, late)
    assert await found(sort="-due_on") == [late["id"], early["id"]]
    assert await found(programme_id=network["id"]) == [late["id"]]
    assert await found(programme_reference=other["reference"], as_of="2026-01-31") == [early["id"]]
    assert await found(q="TEN mem") == [early["id"]]
    assert await found(counting_rule="by_hand", due_until="2026-12-31") == [early["id"]]
    assert await found(counting_rule="collaborations_launched") == []
    then = await get(client, manager, "targets", as_of="2026-01-31", programme_id=other["id"])
    assert [(one["as_of"], one["counted"]) for one in then["items"]] == [("2026-01-31", None)]
    answer = await client.get("/v1/targets/export", headers=manager.headers, params={"q": "ten"})
    [row] = csv.DictReader(io.StringIO(answer.text, newline=""))
    assert row["programme_reference"] == other["reference"]
    assert (row["name"], row["counted"], row["standing"]) == ("Ten members", "4", "behind")


async def test_who_may_not(
    client: AsyncClient, manager: Person, network: Any, people: People
) -> None:
    set_ = await target(client, manager, network)
    coordinator = await people.person("Grace Hopper", (Role.COORDINATOR, network["id"]))
    denied = {"permission": "programme.edit"}
    under, one = f"/v1/programmes/{network['id']}/targets", f"/v1/targets/{set_['id']}"

    assert await get(client, coordinator, f"targets/{set_['id']}") == set_
    answer = await client.post(under, headers=coordinator.headers, json=TWENTY)
    assert refused(answer, "not_allowed", 403, **denied)
    answer = await count(client, coordinator, set_, "2026-03-01", 1)
    assert refused(answer, "not_allowed", 403, **denied)
    for if_match, code, status, more in (
        ('"1"', "not_allowed", 403, denied),
        (None, "precondition_required", 428, {}),
        ('"7"', "precondition_failed", 412, {"version": 1}),
    ):
        who = coordinator if status == 403 else manager
        sent = {**who.headers, **({"If-Match": if_match} if if_match else {})}
        answer = await client.patch(one, headers=sent, json={"value": 1})
        assert refused(answer, code, status, **more)
    for path in (under, one, f"{one}/readings", f"{one}/history"):
        assert refused(await client.get(path), "unauthenticated", 401)
    for path in ("", "/readings", "/history"):
        answer = await client.get(f"/v1/targets/{uuid4()}{path}", headers=manager.headers)
        assert refused(answer, "target_not_found", 404)
    for path, body in ((under, TWENTY), (f"{one}/count", {})):
        assert refused(await client.post(path, json=body), "unauthenticated", 401)
    assert refused(await client.patch(one, json={}), "unauthenticated", 401)


async def test_a_list_costs_the_same_however_long(
    client: AsyncClient, manager: Person, network: Any
) -> None:
    path = f"programmes/{network['id']}/targets"
    counts: list[int] = []
    for number in range(3):
        rule = {"counting_rule": "collaborations_launched"}
        await target(client, manager, network, key=f"by_hand_{number}")
        await target(client, manager, network, key=f"launched_{number}", **rule)
        with statements() as sent:
            await get(client, manager, path)
        counts.append(len(sent))
    assert counts[0] == counts[2] == 5, (
        "who calls, the programme, the targets, the readings, the launches"
    )
