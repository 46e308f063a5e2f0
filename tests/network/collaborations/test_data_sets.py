"""The data sets of collaborations over HTTP."""

from typing import Any
from unittest.mock import ANY
from uuid import uuid4

import pytest

from app.kernel.clock import FixedClock
from app.people.identity.roles import Role
from tests.answers import START, edits, page, refused
from tests.counting import statements
from tests.factories import collaboration
from tests.network.collaborations.conftest import Stage
from tests.network.collaborations.shapes import row
from tests.people.identity.people import Person

WHY = "The couriers agreed."


def shown(made: Any, **more: Any) -> dict[str, Any]:
    return {
        "id": ANY,
        "collaboration": {name: made[name] for name in ("id", "reference", "name")},
        "name": "Positions",
        "description": None,
        "url": None,
        "access": "closed",
        "licence": None,
        "first_used_on": None,
        "disposition": None,
        "disposition_note": None,
        "version": 1,
        "created_at": START,
        "updated_at": START,
        **more,
    }


async def change(stage: Stage, who: Person, data_set: Any, access: str, **more: Any) -> Any:
    body = {"access": access, "reason": WHY, **more}
    return await stage.post(who, f"data-sets/{data_set['id']}/change-access", body, if_match="*")


async def test_data_moves_along_the_spectrum(stage: Stage, clock: FixedClock) -> None:
    made = await collaboration(stage.client, stage.manager)
    lead = await stage.person("Lead", Role.COLLABORATION_LEAD, made)
    path = f"collaborations/{made['id']}"
    body = {"name": "Positions", "access": "closed", "since_on": "2026-01-01"}

    answer = await stage.post(lead, f"{path}/data-sets", body)
    added = answer.json()
    shared = await change(stage, lead, added, "shared", since_on="2026-02-01")
    opened = await change(stage, lead, added, "open", licence="CC-BY-4.0")

    assert answer.status_code == 201
    assert added == shown(made)
    assert answer.headers["Location"] == f"/v1/data-sets/{added['id']}"
    assert shared.json() == {**added, "access": "shared", "version": 2}
    assert opened.json() == {**added, "access": "open", "licence": "CC-BY-4.0", "version": 3}
    assert (await stage.get(lead, f"data-sets/{added['id']}")).json() == opened.json()
    changes = (await stage.get(lead, f"data-sets/{added['id']}/access-changes")).json()
    step = {"id": ANY, "licence": None, "reason": WHY, "recorded_at": START}
    began = {"from_access": None, "to_access": "closed", "since_on": "2026-01-01", "reason": None}
    middle = {"from_access": "closed", "to_access": "shared", "since_on": "2026-02-01"}
    last = {"from_access": "shared", "to_access": "open", "since_on": "2026-03-02"}
    assert changes == page(
        {**step, **began}, {**step, **middle}, {**step, **last, "licence": "CC-BY-4.0"}
    )
    history = (await stage.get(lead, f"{path}/history")).json()
    of_it = {"data_set_id": added["id"]}
    moved = {"from_access": "shared", "to_access": "open"}
    assert history["items"][1] == row(
        "data_set_added", made, lead, detail={**of_it, "access": "closed"}
    )
    assert history["items"][3] == row(
        "data_set_access_changed", made, lead, reason=WHY, detail={**of_it, **moved}
    )


async def test_open_data_is_taken_back_by_the_convenor_alone(stage: Stage) -> None:
    made = await collaboration(stage.client, stage.manager)
    lead = await stage.person("Lead", Role.COLLABORATION_LEAD, made)
    data_set = await stage.share(made, access="open", licence="ODbL-1.0")

    denied = await change(stage, lead, data_set, "closed")
    relicensed = await change(stage, lead, data_set, "open", licence="CC0-1.0")
    taken = await change(stage, stage.manager, data_set, "shared")

    assert refused(denied, "not_allowed", 403, permission="collaboration.close_data")
    assert relicensed.json() == {**data_set, "licence": "CC0-1.0", "version": 2}
    assert taken.json() == {**data_set, "access": "shared", "licence": None, "version": 3}


async def test_what_changes_nothing_or_came_before_is_refused(stage: Stage) -> None:
    made = await collaboration(stage.client, stage.manager)
    data_set = await stage.share(made)
    same = await change(stage, stage.manager, data_set, "closed")
    early = await change(stage, stage.manager, data_set, "shared", since_on="2026-03-01")
    where = {
        "pointer": "/since_on",
        "code": "access_out_of_order",
        "detail": "Name a day from 2026-03-02 on.",
    }
    assert refused(same, "access_unchanged", 409)
    assert refused(early, "access_out_of_order", 422, errors=[where])


@pytest.mark.parametrize(
    ("fault", "pointer", "said"),
    [
        ({"access": "open"}, "/", "Open data needs a licence."),
        (
            {"access": "open", "licence": "CC-BY-NC-4.0"},
            "/",
            "Open data may be used for any purpose; this licence forbids some.",
        ),
        ({"access": "secret"}, "/access", ANY),
        ({"licence": "my own"}, "/licence", ANY),
        ({"name": ""}, "/name", ANY),
        ({"owner": "x"}, "/owner", ANY),
    ],
)
async def test_a_fault_is_pointed_at(
    stage: Stage, fault: dict[str, Any], pointer: str, said: Any
) -> None:
    made = await collaboration(stage.client, stage.manager)
    body = {"name": "Positions", "access": "closed"} | fault
    answer = await stage.post(stage.manager, f"collaborations/{made['id']}/data-sets", body)
    where = [{"pointer": pointer, "code": ANY, "detail": said}]
    assert refused(answer, "validation_failed", 422, errors=where)


async def test_an_edit_changes_what_it_names(stage: Stage) -> None:
    made = await collaboration(stage.client, stage.manager)
    data_set = await stage.share(made, url="https://example.org/a")
    answer = await stage.client.patch(
        f"/v1/data-sets/{data_set['id']}",
        headers={**stage.manager.headers, "If-Match": '"1"'},
        json={"url": None, "description": "Every ten seconds."},
    )
    edited = {"url": None, "description": "Every ten seconds."}
    assert answer.json() == {**data_set, **edited, "version": 2}
    history = (await stage.get(stage.manager, f"collaborations/{made['id']}/history")).json()
    detail = {"data_set_id": data_set["id"], **edits(data_set, edited)}
    assert history["items"][-1] == row("data_set_edited", made, stage.manager, detail=detail)


async def test_data_sets_are_found_where_they_may_be_seen(stage: Stage) -> None:
    hers = await collaboration(stage.client, stage.manager, "Hers")
    others = await collaboration(stage.client, stage.manager, "Another's")
    await stage.admit(hers)
    routes = await stage.share(hers, "Routes")
    open_data = await stage.share(hers, "Énergie", access="open", licence="CC-BY-4.0")
    elsewhere = await stage.share(others, "Sales")

    async def found(who: Person, path: str = "data-sets", **query: str) -> Any:
        return (await stage.get(who, path, **query)).json()

    assert await found(stage.coordinator) == page(open_data, routes)
    assert await found(stage.manager) == page(open_data, routes, elsewhere)
    assert await found(stage.manager, q="energ") == page(open_data)
    assert await found(stage.manager, access="closed") == page(routes, elsewhere)
    assert await found(stage.manager, licence="CC-BY-4.0") == page(open_data)
    assert await found(stage.manager, collaboration_id=others["id"]) == page(elsewhere)
    assert await found(stage.coordinator, collaboration_id=others["id"]) == page()
    under = f"collaborations/{hers['id']}/data-sets"
    assert await found(stage.coordinator, under, access="open") == page(open_data)
    one = await stage.get(stage.coordinator, f"data-sets/{elsewhere['id']}")
    assert refused(one, "data_set_not_found", 404)


async def test_who_may_not_and_how(stage: Stage) -> None:
    made = await collaboration(stage.client, stage.manager)
    data_set = await stage.share(made)
    member = await stage.person("Member", Role.COLLABORATION_MEMBER, made)
    under, one = f"collaborations/{made['id']}/data-sets", f"data-sets/{data_set['id']}"
    body = {"name": "Other", "access": "closed"}
    denied = {"permission": "collaboration.edit"}
    to = {"access": "shared", "reason": WHY}

    assert (await stage.get(member, one)).json() == data_set
    assert refused(await stage.post(member, under, body), "not_allowed", 403, **denied)
    assert refused(await change(stage, member, data_set, "shared"), "not_allowed", 403, **denied)
    blind = await stage.post(stage.manager, f"{one}/change-access", to)
    stale = await stage.post(stage.manager, f"{one}/change-access", to, if_match='"7"')
    assert refused(blind, "precondition_required", 428)
    assert refused(stale, "precondition_failed", 412, version=1)
    for who, if_match, code, status, more in (
        (member, '"1"', "not_allowed", 403, denied),
        (stage.manager, '"7"', "precondition_failed", 412, {"version": 1}),
        (stage.coordinator, '"1"', "data_set_not_found", 404, {}),
    ):
        headers = {**who.headers, "If-Match": if_match}
        answer = await stage.client.patch(f"/v1/{one}", headers=headers, json={"name": "X"})
        assert refused(answer, code, status, **more)
    for path in (under, one, "data-sets", f"{one}/access-changes"):
        assert refused(await stage.client.get(f"/v1/{path}"), "unauthenticated", 401)
    for path in (under, f"{one}/change-access"):
        assert refused(await stage.client.post(f"/v1/{path}", json=to), "unauthenticated", 401)
    assert refused(await stage.client.patch(f"/v1/{one}", json={}), "unauthenticated", 401)
    nowhere = await stage.get(stage.manager, f"data-sets/{uuid4()}/access-changes")
    assert refused(nowhere, "data_set_not_found", 404)


async def test_a_list_costs_the_same_however_long(stage: Stage) -> None:
    made = await collaboration(stage.client, stage.manager)
    counts: list[int] = []
    for number in range(3):
        await stage.share(made, f"Number {number}")
        with statements() as sent:
            await stage.get(stage.manager, "data-sets")
        counts.append(len(sent))
    assert counts[0] == counts[2] == 1, "who calls, and the data sets with their collaborations"
