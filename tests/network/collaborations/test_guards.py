"""What must hold before a collaboration moves on, and what is said where it does not."""

from typing import Any

from app.people.identity.roles import Role
from tests.answers import problem, refused, where
from tests.factories import collaboration, programme
from tests.factories import made as create
from tests.network.collaborations.conftest import Stage
from tests.network.collaborations.shapes import actions, row

CHALLENGE = {
    "code": "challenge_missing",
    "detail": "Say which challenge it addresses.",
    **where(pointer="/challenge"),
}
LEAD = {"code": "lead_missing", "detail": "Invite somebody to lead it."}
PARTNERS = {
    "code": "partners_too_few",
    "detail": "Add organisations of at least two kinds that take part.",
}
STEWARD = {
    "code": "steward_missing",
    "detail": "Name the organisation that stewards the data.",
}


async def try_to(stage: Stage, made: Any, move: str) -> Any:
    answer = await stage.post(stage.manager, f"collaborations/{made['id']}/{move}")
    return answer.json()


async def test_scoping_needs_a_challenge_and_a_lead(stage: Stage) -> None:
    made = await collaboration(stage.client, stage.manager)
    path = f"collaborations/{made['id']}"
    await stage.person("Member", Role.COLLABORATION_MEMBER, made)

    both = await try_to(stage, made, "scope")
    explained = (await stage.get(stage.manager, f"{path}/actions")).json()
    await stage.person("Lead", Role.COLLABORATION_LEAD, made)
    one = await try_to(stage, made, "scope")

    assert both == problem("guards_unmet", 409, unmet=[CHALLENGE, LEAD])
    assert one == problem("guards_unmet", 409, unmet=[CHALLENGE])
    scope, hold, abandon = actions(made["id"], "scope", "hold", "abandon")
    assert explained == {
        "status": "idea",
        "version": 1,
        "actions": [
            {**scope, "possible": False, "unmet": [CHALLENGE, LEAD]},
            {**hold, "possible": True, "unmet": []},
            {**abandon, "possible": True, "unmet": []},
        ],
    }


async def test_a_member_is_told_which_permission_is_missing(stage: Stage) -> None:
    made = await stage.collaboration("scoping")
    member = await stage.person("Member", Role.COLLABORATION_MEMBER, made)
    explained = (await stage.get(member, f"collaborations/{made['id']}/actions")).json()
    assert [action["unmet"] for action in explained["actions"]] == [
        [
            {
                "code": "permission_missing",
                "detail": f"It takes the permission collaboration.{name} here.",
            }
        ]
        for name in ("form", "hold", "abandon")
    ]


async def test_forming_needs_several_kinds_of_organisation(stage: Stage) -> None:
    made = await stage.collaboration("scoping")
    listed = (await stage.get(stage.manager, f"collaborations/{made['id']}/participants")).json()
    public_body = listed["items"][1]
    await stage.post(stage.manager, f"participants/{public_body['id']}/end", {})
    await stage.take_part(made, "user", "company")

    refusal = await try_to(stage, made, "form")
    await stage.take_part(made, "beneficiary", "non_profit")
    formed = await try_to(stage, made, "form")

    assert refusal == problem("guards_unmet", 409, unmet=[PARTNERS])
    assert formed["status"] == "forming"


async def test_launching_needs_a_steward(stage: Stage) -> None:
    made = await stage.collaboration("forming")
    listed = (await stage.get(stage.manager, f"collaborations/{made['id']}/participants")).json()
    steward = listed["items"][0]
    await stage.post(stage.manager, f"participants/{steward['id']}/end", {})
    assert await try_to(stage, made, "launch") == problem("guards_unmet", 409, unmet=[STEWARD])


async def test_launching_needs_data(stage: Stage) -> None:
    made = await collaboration(stage.client, stage.manager, challenge="Who knows?")
    await stage.person("Lead", Role.COLLABORATION_LEAD, made)
    await stage.take_part(made, "steward")
    await stage.take_part(made, "user", "research")
    for move in ("scope", "form"):
        await try_to(stage, made, move)

    refusal = await try_to(stage, made, "launch")
    await stage.share(made, access="open", licence="CC-BY-4.0")
    launched = await try_to(stage, made, "launch")

    missing = {
        "code": "data_sets_missing",
        "detail": "Add the data it works with, with the access of each.",
    }
    assert refusal == problem("guards_unmet", 409, unmet=[missing])
    assert launched["status"] == "launched"


async def explained(stage: Stage, made: Any, move: str) -> Any:
    """What `/actions` says stands in the way of a move, for the manager."""
    answer = await stage.get(stage.manager, f"collaborations/{made['id']}/actions")
    [found] = [action for action in answer.json()["actions"] if action["name"] == move]
    assert found["possible"] == (not found["unmet"])
    return found["unmet"]


async def refused_by_name(
    stage: Stage, made: Any, move: str, code: str, detail: str, **place: Any
) -> None:
    """The verb and `/actions` name the same one condition."""
    unmet = [{"code": code, "detail": detail, **place}]
    assert await explained(stage, made, move) == unmet
    assert await try_to(stage, made, move) == problem("guards_unmet", 409, unmet=unmet)


async def test_launching_needs_an_agreement_for_what_is_not_open(stage: Stage) -> None:
    made = await stage.collaboration("forming")
    listed = await stage.get(stage.manager, f"collaborations/{made['id']}/participants")
    parties = listed.json()["items"]
    await stage.share(made, "Timetables", access="open", licence="CC-BY-4.0")
    routes = await stage.share(made, "Routes", access="shared")
    await stage.share(made, "Addresses")
    missing = "Sign an agreement for: Addresses, Routes."
    at = where("Addresses", "Routes")
    await refused_by_name(stage, made, "launch", "agreement_missing", missing, **at)

    both = (await stage.get(stage.manager, f"collaborations/{made['id']}/data-sets")).json()
    closed = [one for one in both["items"] if one["access"] == "closed"]
    later = {"starts_on": "2026-04-01", "signed_on": "2026-03-02"}
    await stage.agree(made, parties, [routes], **later)
    await stage.agree(made, parties, [routes], signed_on=None)
    past = {"signed_on": "2025-01-01", "ends_on": "2026-03-01"}
    await stage.agree(made, parties, [routes], **past)
    await stage.agree(made, parties, closed)
    missing = "Sign an agreement for: Routes."
    await refused_by_name(stage, made, "launch", "agreement_missing", missing, **where("Routes"))

    await stage.agree(made, parties, [routes], ends_on="2026-03-02")
    assert await explained(stage, made, "launch") == []
    assert (await try_to(stage, made, "launch"))["status"] == "launched"


async def test_operating_needs_a_first_use_or_an_impact(stage: Stage) -> None:
    impact = {
        "title": "Two loading bays",
        "beneficiaries": "Couriers",
        "evidence": "The council says so.",
        "happened_on": "2026-03-01",
    }
    for at, by_impact in enumerate((True, False)):
        made = await stage.collaboration("launched", name=f"Cargo {at}")
        listed = await stage.get(stage.manager, f"collaborations/{made['id']}/data-sets")
        [data_set] = listed.json()["items"]
        address = f"/v1/data-sets/{data_set['id']}"
        headers = {**stage.manager.headers, "If-Match": "*"}
        await stage.client.patch(address, headers=headers, json={"first_used_on": None})
        missing = "Record the first use of a data set, or an impact."
        await refused_by_name(stage, made, "operate", "use_missing", missing)
        if by_impact:
            await stage.post(stage.manager, f"collaborations/{made['id']}/impacts", impact)
        else:
            await stage.client.patch(address, headers=headers, json={"first_used_on": "2026-03-01"})
        assert (await try_to(stage, made, "operate"))["status"] == "operating"


async def test_concluding_needs_a_learning_and_the_fate_of_the_data(stage: Stage) -> None:
    made = await stage.collaboration("launched")
    path = f"collaborations/{made['id']}"
    await try_to(stage, made, "operate")
    await stage.share(made, "Routes")
    learning = {
        "code": "learning_missing",
        "detail": "Share what was learnt, or waive that with a reason.",
    }
    fate = {
        "code": "disposition_missing",
        "detail": "Say what becomes of: Routes.",
        **where("Routes"),
    }
    assert await try_to(stage, made, "conclude") == problem(
        "guards_unmet", 409, unmet=[fate, learning]
    )

    [_, routes] = (await stage.get(stage.manager, f"{path}/data-sets")).json()["items"]
    await stage.provide_for(routes)
    assert await explained(stage, made, "conclude") == [learning]
    lead = await stage.person("Second lead", Role.COLLABORATION_LEAD, made)
    why = {"reason": "The partners may not publish."}
    denied = await stage.post(lead, f"{path}/waive-learning", why)
    stale = await stage.post(stage.manager, f"{path}/waive-learning", why, if_match='"1"')
    waived = await stage.post(stage.manager, f"{path}/waive-learning", why)
    concluded = await try_to(stage, made, "conclude")

    permission = "collaboration.waive_learning"
    assert refused(denied, "not_allowed", 403, permission=permission)
    assert refused(stale, "precondition_failed", 412, version=5)
    assert waived.json()["learning_waiver"] == why["reason"]
    assert (waived.json()["version"], concluded["status"]) == (6, "concluded")
    assert concluded["learning_waiver"] == why["reason"]
    history = (await stage.get(stage.manager, f"{path}/history")).json()["items"]
    waiver = row("learning_waived", made, stage.manager, reason=why["reason"])
    assert history[-2] == waiver


async def test_what_comes_from_a_priority_area_names_it(stage: Stage) -> None:
    network = await programme(stage.client, stage.manager)
    area = await made_area(stage, network)
    made = await stage.collaboration("scoping", origin="priority_area", programme_id=network["id"])
    missing = "Name the priority area that it comes from."
    at = where(pointer="/priority_area_id")
    await refused_by_name(stage, made, "form", "priority_area_missing", missing, **at)

    headers = {**stage.manager.headers, "If-Match": "*"}
    address = f"/v1/collaborations/{made['id']}"
    body = {"priority_area_id": area["id"]}
    named = await stage.client.patch(address, headers=headers, json=body)
    ref = {"id": area["id"], "reference": None, "name": area["name"]}
    assert named.json()["priority_area"] == ref
    assert (await try_to(stage, made, "form"))["status"] == "forming"


async def made_area(stage: Stage, network: Any, key: str = "floods") -> Any:
    """A priority area of that programme."""
    path = f"programmes/{network['id']}/priority-areas"
    return await create(stage.client, stage.manager, path, {"key": key, "name": "Floods"})


async def test_forming_needs_every_expectation_answered(stage: Stage) -> None:
    network = await programme(stage.client, stage.manager)
    under = f"programmes/{network['id']}/expectations"
    asked = [
        {"kind": "principle", "key": "open", "title": "As open as possible", "position": 2},
        {"kind": "criterion", "key": "challenge", "title": "A clear challenge", "position": 1},
    ]
    principle, criterion = [
        await create(stage.client, stage.manager, under, body) for body in asked
    ]
    made = await stage.collaboration("scoping", programme_id=network["id"])
    path = f"/v1/collaborations/{made['id']}/answers"
    said = "Say how it answers: challenge, open."
    at = where("A clear challenge", "As open as possible")
    await refused_by_name(stage, made, "form", "criteria_unanswered", said, **at)

    headers = {**stage.manager.headers, "If-None-Match": "*"}
    unclear = {"verdict": "unclear", "answer": "We do not know yet."}
    await stage.client.put(f"{path}/{criterion['id']}", headers=headers, json=unclear)
    said = "Say how it answers: open."
    at = where("As open as possible")
    await refused_by_name(stage, made, "form", "criteria_unanswered", said, **at)
    words = {"answer": "Positions are published a day later."}
    await stage.client.put(f"{path}/{principle['id']}", headers=headers, json=words)
    assert (await try_to(stage, made, "form"))["status"] == "forming"
