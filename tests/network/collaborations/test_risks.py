"""The risk register of collaborations over HTTP."""

from typing import Any
from unittest.mock import ANY
from uuid import uuid4

import pytest

from app.people.identity.roles import Role
from tests.answers import START, edits, page, problem, refused, where
from tests.counting import statements
from tests.factories import collaboration, made
from tests.network.collaborations.conftest import Stage
from tests.network.collaborations.shapes import row
from tests.people.identity.people import Person

QUESTION = "Can anybody be recognised in the data?"
WHY = "The data holds no persons any more."
MITIGATION = "Routes are cut off at both ends."


def shown(of: Any, **more: Any) -> dict[str, Any]:
    return {
        "id": ANY,
        "collaboration": {name: of[name] for name in ("id", "reference", "name")},
        "area": "law",
        "question": QUESTION,
        "answer": None,
        "level": "red",
        "mitigation": None,
        "owner": None,
        "raised_on": "2026-03-02",
        "closed_on": None,
        "version": 1,
        "created_at": START,
        "updated_at": START,
        **more,
    }


async def raised(stage: Stage, of: Any, **more: Any) -> Any:
    body = {"area": "law", "question": QUESTION, "level": "red", **more}
    return await made(stage.client, stage.manager, f"collaborations/{of['id']}/risks", body)


async def edit(
    stage: Stage, who: Person | None, risk: Any, body: Any, if_match: str | None = "*"
) -> Any:
    headers = dict(who.headers) if who else {}
    if if_match:
        headers["If-Match"] = if_match
    return await stage.client.patch(f"/v1/risks/{risk['id']}", headers=headers, json=body)


async def test_a_risk_is_raised_looked_after_and_closed(stage: Stage) -> None:
    of = await collaboration(stage.client, stage.manager)
    member = await stage.person("Member", Role.COLLABORATION_MEMBER, of)
    path = f"collaborations/{of['id']}"
    said = {"area": "law", "question": QUESTION, "answer": "Perhaps.", "level": "red"}

    answer = await stage.post(member, f"{path}/risks", said)
    risk = answer.json()
    care = {"owner_id": str(member.account_id), "mitigation": MITIGATION, "level": "amber"}
    tended = await edit(stage, member, risk, care)
    closed = await stage.post(member, f"risks/{risk['id']}/close", {"reason": WHY}, if_match="*")
    history = (await stage.get(member, f"{path}/history")).json()

    assert answer.status_code == 201
    assert risk == shown(of, answer="Perhaps.")
    assert answer.headers["Location"] == f"/v1/risks/{risk['id']}"
    owner = {"id": str(member.account_id), "reference": None, "name": member.name}
    looked = {"owner": owner, "mitigation": MITIGATION, "level": "amber", "version": 2}
    assert tended.json() == {**risk, **looked}
    assert closed.json() == {**tended.json(), "closed_on": "2026-03-02", "version": 3}
    assert (await stage.get(member, f"risks/{risk['id']}")).json() == closed.json()
    of_it = {"risk_id": risk["id"]}
    changed = edits({**risk, "owner_id": None}, care)
    assert history["items"][1:] == [
        row("risk_raised", of, member, detail={**of_it, "level": "red"}),
        row("risk_edited", of, member, detail={**of_it, **changed}),
        row("risk_closed", of, member, detail=of_it, reason=WHY),
    ]


async def test_what_was_closed_is_not_changed(stage: Stage) -> None:
    of = await collaboration(stage.client, stage.manager)
    risk = await raised(stage, of)
    path = f"risks/{risk['id']}/close"
    await stage.post(stage.manager, path, {"reason": WHY}, if_match="*")
    again = await stage.post(stage.manager, path, {"reason": WHY}, if_match="*")
    assert refused(again, "risk_closed", 409)
    assert refused(await edit(stage, stage.manager, risk, {"level": "red"}), "risk_closed", 409)


async def test_its_owner_is_one_of_the_people(stage: Stage) -> None:
    of = await collaboration(stage.client, stage.manager)
    other = await collaboration(stage.client, stage.manager, "Another")
    stranger = await stage.person("Stranger", Role.COLLABORATION_LEAD, other)
    risk = await raised(stage, of)
    answer = await edit(stage, stage.manager, risk, {"owner_id": str(stranger.account_id)})
    fault = {"pointer": "/owner_id", "code": "owner_unknown", "detail": "Name one of its people."}
    assert refused(answer, "owner_unknown", 422, errors=[fault])


async def test_a_red_risk_is_looked_after_before_the_launch(stage: Stage) -> None:
    of = await stage.collaboration("forming")
    lead = await stage.person("Second lead", Role.COLLABORATION_LEAD, of)
    await raised(stage, of, level="amber")
    risk = await raised(stage, of)
    path = f"collaborations/{of['id']}/launch"
    unowned = {
        "code": "red_risk_unowned",
        "detail": "Give each red risk an owner and a mitigation.",
        **where(risk["question"]),
    }

    for care in ({}, {"owner_id": str(lead.account_id)}, {"owner_id": None, "mitigation": "x"}):
        await edit(stage, lead, risk, care)
        refusal = await stage.post(stage.manager, path)
        assert refusal.json() == problem("guards_unmet", 409, unmet=[unowned])
    await edit(stage, lead, risk, {"owner_id": str(lead.account_id)})
    assert (await stage.post(stage.manager, path)).json()["status"] == "launched"


async def test_risks_are_found_where_they_may_be_seen(stage: Stage) -> None:
    hers = await collaboration(stage.client, stage.manager, "Hers")
    others = await collaboration(stage.client, stage.manager, "Another's")
    await stage.admit(hers)
    red = await raised(stage, hers)
    green = await raised(stage, hers, level="green")
    elsewhere = await raised(stage, others)
    close = f"risks/{green['id']}/close"
    green = (await stage.post(stage.manager, close, {"reason": WHY}, if_match="*")).json()

    async def found(who: Person, path: str = "risks", **query: str) -> Any:
        return (await stage.get(who, path, **query)).json()

    assert await found(stage.coordinator) == page(red, green)
    assert await found(stage.manager) == page(red, green, elsewhere)
    assert await found(stage.manager, level="green") == page(green)
    assert await found(stage.manager, is_open="true") == page(red, elsewhere)
    assert await found(stage.manager, collaboration_id=others["id"]) == page(elsewhere)
    assert await found(stage.coordinator, f"collaborations/{hers['id']}/risks") == page(red, green)
    one = await stage.get(stage.coordinator, f"risks/{elsewhere['id']}")
    assert refused(one, "risk_not_found", 404)


@pytest.mark.parametrize(
    ("fault", "pointer", "code"),
    [
        ({"area": "weather"}, "/area", "enum"),
        ({"level": "purple"}, "/level", "enum"),
        ({"question": ""}, "/question", "string_too_short"),
        ({"closed_on": "2026-01-01"}, "/closed_on", "extra_forbidden"),
    ],
)
async def test_a_fault_is_pointed_at(stage: Stage, fault: Any, pointer: str, code: str) -> None:
    of = await collaboration(stage.client, stage.manager)
    body = {"area": "law", "question": QUESTION, "level": "red"} | fault
    answer = await stage.post(stage.manager, f"collaborations/{of['id']}/risks", body)
    where = [{"pointer": pointer, "code": code, "detail": ANY}]
    assert refused(answer, "validation_failed", 422, errors=where)


async def test_who_may_not_and_how(stage: Stage) -> None:
    of = await collaboration(stage.client, stage.manager)
    risk = await raised(stage, of)
    auditor = await stage.people.person("Auditor", Role.AUDITOR)
    under, one = f"collaborations/{of['id']}/risks", f"risks/{risk['id']}"
    body = {"area": "law", "question": QUESTION, "level": "red"}
    denied = {"permission": "collaboration.assess"}
    close = {"reason": WHY}

    assert (await stage.get(auditor, one)).json() == risk
    assert refused(await stage.post(auditor, under, body), "not_allowed", 403, **denied)
    assert refused(await edit(stage, auditor, risk, {}), "not_allowed", 403, **denied)
    closing = await stage.post(auditor, f"{one}/close", close, if_match="*")
    assert refused(closing, "not_allowed", 403, **denied)
    assert refused(await edit(stage, stage.manager, risk, {}, None), "precondition_required", 428)
    stale = await edit(stage, stage.manager, risk, {}, '"7"')
    assert refused(stale, "precondition_failed", 412, version=1)
    blind = await stage.post(stage.manager, f"{one}/close", close)
    assert refused(blind, "precondition_required", 428)
    assert refused(await edit(stage, stage.coordinator, risk, {}), "risk_not_found", 404)
    assert refused(await edit(stage, None, risk, {}), "unauthenticated", 401)
    for path in (under, one, "risks"):
        assert refused(await stage.client.get(f"/v1/{path}"), "unauthenticated", 401)
    for path in (under, f"{one}/close"):
        answer = await stage.client.post(f"/v1/{path}", json=body)
        assert refused(answer, "unauthenticated", 401)
    assert refused(await stage.get(auditor, f"risks/{uuid4()}"), "risk_not_found", 404)


async def test_a_list_costs_the_same_however_long(stage: Stage) -> None:
    of = await collaboration(stage.client, stage.manager)
    counts: list[int] = []
    for _ in range(3):
        await raised(stage, of)
        with statements() as sent:
            await stage.get(stage.manager, "risks")
        counts.append(len(sent))
    assert counts[0] == counts[2] == 1, "who calls, and the risks with their names"
