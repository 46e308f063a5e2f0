"""Who gives leave, judges and waives for a cohort is independent of the member."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from app.people.identity.roles import Role
from tests.answers import refused
from tests.bound import BoundDatabase
from tests.journeys import Json, Network, Team
from tests.people.identity.people import Person

LEAVE = {"reason": "Our data steward is away.", "returns_on": "2026-06-01"}
WHY = {"reason": "Agreed by all who were in the call of 2 March."}
JUDGED = {
    "stage": "onboarding",
    "key": "agreement",
    "title": "Agreement",
    "anchor": "accepted",
    "is_judged": True,
}


async def who_is_both(network: Network, team: Team) -> Person:
    """A manager who works in the collaboration too."""
    return await network.people.person(
        "Bo Both",
        (Role.PROGRAMME_MANAGER, network.programme_id),
        (Role.COLLABORATION_MEMBER, team.id),
    )


async def active(network: Network) -> tuple[Team, Json]:
    cohort, team = await network.cohort("confirmed"), await network.team()
    return team, await network.membership(cohort, team, "active")


async def asked_for_leave(network: Network) -> tuple[Team, Json]:
    team, membership = await active(network)
    path = f"/memberships/{membership['id']}/pause-requests"
    return team, await network.done(team.lead, path, LEAVE)


async def judged_task(network: Network) -> tuple[Team, Json]:
    cohort, team = await network.cohort("selecting"), await network.team()
    await network.done(network.coordinator, f"/cohorts/{cohort['id']}/requirements", JUDGED)
    membership = await network.membership(cohort, team, "onboarding")
    tasks = await network.seen(network.coordinator, f"/memberships/{membership['id']}/tasks")
    return team, next(one for one in tasks["items"] if one["is_judged"])


CASES: dict[str, tuple[Callable[[Network], Awaitable[tuple[Team, Json]]], str, Any]] = {
    "memberships pause": (active, "pause", LEAVE),
    "memberships remove": (active, "remove", WHY),
    "pause-requests agree": (asked_for_leave, "agree", None),
    "pause-requests decline": (asked_for_leave, "decline", WHY),
    "tasks meet": (judged_task, "meet", {}),
    "tasks waive": (judged_task, "waive", WHY),
}


@pytest.mark.parametrize("case", CASES)
async def test_nobody_decides_for_the_cohort_about_themselves(
    network: Network, database: BoundDatabase, case: str
) -> None:
    arrange, move, body = CASES[case]
    team, thing = await arrange(network)
    both = await who_is_both(network, team)
    path = f"/v1/{case.split(maxsplit=1)[0]}/{thing['id']}"

    answer = await network.client.post(f"{path}/{move}", json=body, headers=both.headers)
    told = await network.client.get(f"{path}/actions", headers=both.headers)
    async with database.undone():
        other = await network.client.post(
            f"{path}/{move}", json=body, headers=network.manager.headers
        )

    unmet = {
        "code": "conflict_of_interest",
        "detail": "You were of Collaboration 1 while it lived. Another person must decide.",
        "kind": "role",
        "about": team.ref,
    }
    assert refused(answer, "guards_unmet", 409, unmet=[unmet])
    (explained,) = (one for one in told.json()["actions"] if one["name"] == move)
    assert explained["unmet"] == [unmet]
    assert other.is_success, other.text


async def test_who_asked_for_leave_does_not_give_it(network: Network) -> None:
    """By what they did, where the role is dispensed with."""
    team, asked = await asked_for_leave(network)
    role = {
        "account_id": str(team.lead.account_id),
        "role": "coordinator",
        "scope_id": str(network.programme_id),
    }
    administrator = await network.people.person("Ada Administrator", Role.ADMINISTRATOR)
    await network.done(administrator, "/role-assignments", role)
    path = f"/v1/pause-requests/{asked['id']}/agree"
    answer = await network.client.post(path, headers=team.lead.headers)
    assert [one["kind"] for one in answer.json()["unmet"]] == ["act"]


@pytest.mark.parametrize("arrange", [asked_for_leave, judged_task])
async def test_where_nobody_is_independent_a_decider_is_named_or_let(
    network: Network, arrange: Callable[[Network], Awaitable[tuple[Team, Json]]]
) -> None:
    team, thing = await arrange(network)
    membership_id = thing.get("membership_id") or thing["membership"]["id"]
    ada = await network.people.person("Ada Administrator", Role.ADMINISTRATOR)
    ben = await network.people.person("Ben Second", Role.ADMINISTRATOR)
    about = {"collaboration_id": str(team.id), "reason": "A cousin of mine leads it."}

    async def stuck() -> list[tuple[str, str]]:
        listed = await network.seen(ada, "/me/work?kind=name_a_decider")
        return [(one["noun"], one["subject"]["id"]) for one in listed["items"]]

    await network.done(network.coordinator, "/conflicts-of-interest", about)
    assert await stuck() == []
    await network.done(network.manager, "/conflicts-of-interest", about)
    assert await stuck() == [("membership", membership_id)]
    body = {
        "account_id": str(network.coordinator.account_id),
        "reason": "Nobody else knows them.",
        "until_on": "2026-03-09",
    }
    path = f"/memberships/{membership_id}/dispensations"
    given = await network.done(ada, path, body)
    waiting = await network.seen(ben, "/me/work?kind=confirm_dispensation")
    assert [one["subject"]["id"] for one in waiting["items"]] == [given["id"]]
    await network.done(ben, f"/dispensations/{given['id']}/confirm")
    assert await stuck() == []
    listed = await network.seen(network.coordinator, path)
    assert [one["status"] for one in listed["items"]] == ["confirmed"]


async def test_a_removal_whose_second_word_nobody_may_give_is_seen(network: Network) -> None:
    team, membership = await active(network)
    ada = await network.people.person("Ada Administrator", Role.ADMINISTRATOR)
    other = await network.people.person("Mia", (Role.PROGRAMME_MANAGER, network.programme_id))
    path = f"/memberships/{membership['id']}"
    await network.done(network.manager, f"{path}/remove", WHY)

    async def stuck() -> list[Any]:
        return (await network.seen(ada, "/me/work?kind=name_a_decider"))["items"]

    assert await stuck() == []
    about = {"collaboration_id": str(team.id), "reason": "A cousin of mine leads it."}
    for who in (other, network.coordinator):
        await network.done(who, "/conflicts-of-interest", about)
    [item] = await stuck()
    assert item["subject"]["id"] == membership["id"]
    assert [one["person"]["name"] for one in item["in_conflict"]] == ["Cora Dinator", "Mia"]
    refusal = await network.client.post(f"/v1{path}/remove", json=WHY, headers=other.headers)
    assert [one["kind"] for one in refusal.json()["unmet"]] == ["conflict"]
