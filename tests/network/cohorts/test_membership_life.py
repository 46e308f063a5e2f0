"""What follows when a membership moves on: for its place, its cohort's commons and its dossier."""

from datetime import timedelta
from uuid import UUID

import httpx
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.clock import FixedClock
from app.network.collaborations.models import Collaboration
from app.people.identity.roles import Role
from app.people.identity.scopes import ScopeClosure
from tests.answers import NO_PLACE, START, endorsed, refused
from tests.counting import statements
from tests.journeys import Json, Network, Team
from tests.people.identity.people import Person


async def act(
    network: Network, who: Person, membership: Json, verb: str, body: Json | None = None
) -> httpx.Response:
    path = f"/v1/memberships/{membership['id']}/{verb}"
    return await network.client.post(path, json=body, headers=await network.headers(who))


async def opened(db: AsyncSession, cohort: Json, team: Team) -> tuple[bool, bool]:
    """Whether the cohort reaches the team's dossier, and the team the cohort's commons."""

    async def reaches(ancestor: UUID, descendant: UUID) -> bool:
        path = select(ScopeClosure).where(
            ScopeClosure.ancestor_id == ancestor, ScopeClosure.descendant_id == descendant
        )
        return bool(await db.scalar(select(path.exists())))

    dossier_id = await db.scalar(
        select(Collaboration.dossier_id).where(Collaboration.id == team.id)
    )
    assert dossier_id is not None
    cohort_id, commons_id = UUID(cohort["id"]), UUID(cohort["commons_id"])
    return await reaches(cohort_id, dossier_id), await reaches(team.id, commons_id)


async def test_what_is_open_at_each_step(network: Network, db: AsyncSession) -> None:
    cohort = await network.cohort("running", announced_capacity=20)
    full = await network.cohort("selecting", announced_capacity=1, reference="PLN-C2")
    await network.membership(full, await network.team(91))
    steps = {
        "waitlisted": (False, False),
        "offered": (False, False),
        "accepted": (True, False),
        "onboarding": (True, False),
        "active": (True, True),
        "paused": (True, True),
        "completed": (False, False),
        "withdrawn": (False, False),
        "removed": (False, False),
        "declined": (False, False),
    }
    found = {}
    for number, status in enumerate(steps):
        team = await network.team(number)
        there = full if status == "waitlisted" else cohort
        await network.membership(there, team, status)
        found[status] = await opened(db, there, team)
    assert found == steps


async def test_an_ended_membership_hides_the_dossier_from_its_coordinator_only(
    network: Network,
) -> None:
    cohort = await network.cohort("running")
    cora = await network.people.person("Only Here", (Role.COORDINATOR, UUID(cohort["id"])))
    team = await network.team(1)
    path = f"/v1/collaborations/{team.id}"
    assert (await network.client.get(path, headers=cora.headers)).status_code == 404
    membership = await network.membership(cohort, team, "active")
    assert (await network.client.get(path, headers=cora.headers)).status_code == 200
    await network.walk_membership(membership, team, "withdrawn")
    assert (await network.client.get(path, headers=cora.headers)).status_code == 404
    assert (await network.client.get(path, headers=team.lead.headers)).status_code == 200
    assert (await network.seen(cora, f"/memberships/{membership['id']}"))["status"] == "withdrawn"


async def test_removal_takes_two_persons(network: Network) -> None:
    cohort = await network.cohort("running")
    team = await network.team(1)
    membership = await network.membership(cohort, team, "active")
    why = {"reason": "No sign of life."}
    waiting = await network.done(
        network.coordinator, f"/memberships/{membership['id']}/remove", why
    )
    word = endorsed(network.coordinator, "remove", "No sign of life.")
    assert waiting == membership | {"endorsements": [word]}
    again = await act(network, network.coordinator, membership, "remove", why)
    assert refused(again, "second_person_required", 409)
    forbidden = await act(network, team.lead, membership, "remove", why)
    assert refused(forbidden, "not_allowed", 403, permission="membership.remove")
    removed = await network.done(network.manager, f"/memberships/{membership['id']}/remove", why)
    assert (removed["status"], removed["ended_at"]) == ("removed", START)
    history = await network.seen(network.manager, f"/memberships/{membership['id']}/history")
    assert [(row["verb"], row["reason"]) for row in history["items"][-2:]] == [
        ("membership.remove_endorsed", "No sign of life."),
        ("membership.removed", "No sign of life."),
    ]


async def test_the_place_of_who_was_removed_goes_to_who_waits(network: Network) -> None:
    cohort = await network.cohort("selecting", announced_capacity=1)
    team, heir = await network.team(1), await network.team(2)
    removed = await network.membership(cohort, team, "accepted")
    waiting = await network.membership(cohort, heir, "waitlisted")
    why = {"reason": "No sign of life."}
    for who, status in ((network.coordinator, "waitlisted"), (network.manager, "offered")):
        await network.done(who, f"/memberships/{removed['id']}/remove", why)
        heirs = await network.seen(heir.lead, f"/memberships/{waiting['id']}")
        assert heirs["status"] == status


async def test_a_change_in_between_voids_the_first_word(network: Network) -> None:
    cohort = await network.cohort("running")
    team = await network.team(1)
    membership = await network.membership(cohort, team, "active")
    why = {"reason": "No sign of life."}
    path = f"/memberships/{membership['id']}"
    await network.done(network.coordinator, f"{path}/remove", why)
    leave = {"reason": "They wrote after all.", "returns_on": "2026-05-01"}
    await network.done(network.coordinator, f"{path}/pause", leave)
    still = await network.done(network.manager, f"{path}/remove", why)
    assert still["status"] == "paused"


async def test_leave(network: Network, clock: FixedClock) -> None:
    cohort = await network.cohort("running")
    team = await network.team(1)
    membership = await network.membership(cohort, team, "active")
    past = {"reason": "Leave.", "returns_on": "2026-03-02"}
    response = await act(network, network.coordinator, membership, "pause", past)
    assert [(e["pointer"], e["code"]) for e in response.json()["errors"]] == [
        ("/returns_on", "in_the_past")
    ]
    leave = {"reason": "Leave.", "returns_on": "2026-03-03"}
    paused = await network.done(
        network.coordinator, f"/memberships/{membership['id']}/pause", leave
    )
    away = {"paused_at": START, "returns_on": "2026-03-03", "resumed_at": None}
    away |= {"moves_due_dates": False}
    assert paused == membership | {
        "status": "paused",
        "pauses": [away],
        "version": membership["version"] + 1,
        "available_actions": paused["available_actions"],
    }
    clock.advance(timedelta(days=2))
    back = await network.done(network.coordinator, f"/memberships/{membership['id']}/resume")
    assert back == membership | {
        "pauses": [away | {"resumed_at": "2026-03-04T09:00:00.000000Z"}],
        "version": membership["version"] + 2,
        "updated_at": "2026-03-04T09:00:00.000000Z",
    }


async def test_leave_ends_on_a_day_to_come_where_the_member_is(
    network: Network, clock: FixedClock
) -> None:
    cohort = await network.cohort("running")
    member = await network.membership(
        cohort, await network.team(1), "active", timezone="Pacific/Auckland"
    )
    clock.advance(timedelta(hours=4))
    today, tomorrow = ({"reason": "Leave.", "returns_on": f"2026-03-0{day}"} for day in (3, 4))
    refusal = await act(network, network.coordinator, member, "pause", today)
    assert [(e["pointer"], e["code"]) for e in refusal.json()["errors"]] == [
        ("/returns_on", "in_the_past")
    ]
    paused = await act(network, network.coordinator, member, "pause", tomorrow)
    assert paused.json()["status"] == "paused"


async def test_leave_ends_with_the_membership(network: Network, clock: FixedClock) -> None:
    cohort = await network.cohort("running")
    team = await network.team(1)
    paused = await network.membership(cohort, team, "paused")
    clock.advance(timedelta(hours=1))
    ended = await network.walk_membership(paused, team, "withdrawn")
    at = "2026-03-02T10:00:00.000000Z"
    assert ended["ended_at"] == at
    assert ended["pauses"] == [paused["pauses"][0] | {"resumed_at": at}]


async def test_coming_back(network: Network) -> None:
    cohort = await network.cohort("running", announced_capacity=2)
    gone, heir = await network.team(1), await network.team(2)
    membership = await network.membership(cohort, gone, "removed")
    await network.membership(cohort, heir)
    why = {"reason": "The letters went astray."}
    full = await act(network, network.manager, membership, "reinstate", why)
    assert refused(full, "guards_unmet", 409, unmet=[NO_PLACE])
    beyond = why | {"override_reason": "Our mistake."}
    back = await network.done(network.manager, f"/memberships/{membership['id']}/reinstate", beyond)
    assert back == membership | {
        "status": "active",
        "override_reason": "Our mistake.",
        "ended_at": None,
        "activated_at": START,
        "version": membership["version"] + 1,
        "available_actions": back["available_actions"],
    }


async def test_a_completed_member_kept_its_place(network: Network) -> None:
    cohort = await network.cohort("running", announced_capacity=2)
    membership = await network.membership(cohort, await network.team(1), "completed")
    await network.membership(cohort, await network.team(2), "waitlisted")
    why = {"reason": "One requirement was overlooked."}
    back = await network.done(network.manager, f"/memberships/{membership['id']}/reinstate", why)
    assert (back["status"], back["override_reason"]) == ("active", None)


async def test_lists(network: Network) -> None:
    cohort = await network.cohort("running", announced_capacity=3)
    one, two = await network.team(1), await network.team(2)
    first = await network.membership(cohort, one, "active")
    second = await network.membership(cohort, two)
    path = f"/cohorts/{cohort['id']}/memberships"

    async def listed(who: Person, path: str) -> list[str]:
        return [made["id"] for made in (await network.seen(who, path))["items"]]

    everyone = await listed(network.coordinator, path)
    assert everyone[1:] == [first["id"], second["id"]]
    assert await listed(network.coordinator, f"{path}?sort=-created_at") == everyone[::-1]
    assert await listed(network.coordinator, f"{path}?status=offered") == [second["id"]]
    flat = f"/memberships?cohort_id={cohort['id']}&collaboration_id={one.id}"
    assert await listed(network.coordinator, flat) == [first["id"]]
    assert await listed(one.member, "/memberships") == [first["id"]]
    mine = (await network.seen(one.lead, "/memberships"))["items"]
    assert [action["name"] for action in mine[0]["available_actions"]] == ["withdraw"]
    hidden = await network.client.get(f"/v1{path}", headers=one.lead.headers)
    assert refused(hidden, "cohort_not_found", 404)


async def test_a_list_costs_the_same_however_long(network: Network) -> None:
    """Who, the page, its pauses, what is held there."""
    cohort = await network.cohort("running", announced_capacity=5)
    path = f"/v1/cohorts/{cohort['id']}/memberships"
    counts = []
    for number in (1, 2, 3):
        await network.membership(cohort, await network.team(number), "active")
        headers = await network.headers(network.coordinator)
        with statements() as sent:
            assert (await network.client.get(path, headers=headers)).status_code == 200
        counts.append(len([one for one in sent if "SAVEPOINT" not in one]))
    assert counts == [counts[0]] * 3
    assert counts[0] <= 9, sent
