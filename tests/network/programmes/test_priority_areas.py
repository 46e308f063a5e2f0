"""The priority areas of programmes over HTTP, and every (status, move, role) of them."""

from typing import Any
from unittest.mock import ANY
from uuid import UUID

import pytest

from app.people.identity.roles import Role
from app.people.identity.scopes import ScopeKind
from tests.answers import START, page, problem, refused
from tests.bound import BoundDatabase
from tests.factories import collaboration, made, programme
from tests.network.collaborations.conftest import Stage, stage

__all__ = ["stage"]

FLOODS = {"key": "floods", "name": "Warning of floods", "summary": None}
WHY = {"reason": "The panel put it first."}

LEADS_TO = {
    "proposed": {"select": "selected", "reject": "rejected", "defer": "deferred"},
    "deferred": {"select": "selected", "reject": "rejected", "reconsider": "proposed"},
    "selected": {"launch": "launched", "reconsider": "proposed"},
    "rejected": {"reconsider": "proposed"},
    "launched": {},
}
MOVES = ("select", "reject", "defer", "launch", "reconsider")
REACHED_BY = {
    "proposed": (),
    "deferred": ("defer",),
    "selected": ("select",),
    "rejected": ("reject",),
    "launched": ("select", "launch"),
}
MAY = {Role.ADMINISTRATOR, Role.PROGRAMME_MANAGER}
ON_THE_NETWORK = {
    Role.ADMINISTRATOR,
    Role.PROGRAMME_MANAGER,
    Role.FINANCE_APPROVER,
    Role.PAYMENT_RELEASER,
    Role.FUNDER,
    Role.OBSERVER,
    Role.AUDITOR,
}
ON_THE_PROGRAMME = {Role.COORDINATOR, Role.FACILITATOR, Role.REVIEWER, Role.ADVISER}
ON_A_COLLABORATION = {Role.COLLABORATION_LEAD, Role.COLLABORATION_MEMBER}


def body_of(move: str) -> Any:
    return None if move == "launch" else WHY


def actions(area: Any, *names: str) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "operation_id": f"{name}_priority_area",
            "method": "POST",
            "href": f"/v1/priority-areas/{area['id']}/{name}",
            "needs_reason": name != "launch",
            "needs_if_match": False,
        }
        for name in names
    ]


async def area_of(stage: Stage, network: Any, status: str = "proposed", **more: Any) -> Any:
    """A priority area in which a collaboration was launched, walked to that status."""
    path = f"programmes/{network['id']}/priority-areas"
    area = await made(stage.client, stage.manager, path, FLOODS | more)
    for move in REACHED_BY[status]:
        if move == "launch":
            await launched_in(stage, network, area)
        answer = await stage.post(
            stage.manager, f"priority-areas/{area['id']}/{move}", body_of(move)
        )
        assert answer.status_code == 200, answer.text
        area = answer.json()
    return area


async def launched_in(stage: Stage, network: Any, area: Any) -> Any:
    named = {"origin": "priority_area", "priority_area_id": area["id"]}
    return await stage.collaboration("launched", programme_id=network["id"], **named)


def test_every_role_that_can_be_held_is_tried() -> None:
    tried = ON_THE_NETWORK | ON_THE_PROGRAMME | ON_A_COLLABORATION
    assert set(Role) - tried == {Role.SCHEDULER}


@pytest.mark.parametrize("status", LEADS_TO)
async def test_who_may_do_what(stage: Stage, database: BoundDatabase, status: str) -> None:
    network = await programme(stage.client, stage.manager)
    area = await area_of(stage, network, status)
    if status == "selected":
        await launched_in(stage, network, area)
    node = await stage.people.scope(ScopeKind.COLLABORATION)
    where = {
        **dict.fromkeys(ON_THE_PROGRAMME, UUID(network["id"])),
        **dict.fromkeys(ON_A_COLLABORATION, node),
    }
    for role in set(Role) - {Role.SCHEDULER}:
        held = (role, where[role]) if role in where else role
        person = await stage.people.person(f"The {role}", held)
        open_to = list(LEADS_TO[status]) if role in MAY else []
        seen = await stage.get(person, f"priority-areas/{area['id']}")
        assert seen.json() == {**area, "available_actions": actions(area, *open_to)}, role
        for move in MOVES:
            path = f"priority-areas/{area['id']}/{move}"
            async with database.undone():
                answer = await stage.post(person, path, body_of(move))
            said = f"{role} {move} {status}: {answer.text}"
            if role not in MAY:
                assert refused(answer, "not_allowed", 403, permission="programme.edit"), said
            elif move not in LEADS_TO[status]:
                there_is = {"current_status": status, "available_actions": open_to}
                assert refused(answer, "invalid_transition", 409, **there_is), said
            else:
                reached = LEADS_TO[status][move]
                assert (answer.status_code, answer.json()["status"]) == (200, reached), said


async def test_an_area_from_its_proposal_to_the_launch(stage: Stage) -> None:
    network = await programme(stage.client, stage.manager)
    counts = {"key": "areas", "name": "Three areas", "comparator": "at_least", "value": 3}
    counts |= {"counting_rule": "priority_areas_launched", "due_on": "2026-12-31"}
    path = f"programmes/{network['id']}"
    target = await made(stage.client, stage.manager, f"{path}/targets", counts)
    answer = await stage.post(stage.manager, f"{path}/priority-areas", FLOODS)
    area = answer.json()
    one = f"priority-areas/{area['id']}"
    selected = (await stage.post(stage.manager, f"{one}/select", WHY)).json()
    await stage.collaboration("launched", name="Of no area", programme_id=network["id"])
    early = await stage.post(stage.manager, f"{one}/launch")
    explained = (await stage.get(stage.manager, f"{one}/actions")).json()
    await launched_in(stage, network, area)
    launched = await stage.post(stage.manager, f"{one}/launch", if_match='"2"')
    history = (await stage.get(stage.manager, f"{one}/history")).json()

    assert answer.status_code == 201
    assert answer.headers["Location"] == f"/v1/{one}"
    ref = {name: network[name] for name in ("id", "reference", "name")}
    assert area == {
        "id": ANY,
        "programme": ref,
        **FLOODS,
        "status": "proposed",
        "launched_at": None,
        "available_actions": actions(area, "select", "reject", "defer"),
        "version": 1,
        "created_at": START,
        "updated_at": START,
    }
    decided = {"status": "selected", "version": 2}
    assert selected == {
        **area,
        **decided,
        "available_actions": actions(area, *LEADS_TO["selected"]),
    }
    unmet = {
        "code": "collaboration_missing",
        "detail": "Launch a collaboration that names this priority area.",
    }
    assert early.json() == problem("guards_unmet", 409, unmet=[unmet])
    assert [(one["name"], one["unmet"]) for one in explained["actions"]] == [
        ("launch", [unmet]),
        ("reconsider", []),
    ]
    done = {"status": "launched", "launched_at": START, "version": 3, "available_actions": []}
    assert launched.json() == {**selected, **done}
    told = [(row["verb"], row["to_status"], row["reason"]) for row in history["items"]]
    assert told == [
        ("priority_area.created", "proposed", None),
        ("priority_area.selected", "selected", WHY["reason"]),
        ("priority_area.launched", "launched", None),
    ]
    counted = await stage.get(stage.manager, f"targets/{target['id']}")
    assert counted.json()["counted"] == 1
    before = await stage.get(stage.manager, f"targets/{target['id']}", as_of="2026-03-01")
    assert before.json()["counted"] == 0


async def test_areas_are_listed_and_edited(stage: Stage) -> None:
    network = await programme(stage.client, stage.manager)
    floods = await area_of(stage, network)
    air = await area_of(stage, network, "rejected", key="air", name="Clean air")
    stranger = await stage.people.person("Somebody Else")
    under, one = f"programmes/{network['id']}/priority-areas", f"priority-areas/{floods['id']}"

    async def edit(who: Any, body: Any, tag: str | None = "*") -> Any:
        headers = {**(who.headers if who else {}), **({"If-Match": tag} if tag else {})}
        return await stage.client.patch(f"/v1/{one}", headers=headers, json=body)

    mute = {"available_actions": []}
    listed = (await stage.get(stranger, under)).json()
    assert listed == page({**air, **mute}, {**floods, **mute})
    rejected = await stage.get(stage.manager, under, status="rejected")
    assert rejected.json() == page(air)
    edited = await edit(stage.manager, {"summary": "Rivers."}, '"1"')
    assert edited.json() == {**floods, "summary": "Rivers.", "version": 2}
    denied = {"permission": "programme.edit"}
    assert refused(await edit(stranger, {}), "not_allowed", 403, **denied)
    assert refused(await stage.post(stranger, under, FLOODS), "not_allowed", 403, **denied)
    assert refused(await edit(stage.manager, {}, '"1"'), "precondition_failed", 412, version=2)
    assert refused(await edit(stage.manager, {}, None), "precondition_required", 428)
    assert refused(await edit(None, {}), "unauthenticated", 401)
    twice = await stage.post(stage.manager, under, FLOODS)
    assert refused(twice, "priority_area_key_taken", 409, at="/key")
    silent = await stage.post(stage.manager, f"{one}/select", {})
    where = [{"pointer": "/reason", "code": "missing", "detail": ANY}]
    assert refused(silent, "validation_failed", 422, errors=where)
    nowhere = await stage.get(stage.manager, f"priority-areas/{network['id']}")
    assert refused(nowhere, "priority_area_not_found", 404)
    for path in (under, one, f"{one}/actions", f"{one}/history"):
        assert refused(await stage.client.get(f"/v1/{path}"), "unauthenticated", 401)
    for move in MOVES:
        answer = await stage.client.post(f"/v1/{one}/{move}", json=body_of(move))
        assert refused(answer, "unauthenticated", 401)


async def test_a_collaboration_comes_from_an_area_of_its_programme(stage: Stage) -> None:
    network = await programme(stage.client, stage.manager)
    other = await programme(stage.client, stage.manager, "OTHER")
    area, theirs = await area_of(stage, network), await area_of(stage, other)
    said = {
        "name": "River levels",
        "origin": "priority_area",
        "programme_id": network["id"],
        "priority_area_id": area["id"],
    }
    one = await collaboration(stage.client, stage.manager, **said)
    assert one["priority_area"] == {"id": area["id"], "reference": None, "name": area["name"]}
    found = await stage.get(stage.manager, "collaborations", priority_area_id=area["id"])
    assert found.json() == page(one)

    pointer = {"pointer": "/priority_area_id", "detail": ANY}
    foreign = await stage.post(
        stage.manager, "collaborations", said | {"priority_area_id": theirs["id"]}
    )
    where = [{**pointer, "code": "priority_area_unknown"}]
    assert refused(foreign, "priority_area_unknown", 422, errors=where)
    where = [{**pointer, "code": "priority_area_misplaced"}]
    adhoc = await stage.post(stage.manager, "collaborations", said | {"origin": "ad_hoc"})
    assert refused(adhoc, "priority_area_misplaced", 422, errors=where)
    headers = {**stage.manager.headers, "If-Match": "*"}
    address = f"/v1/collaborations/{one['id']}"
    edited = await stage.client.patch(address, headers=headers, json={"origin": "ad_hoc"})
    assert refused(edited, "priority_area_misplaced", 422, errors=where)
