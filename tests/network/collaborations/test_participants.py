"""The organisations in a collaboration over HTTP."""

from typing import Any
from unittest.mock import ANY
from uuid import uuid4

import pytest

from app.people.identity.roles import Role
from tests.answers import START, page, refused
from tests.counting import statements
from tests.factories import collaboration, organisation
from tests.network.collaborations.conftest import Stage
from tests.network.collaborations.shapes import row


def shown(made: Any, partner: Any, **more: Any) -> dict[str, Any]:
    return {
        "id": ANY,
        "collaboration": {name: made[name] for name in ("id", "reference", "name")},
        "organisation": {"id": partner["id"], "reference": None, "name": partner["name"]},
        "role": "steward",
        "since_on": "2026-03-02",
        "ended_on": None,
        "version": 1,
        "created_at": START,
        "updated_at": START,
        **more,
    }


async def test_an_organisation_joins_and_leaves(stage: Stage) -> None:
    made = await collaboration(stage.client, stage.manager)
    lead = await stage.person("Lead", Role.COLLABORATION_LEAD, made)
    partner = await organisation(stage.client, stage.manager)
    path = f"collaborations/{made['id']}"
    body = {"organisation_id": partner["id"], "role": "steward"}

    joined = await stage.post(lead, f"{path}/participants", body)
    left = await stage.post(
        lead, f"participants/{joined.json()['id']}/end", {"ended_on": "2026-03-31"}
    )
    again = await stage.post(lead, f"{path}/participants", {**body, "since_on": "2026-05-01"})
    history = (await stage.get(lead, f"{path}/history")).json()

    assert joined.status_code == again.status_code == 201
    assert joined.json() == shown(made, partner)
    assert joined.headers["Location"] == f"/v1/participants/{joined.json()['id']}"
    ended = {**joined.json(), "ended_on": "2026-03-31", "version": 2}
    assert left.json() == ended
    listed = await stage.get(lead, f"{path}/participants")
    assert listed.json() == page(ended, shown(made, partner, since_on="2026-05-01"))
    assert (await stage.get(lead, f"participants/{ended['id']}")).json() == ended
    detail = {"organisation_id": partner["id"], "role": "steward"}
    first = {**detail, "participant_id": ended["id"]}
    assert history["items"][1:] == [
        row("participant_added", made, lead, detail=first),
        row("participant_ended", made, lead, detail=first),
        row(
            "participant_added",
            made,
            lead,
            detail={**detail, "participant_id": again.json()["id"]},
        ),
    ]


async def test_one_organisation_takes_several_roles_but_each_once(stage: Stage) -> None:
    made = await collaboration(stage.client, stage.manager)
    partner = await organisation(stage.client, stage.manager)
    path = f"collaborations/{made['id']}/participants"
    body = {"organisation_id": partner["id"], "role": "steward"}

    await stage.post(stage.manager, path, body)
    other = await stage.post(stage.manager, path, {**body, "role": "user"})
    twice = await stage.post(stage.manager, path, body)

    assert other.json() == shown(made, partner, role="user")
    assert refused(twice, "already_participant", 409, at="/organisation_id")


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({"role": "owner"}, "/role", "enum"),
        ({"organisation_id": "x"}, "/organisation_id", "uuid_parsing"),
        ({"since_on": "yesterday"}, "/since_on", "value_error"),
        ({"until_on": "2026-01-01"}, "/until_on", "extra_forbidden"),
    ],
)
async def test_a_fault_is_pointed_at(stage: Stage, body: Any, pointer: str, code: str) -> None:
    made = await collaboration(stage.client, stage.manager)
    whole = {"organisation_id": str(uuid4()), "role": "steward"} | body
    answer = await stage.post(stage.manager, f"collaborations/{made['id']}/participants", whole)
    where = [{"pointer": pointer, "code": code, "detail": ANY}]
    assert refused(answer, "validation_failed", 422, errors=where)


async def test_the_organisation_is_of_the_register(stage: Stage) -> None:
    made = await collaboration(stage.client, stage.manager)
    body = {"organisation_id": str(uuid4()), "role": "steward"}
    answer = await stage.post(stage.manager, f"collaborations/{made['id']}/participants", body)
    where = {"pointer": "/organisation_id", "code": "organisation_unknown"}
    errors = [{**where, "detail": "Not in the register."}]
    assert refused(answer, "organisation_unknown", 422, errors=errors)


async def test_what_ended_does_not_end_again_nor_before_it_began(stage: Stage) -> None:
    made = await collaboration(stage.client, stage.manager)
    joined = await stage.take_part(made, "steward")
    path = f"participants/{joined['id']}/end"

    early = await stage.post(stage.manager, path, {"ended_on": "2026-03-01"})
    first = await stage.post(stage.manager, path, {})
    second = await stage.post(stage.manager, path, {})

    where = {
        "pointer": "/ended_on",
        "code": "ends_before_start",
        "detail": "Name a day from 2026-03-02 on.",
    }
    assert refused(early, "ends_before_start", 422, errors=[where])
    assert first.json()["ended_on"] == "2026-03-02"
    assert refused(second, "participant_ended", 409)


async def test_who_may_not(stage: Stage) -> None:
    made = await collaboration(stage.client, stage.manager)
    joined = await stage.take_part(made, "steward")
    member = await stage.person("Member", Role.COLLABORATION_MEMBER, made)
    stranger = await stage.people.person("Somebody Else")
    add = f"collaborations/{made['id']}/participants"
    end = f"participants/{joined['id']}/end"
    body = {"organisation_id": joined["organisation"]["id"], "role": "user"}
    denied = {"permission": "collaboration.edit"}

    assert refused(await stage.post(member, add, body), "not_allowed", 403, **denied)
    assert refused(await stage.post(member, end, {}), "not_allowed", 403, **denied)
    assert refused(await stage.post(stranger, add, body), "collaboration_not_found", 404)
    assert refused(await stage.post(stranger, end, {}), "participant_not_found", 404)
    one = f"participants/{joined['id']}"
    assert refused(await stage.get(stranger, one), "participant_not_found", 404)
    assert (await stage.get(member, one)).json() == joined
    for path in (add, one, "participants"):
        assert refused(await stage.client.get(f"/v1/{path}"), "unauthenticated", 401)
    for path in (add, end):
        answer = await stage.client.post(f"/v1/{path}", json=body)
        assert refused(answer, "unauthenticated", 401)


async def test_participants_of_all_that_one_sees(stage: Stage) -> None:
    hers = await collaboration(stage.client, stage.manager, "Hers")
    others = await collaboration(stage.client, stage.manager, "Another's")
    await stage.admit(hers)
    steward = await stage.take_part(hers, "steward")
    user = await stage.take_part(hers, "user", "research")
    ended = await stage.post(stage.manager, f"participants/{user['id']}/end", {})
    elsewhere = await stage.take_part(others, "steward", "public_body")

    async def found(who: Any, **query: str) -> Any:
        return (await stage.get(who, "participants", **query)).json()

    assert await found(stage.coordinator) == page(steward, ended.json())
    assert await found(stage.manager) == page(steward, ended.json(), elsewhere)
    assert await found(stage.manager, role="steward") == page(steward, elsewhere)
    assert await found(stage.manager, is_current="false") == page(ended.json())
    assert await found(stage.manager, collaboration_id=others["id"]) == page(elsewhere)
    organisation_id = steward["organisation"]["id"]
    assert await found(stage.manager, organisation_id=organisation_id) == page(steward)
    assert await found(stage.coordinator, collaboration_id=others["id"]) == page()


async def test_a_list_costs_the_same_however_long(stage: Stage) -> None:
    made = await collaboration(stage.client, stage.manager)
    counts: list[int] = []
    for role in ("steward", "user", "funder"):
        await stage.take_part(made, role)
        with statements() as sent:
            await stage.get(stage.manager, "participants")
        counts.append(len(sent))
    assert counts[0] == counts[2] == 1, "who calls, and the participants with their names"
