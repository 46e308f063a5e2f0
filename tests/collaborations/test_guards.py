"""What must hold before a collaboration moves on, and what is said where it does not."""

from typing import Any

from app.identity.roles import Role
from tests.answers import problem
from tests.collaborations.conftest import Stage
from tests.collaborations.shapes import actions
from tests.factories import collaboration

CHALLENGE = {"code": "challenge_missing", "detail": "Say which challenge it addresses."}
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
        [{"code": "permission_missing", "detail": f"It takes collaboration.{name} here."}]
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
    await stage.share(made)
    launched = await try_to(stage, made, "launch")

    missing = {
        "code": "data_sets_missing",
        "detail": "Add the data it works with, with the access of each.",
    }
    assert refusal == problem("guards_unmet", 409, unmet=[missing])
    assert launched["status"] == "launched"
