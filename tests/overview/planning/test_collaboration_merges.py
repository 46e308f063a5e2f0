"""Two collaborations become one, by two persons, and nothing of either is lost."""

from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.db import Base
from app.network.collaborations.lifecycle import COLLABORATION
from app.people.identity.roles import Role
from tests.answers import START, page, refused
from tests.factories import organisation
from tests.grant_walks import Funding
from tests.journeys import Json, Network, Team
from tests.network.indicators.outcomes import NEXT, REACHED, Outcomes
from tests.people.identity.people import Person

WHY = "One collaboration, entered twice."


async def merge(
    network: Network, who: Person | None, survivor: Any, duplicate: Any, **more: Any
) -> httpx.Response:
    body = {"duplicate_id": str(duplicate), "reason": WHY, **more}
    headers = {**(await network.headers(who) if who else {}), "If-Match": "*"}
    path = f"/v1/collaborations/{survivor}/merge"
    return await network.client.post(path, json=body, headers=headers)


@pytest.fixture
async def two(network: Network) -> tuple[Person, Person]:
    """Two persons who run the whole network."""
    people = network.people
    return (
        await people.person("Max", Role.PROGRAMME_MANAGER),
        await people.person("Mia", Role.PROGRAMME_MANAGER),
    )


async def listed(network: Network, who: Person, path: str) -> list[Json]:
    return (await network.seen(who, path))["items"]


async def referring(db: AsyncSession, gone: UUID, dossier: UUID) -> list[str]:
    """The tables that still refer to the duplicate or hang on its nodes."""
    found: list[str] = []
    for table in Base.metadata.sorted_tables:
        for key in table.foreign_keys:
            if key.column.table.name in ("collaborations", "scopes"):
                rows = await db.execute(select(key.parent).where(key.parent.in_((gone, dossier))))
                found += [table.name for _ in rows]
    return sorted(set(found))


async def test_nothing_of_either_is_lost(
    network: Network, two: tuple[Person, Person], db: AsyncSession
) -> None:
    max_, mia = two
    one, other = await network.team(1), await network.team(2)
    cohort = await network.cohort("recruiting")
    membership = await network.membership(cohort, other, "accepted")
    grant = await Funding(network, other, cohort, membership).grant("active")
    partner = await organisation(network.client, max_, "Steward")
    for team in (one, other):
        body = {"organisation_id": partner["id"], "role": "steward"}
        await network.done(max_, f"/collaborations/{team.id}/participants", body)
    data_set = {"name": "Positions", "access": "closed"}
    made = await network.done(max_, f"/collaborations/{other.id}/data-sets", data_set)
    await network.people.person("Both", (Role.COLLABORATION_LEAD, one.id))
    before = await network.seen(max_, f"/collaborations/{one.id}")
    was = await network.seen(max_, f"/collaborations/{other.id}")

    preview = await merge(network, max_, one.id, other.id, dry_run=True)
    first = await merge(network, max_, one.id, other.id)
    again = await merge(network, max_, one.id, other.id)
    waits = await network.seen(max_, f"/collaborations/{other.id}")
    second = await merge(network, mia, one.id, other.id)

    moved = {
        "data_sets": 1,
        "grants": 1,
        "memberships": 1,
        "participants": 1,
        "role_assignments": 2,
    }
    said = {
        "collaboration": one.ref,
        "duplicate": other.ref,
        "is_dry_run": True,
        "is_merged": False,
        "moved": moved,
        "collisions": [],
        "endorsements": [],
        "version": 1,
    }
    assert preview.json() == said
    (word,) = first.json()["endorsements"]
    assert word["by"]["name"] == "Max"
    assert first.json() == {**said, "is_dry_run": False, "endorsements": [word]}
    assert refused(again, "second_person_required", 409)
    assert waits == was, "one word changes nothing"
    assert second.json() == {**said, "is_dry_run": False, "is_merged": True, "version": 2}

    after = await network.seen(other.lead, f"/collaborations/{one.id}")
    names = [{"name": was["name"], "until": START}]
    actions = after["available_actions"]
    assert after == {**before, "former_names": names, "version": 2, "available_actions": actions}
    gone = await network.seen(max_, f"/collaborations/{other.id}")
    assert gone["merged_into_id"] == str(one.id)
    assert await listed(network, max_, f"/collaborations?q={was['name']}") == [
        {
            **after,
            "available_actions": (await listed(network, max_, "/collaborations"))[0][
                "available_actions"
            ],
        }
    ]
    [member] = await listed(network, one.lead, "/memberships")
    assert (member["id"], member["collaboration"]) == (membership["id"], one.ref)
    [granted] = await listed(network, one.lead, "/grants")
    assert (granted["id"], granted["collaboration"]) == (grant["id"], one.ref)
    sets = await listed(network, network.coordinator, f"/collaborations/{one.id}/data-sets")
    assert [item["id"] for item in sets] == [made["id"]]
    ended = [item["ended_on"] for item in await listed(network, max_, "/participants")]
    assert sorted(ended, key=str) == ["2026-03-02", None]
    history = await network.seen(mia, f"/collaborations/{one.id}/history")
    assert [row["verb"] for row in history["items"]][-2:] == [
        "collaboration.merge_endorsed",
        "collaboration.merged",
    ]
    dossier = (
        await db.execute(
            select(Base.metadata.tables["collaborations"].c.dossier_id).where(
                Base.metadata.tables["collaborations"].c.id == other.id
            )
        )
    ).scalar_one()
    assert await referring(db, other.id, dossier) == [
        "collaborations",
        "scope_closure",
        "scope_edges",
        "scopes",
    ]
    twice = await merge(network, max_, one.id, other.id)
    merged = {"merged_into_id": str(one.id)}
    assert refused(twice, "collaboration_merged", 409, **merged)


async def test_what_both_have_is_named(network: Network, two: tuple[Person, Person]) -> None:
    cohort = await network.cohort("recruiting")
    teams: list[Team] = [await network.team(1), await network.team(2)]
    for team in teams:
        await network.membership(cohort, team)
    ref = {key: cohort[key] for key in ("id", "reference", "name")}
    collisions = [{"kind": "memberships", "of": ref}]
    ids = [team.id for team in teams]
    preview = await merge(network, two[0], *ids, dry_run=True)
    assert preview.json()["collisions"] == collisions
    refusal = await merge(network, two[0], *ids)
    assert refused(refusal, "collaborations_collide", 409, collisions=collisions)
    assert refusal.json()["detail"] == f"Both have memberships: {cohort['reference']}."


async def test_what_both_reported_of_the_same_days_is_named(
    network: Network, two: tuple[Person, Person]
) -> None:
    """Merged, it would count twice for one collaboration."""
    began = await Outcomes.begin(network)
    cohort = await network.cohort("recruiting", reference="PLN-C2", name="Cohort 2")
    team = await network.team(3)
    member = await network.membership(cohort, team, "accepted")
    outcomes = replace(began, teams=(began.teams[0], team), members=(began.members[0], member))
    ids = [one.id for one in outcomes.teams]
    reached = await outcomes.indicator(REACHED)
    await outcomes.result(reached, value=50)
    await outcomes.result(reached, of=1, value=50, **NEXT)
    users = await outcomes.indicator(REACHED, key="users", reading="to_date")
    await outcomes.result(users, value=50)
    longer = {"period_start_on": "2025-11-01", "period_end_on": "2026-02-28"}
    await outcomes.result(users, of=1, value=70, **longer)
    assert (await merge(network, two[0], *ids, dry_run=True)).json()["collisions"] == []
    again = await outcomes.result(reached, of=1, value=50, status="submitted")
    assert (await merge(network, two[0], *ids, dry_run=True)).json()["collisions"] == []
    again = await outcomes.move(network.coordinator, again, "accept")
    ref = {"id": reached["id"], "reference": None, "name": "people_reached"}
    collisions = [{"kind": "indicator_results", "of": ref}]
    refusal = await merge(network, two[0], *ids)
    assert refused(refusal, "collaborations_collide", 409, collisions=collisions)
    again = await outcomes.move(network.coordinator, again, "reopen", {"reason": "Said twice."})
    assert (await merge(network, two[0], *ids, dry_run=True)).json()["collisions"] == []


async def test_who_may_not_and_how(network: Network, two: tuple[Person, Person]) -> None:
    one, other = await network.team(1), await network.team(2)
    assert refused(await merge(network, None, one.id, other.id), "unauthenticated", 401)
    unseen = await merge(network, network.coordinator, one.id, other.id)
    assert refused(unseen, "collaboration_not_found", 404)
    forbidden = await merge(network, one.lead, one.id, other.id)
    assert refused(forbidden, "not_allowed", 403, permission="collaboration.merge")
    itself = await merge(network, two[0], one.id, one.id)
    assert itself.json()["code"] == "duplicate_unknown"
    nobody = await merge(network, two[0], one.id, uuid4())
    assert [fault["pointer"] for fault in nobody.json()["errors"]] == ["/duplicate_id"]
    changed = await merge(network, two[0], one.id, other.id)
    headers = {**two[0].headers, "If-Match": "*"}
    path = f"/v1/collaborations/{other.id}"
    await network.client.patch(path, headers=headers, json={"topic": "Rivers"})
    anew = await merge(network, two[1], one.id, other.id)
    assert changed.json()["is_merged"] is anew.json()["is_merged"] is False, "it was read before"
    assert page() == await network.seen(network.coordinator, "/memberships")


async def test_the_first_word_is_shown_and_taken_back(
    network: Network, two: tuple[Person, Person]
) -> None:
    max_, mia = two
    one, other = await network.team(1), await network.team(2)
    first = (await merge(network, max_, one.id, other.id)).json()
    (word,) = first["endorsements"]
    path = f"/v1/endorsements/{word['id']}"
    strangers = await network.client.delete(path, headers=await network.headers(mia))
    taken = await network.client.delete(path, headers=await network.headers(max_))
    preview = (await merge(network, mia, one.id, other.id, dry_run=True)).json()
    again = (await merge(network, mia, one.id, other.id)).json()

    assert (word["move"], word["by"]["name"]) == ("merge", "Max")
    assert refused(strangers, "endorsement_not_found", 404)
    assert taken.status_code == 204
    assert preview["endorsements"] == []
    assert (again["is_merged"], [one["by"]["name"] for one in again["endorsements"]]) == (
        False,
        ["Mia"],
    )


async def test_what_was_merged_is_changed_no_more(
    network: Network, two: tuple[Person, Person]
) -> None:
    """Neither itself nor by a part of it; whoever tries is told where it lives on."""
    max_ = two[0]
    one, other = await network.team(1), await network.team(2)
    for who in two:
        await merge(network, who, one.id, other.id)
    path = f"/v1/collaborations/{other.id}"
    headers = {**max_.headers, "If-Match": "*"}
    said = f"It was merged into {one.ref['reference']} {one.ref['name']}: change that one."

    edited = await network.client.patch(path, headers=headers, json={"topic": "Rivers"})
    data_set = {"name": "Positions", "access": "closed"}
    shared = await network.client.post(f"{path}/data-sets", headers=headers, json=data_set)
    why = {"reason": "It rests.", "review_on": "2026-06-01"}
    held = await network.client.post(f"{path}/hold", headers=headers, json=why)
    told = await network.seen(max_, f"/collaborations/{other.id}/actions")
    seen = await network.seen(max_, f"/collaborations/{other.id}")
    invited = {"email": "new@example.org", "name": "New", "role": "collaboration_lead"}
    invited["scope_id"] = str(other.id)
    ada = await network.people.person("Ada Administrator", Role.ADMINISTRATOR)
    invitation = await network.client.post("/v1/invitations", headers=ada.headers, json=invited)

    for answer in (edited, shared):
        assert refused(answer, "collaboration_merged", 409, merged_into_id=str(one.id))
        assert answer.json()["detail"] == said
    unmet = {"code": "collaboration_merged", "detail": said}
    assert refused(held, "guards_unmet", 409, unmet=[unmet])
    assert all(unmet in action["unmet"] for action in told["actions"])
    assert seen["available_actions"] == []
    assert refused(invitation, "scope_ended", 409)


async def test_a_merge_waits_for_its_second_person(
    network: Network, two: tuple[Person, Person]
) -> None:
    max_, mia = two
    one, other = await network.team(1), await network.team(2)
    cohort = await network.cohort("recruiting")
    await network.membership(cohort, one, "accepted")
    await merge(network, max_, one.id, other.id)

    async def waiting(who: Person) -> list[Json]:
        return await listed(network, who, "/me/work?kind=endorse_merge")

    [item] = await waiting(mia)
    assert (item["noun"], item["subject"], item["due_at"]) == ("collaboration", one.ref, None)
    assert item["action"] == {
        "name": "merge",
        "operation_id": "merge_collaboration",
        "method": "POST",
        "href": f"/v1/collaborations/{one.id}/merge",
        "needs_reason": False,
        "needs_if_match": True,
    }
    for who in (max_, network.coordinator, one.lead, other.lead):
        assert await waiting(who) == [], who.name
    await merge(network, mia, one.id, other.id)
    assert await waiting(mia) == []


async def test_a_merge_waits_for_nobody_once_its_duplicate_went_elsewhere(
    network: Network, two: tuple[Person, Person]
) -> None:
    max_, mia = two
    one, other, third = [await network.team(number) for number in (1, 2, 3)]
    for who, survivor in ((max_, one), (max_, third), (mia, third)):
        await merge(network, who, survivor.id, other.id)

    assert await listed(network, mia, "/me/work?kind=endorse_merge") == []
    assert await listed(network, mia, "/obligations?kind=endorse_merge") == []


def test_what_was_merged_moves_no_more() -> None:
    """From whatever status: each move asks whether it is itself."""
    merged = {
        step.name: "it_is_itself" in {one.__name__ for one in COLLABORATION.guards_of(step)}
        for step in COLLABORATION.moves
        if step.operation
    }
    assert merged == {name: name != "create" for name in merged}
