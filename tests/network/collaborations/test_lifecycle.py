"""Every (status, move, role) of a collaboration, against what is written down here."""

from typing import Any
from uuid import UUID

import pytest

from app.network.collaborations import access
from app.network.collaborations.lifecycle import COLLABORATION
from app.people.identity.roles import Role
from tests.answers import START, refused
from tests.bound import BoundDatabase
from tests.lives import Asked, ask
from tests.network.collaborations.conftest import BODIES, STEPS, Stage
from tests.network.collaborations.shapes import OPERATIONS, actions, row
from tests.people.identity.people import Person

LEADS_TO = {
    "idea": {"scope": "scoping", "hold": "on_hold", "abandon": "abandoned"},
    "scoping": {"form": "forming", "hold": "on_hold", "abandon": "abandoned"},
    "forming": {"launch": "launched", "hold": "on_hold", "abandon": "abandoned"},
    "launched": {"operate": "operating", "hold": "on_hold", "abandon": "abandoned"},
    "operating": {"conclude": "concluded", "hold": "on_hold", "abandon": "abandoned"},
    "on_hold": {"resume": "scoping", "abandon": "abandoned"},
    "concluded": {},
    "abandoned": {},
}

RUNNERS = {Role.PROGRAMME_MANAGER, Role.COORDINATOR}
MAY = {
    "scope": {*RUNNERS, Role.COLLABORATION_LEAD},
    "form": RUNNERS,
    "launch": RUNNERS,
    "operate": {*RUNNERS, Role.COLLABORATION_LEAD},
    "conclude": {*RUNNERS, Role.COLLABORATION_LEAD},
    "hold": {*RUNNERS, Role.COLLABORATION_LEAD},
    "resume": {*RUNNERS, Role.COLLABORATION_LEAD},
    "abandon": {*RUNNERS, Role.COLLABORATION_LEAD},
}
PERMISSION = {name: f"collaboration.{name}" for name in MAY} | {"resume": "collaboration.hold"}

HELD_BY_TEAM = {
    "code": "held_by_team",
    "detail": "Those who run the network put it on hold: ask them to resume it.",
}

SEES_NOTHING = {Role.OBSERVER}

HELD_ON_NETWORK = {
    Role.ADMINISTRATOR,
    Role.PROGRAMME_MANAGER,
    Role.FINANCE_APPROVER,
    Role.PAYMENT_RELEASER,
    Role.FUNDER,
    Role.AUDITOR,
}
HELD_ON_COHORT = {
    Role.COORDINATOR,
    Role.FACILITATOR,
    Role.REVIEWER,
    Role.ADVISER,
    Role.OBSERVER,
}
HELD_ON_COLLABORATION = {Role.COLLABORATION_LEAD, Role.COLLABORATION_MEMBER}


async def everybody(stage: Stage, made: Any) -> dict[Role, Person]:
    await stage.admit(made)
    on = {
        **dict.fromkeys(HELD_ON_COHORT, stage.cohort),
        **dict.fromkeys(HELD_ON_COLLABORATION, UUID(made["id"])),
    }
    found: dict[Role, Person] = {}
    for role in HELD_ON_NETWORK:
        found[role] = await stage.people.person(f"The {role}", role)
    for role, scope_id in on.items():
        found[role] = await stage.people.person(f"The {role}", (role, scope_id))
    return found


def test_every_role_that_can_be_held_is_tried() -> None:
    tried = HELD_ON_NETWORK | HELD_ON_COHORT | HELD_ON_COLLABORATION
    assert set(Role) - tried == {Role.SCHEDULER}


@pytest.mark.parametrize("status", STEPS)
async def test_who_may_do_what(stage: Stage, database: BoundDatabase, status: str) -> None:
    made = await stage.collaboration(status)
    roles = await everybody(stage, made)

    for role, person in roles.items():
        open_to = [move for move in LEADS_TO[status] if role in MAY[move]]
        denied = [move for move in OPERATIONS if role not in MAY[move]]
        asked = await ask(
            database, person, access.collaboration, COLLABORATION, UUID(made["id"]), denied
        )
        if role in SEES_NOTHING:
            assert asked == Asked("collaboration_not_found")
        else:
            refused = {move: ("not_allowed", PERMISSION[move]) for move in denied}
            assert asked == Asked(None, open_to, refused)
    for number, move in enumerate(OPERATIONS):
        others = sorted(set(roles) - MAY[move])
        for role in (*MAY[move], others[number % len(others)]):
            async with database.undone():
                await check(stage, role, roles[role], made, move)


async def check(stage: Stage, role: Role, person: Person, made: Any, move: str) -> None:
    """What becomes of a move by its operation."""
    status = made["status"]
    answer = await stage.post(person, f"collaborations/{made['id']}/{move}", BODIES.get(move))
    said = f"{role} {move} {status}: {answer.text}"
    if role in SEES_NOTHING:
        assert refused(answer, "collaboration_not_found", 404), said
    elif role not in MAY[move]:
        assert refused(answer, "not_allowed", 403, permission=PERMISSION[move]), said
    elif move not in LEADS_TO[status]:
        open_to = [name for name in LEADS_TO[status] if role in MAY[name]]
        there_is = {"current_status": status, "available_actions": open_to}
        assert refused(answer, "invalid_transition", 409, **there_is), said
    elif (move, role) == ("resume", Role.COLLABORATION_LEAD):
        assert refused(answer, "guards_unmet", 409, unmet=[HELD_BY_TEAM]), said
    else:
        assert (answer.status_code, answer.json()["status"]) == (200, LEADS_TO[status][move]), said


async def test_what_is_open_to_whom(stage: Stage) -> None:
    made = await stage.collaboration("scoping")
    for role, person in (await everybody(stage, made)).items():
        seen = await stage.get(person, f"collaborations/{made['id']}")
        if role in SEES_NOTHING:
            assert refused(seen, "collaboration_not_found", 404)
        else:
            open_to = [move for move in LEADS_TO["scoping"] if role in MAY[move]]
            offered = actions(made["id"], *open_to)
            assert seen.json() == {**made, "available_actions": offered}


async def test_a_whole_life(stage: Stage) -> None:
    made = await stage.collaboration("concluded")
    reached = ["idea", "scoping", "forming", "launched", "operating", "concluded"]

    history = (await stage.get(stage.manager, f"collaborations/{made['id']}/history")).json()

    verbs = ["scoped", "formed", "launched", "operated", "concluded"]
    moves = [
        row(verb, made, stage.manager, from_status=before, to_status=after)
        for verb, before, after in zip(verbs, reached[:-1], reached[1:], strict=True)
    ]
    assert history["items"][0] == row("created", made, stage.manager, to_status="idea")
    assert [item["verb"] for item in history["items"][1:7]] == [
        "collaboration.participant_added",
        "collaboration.participant_added",
        "collaboration.data_set_added",
        "collaboration.agreement_added",
        "collaboration.data_set_edited",
        "collaboration.learning_shared",
    ]
    assert history["items"][7:] == moves
    assert (made["launched_at"], made["version"]) == (START, 6)


@pytest.mark.parametrize("status", ["idea", "scoping", "forming", "launched", "operating"])
async def test_it_goes_on_from_where_it_was_held(stage: Stage, status: str) -> None:
    made = await stage.collaboration(status)
    path = f"collaborations/{made['id']}"

    held = (await stage.post(stage.manager, f"{path}/hold", BODIES["hold"])).json()
    resumed = (await stage.post(stage.manager, f"{path}/resume")).json()
    history = (await stage.get(stage.manager, f"{path}/history")).json()

    rest = {"held_from": status, "review_on": "2026-06-01", "is_held_by_team": True}
    resting = {"status": "on_hold", **rest}
    open_to = actions(made["id"], "resume", "abandon")
    assert held == {**made, **resting, "version": made["version"] + 1, "available_actions": open_to}
    assert resumed == {**made, "version": made["version"] + 2}
    reason = BODIES["hold"]["reason"]
    assert history["items"][-2:] == [
        row("held", made, stage.manager, from_status=status, to_status="on_hold", reason=reason),
        row("resumed", made, stage.manager, from_status="on_hold", to_status=status),
    ]


async def test_a_lead_resumes_what_its_own_side_put_on_hold(stage: Stage) -> None:
    made = await stage.collaboration("scoping")
    lead = await stage.person("Second lead", Role.COLLABORATION_LEAD, made)
    path = f"collaborations/{made['id']}"

    held = (await stage.post(lead, f"{path}/hold", BODIES["hold"])).json()
    resumed = (await stage.post(lead, f"{path}/resume")).json()
    assert (held["is_held_by_team"], resumed["status"]) == (False, "scoping")

    await stage.post(stage.manager, f"{path}/hold", BODIES["hold"])
    explained = (await stage.get(lead, f"{path}/actions")).json()["actions"]
    (resume,) = (one for one in explained if one["name"] == "resume")
    assert resume["unmet"] == [HELD_BY_TEAM]
    again = (await stage.post(stage.manager, f"{path}/resume")).json()
    assert (again["is_held_by_team"], again["status"]) == (False, "scoping")


async def test_what_was_abandoned_on_hold_rests_no_more(stage: Stage) -> None:
    made = await stage.collaboration("on_hold")
    answer = await stage.post(
        stage.manager, f"collaborations/{made['id']}/abandon", BODIES["abandon"]
    )
    rest = {"held_from": None, "review_on": None, "is_held_by_team": False}
    ended = {"status": "abandoned", **rest, "version": 4}
    assert answer.json() == {**made, **ended, "available_actions": []}


async def test_what_was_launched_stays_so_in_the_count(stage: Stage) -> None:
    made = await stage.collaboration("launched")
    answer = await stage.post(
        stage.manager, f"collaborations/{made['id']}/abandon", BODIES["abandon"]
    )
    assert answer.json()["launched_at"] == START


@pytest.mark.parametrize(
    ("move", "body", "pointer"),
    [
        ("hold", {"review_on": "2026-06-01"}, "/reason"),
        ("hold", {"reason": "Why"}, "/review_on"),
        ("abandon", {}, "/reason"),
        ("abandon", {"reason": " "}, "/reason"),
    ],
)
async def test_a_reason_is_said(stage: Stage, move: str, body: Any, pointer: str) -> None:
    made = await stage.collaboration()
    answer = await stage.post(stage.manager, f"collaborations/{made['id']}/{move}", body)
    assert answer.status_code == 422
    assert [fault["pointer"] for fault in answer.json()["errors"]] == [pointer]


@pytest.mark.parametrize("move", ["scope", "hold", "abandon"])
async def test_a_move_may_say_what_it_is_based_on(stage: Stage, move: str) -> None:
    made = await stage.collaboration()
    path = f"collaborations/{made['id']}/{move}"
    stale = await stage.post(stage.manager, path, BODIES.get(move), if_match='"7"')
    right = await stage.post(stage.manager, path, BODIES.get(move), if_match='"1"')
    assert refused(stale, "precondition_failed", 412, version=1)
    assert right.status_code == 200


@pytest.mark.parametrize("move", OPERATIONS)
async def test_nobody_moves_it_without_signing_in(stage: Stage, move: str) -> None:
    made = await stage.collaboration()
    path = f"/v1/collaborations/{made['id']}/{move}"
    answer = await stage.client.post(path, json=BODIES.get(move))
    assert refused(answer, "unauthenticated", 401)


async def test_what_concluding_would_change_is_told_before(stage: Stage) -> None:
    made = await stage.collaboration("operating")
    told = (await stage.get(stage.manager, f"collaborations/{made['id']}/conclude/preview")).json()
    assert (told["status"], told["action"]["name"]) == ("operating", "conclude")
    assert [one["code"] for one in told["consequences"]] == ["invitations_are_void"]
