"""Drafts on which nothing depends are deleted: programmes, ideas, places on a waitlist.

What depends on one is named.
"""

from typing import Any
from uuid import UUID

import httpx
from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.people.identity.models import RoleAssignment
from app.people.identity.roles import Role
from app.people.identity.scopes import Scope, ScopeClosure
from tests.answers import refused
from tests.factories import programme
from tests.journeys import Network
from tests.people.identity.people import Person


async def delete(network: Network, who: Person, path: str, if_match: str = "*") -> httpx.Response:
    headers = {**(await network.headers(who)), "If-Match": if_match}
    return await network.client.delete(f"/v1/{path}", headers=headers)


async def left_of(db: AsyncSession, *nodes: str) -> list[int | None]:
    """Nodes, paths and roles."""
    ids = [UUID(node) for node in nodes]
    path = or_(ScopeClosure.ancestor_id.in_(ids), ScopeClosure.descendant_id.in_(ids))
    conditions = (Scope.id.in_(ids), path, RoleAssignment.scope_id.in_(ids))
    return [await db.scalar(select(func.count()).where(one)) for one in conditions]


async def recorded(network: Network, subject_id: str) -> Any:
    ann = await network.people.person("Ann", Role.ADMINISTRATOR)
    page = await network.seen(ann, f"/activity?subject_id={subject_id}")
    return [(row["noun"], row["verb"], row["detail"]) for row in page["items"]]


async def test_an_idea_goes_with_its_participants_and_roles(
    network: Network, db: AsyncSession
) -> None:
    team = await network.team()
    path = f"collaborations/{team.id}"
    manager = await network.people.person("Katherine Johnson", Role.PROGRAMME_MANAGER)
    partner = await network.done(manager, "/organisations", {"name": "One", "kind": "company"})
    body = {"organisation_id": partner["id"], "role": "steward"}
    await network.done(manager, f"/{path}/participants", body)
    idea = await network.seen(manager, f"/{path}")

    assert refused(
        await delete(network, manager, path, '"7"'), "precondition_failed", 412, version=1
    )
    gone = await delete(network, manager, path)
    assert gone.status_code == 204, gone.text

    assert refused(await delete(network, manager, path), "collaboration_not_found", 404)
    assert await left_of(db, str(team.id)) == [0, 0, 0]
    detail = {"reference": idea["reference"], "name": idea["name"]}
    assert (await recorded(network, idea["id"]))[-1] == (
        "collaboration",
        "collaboration.deleted",
        detail,
    )


async def test_what_depends_on_an_idea_is_named(network: Network) -> None:
    cohort, team = await network.cohort("recruiting"), await network.team()
    membership = await network.membership(cohort, team)
    path = f"collaborations/{team.id}"
    manager = await network.people.person("Katherine Johnson", Role.PROGRAMME_MANAGER)
    data_set = {"name": "Positions", "access": "closed"}
    made = await network.done(manager, f"/{path}/data-sets", data_set)
    refusal = await delete(network, manager, path)
    dependants = [
        {"kind": "data_sets", "id": made["id"], "name": "Positions"},
        {"kind": "memberships", "id": membership["id"], "name": None},
    ]
    assert refused(refusal, "draft_depended_on", 409, dependants=dependants)
    assert refusal.json()["detail"] == (
        f"Depends on it: data sets: Positions; memberships: {membership['id']}."
    )
    assert refused(
        await delete(network, team.lead, path),
        "not_allowed",
        403,
        permission="collaboration.delete",
    )


async def test_what_is_more_than_an_idea_stays(network: Network) -> None:
    team = await network.team()
    manager = await network.people.person("Katherine Johnson", Role.PROGRAMME_MANAGER)
    await network.done(manager, f"/collaborations/{team.id}/abandon", {"reason": "No data."})
    refusal = await delete(network, manager, f"collaborations/{team.id}")
    assert refused(refusal, "collaboration_not_idea", 409)


async def test_a_programme_goes_with_what_it_meant_to_reach(
    network: Network, db: AsyncSession
) -> None:
    manager = await network.people.person("Katherine Johnson", Role.PROGRAMME_MANAGER)
    made = await programme(network.client, manager, "SLIP")
    path = f"programmes/{made['id']}"
    target = {
        "key": "first",
        "name": "Twenty",
        "comparator": "at_least",
        "value": 20,
        "counting_rule": "by_hand",
        "due_on": "2026-12-31",
    }
    aim = await network.done(manager, f"/{path}/targets", target)
    counted = {"counted_on": "2026-02-01", "counted": 3, "source": "By hand."}
    await network.done(manager, f"/targets/{aim['id']}/count", counted)
    await network.people.person("Her Own", (Role.PROGRAMME_MANAGER, UUID(made["id"])))
    gone = await delete(network, manager, path)
    assert gone.status_code == 204, gone.text
    assert await left_of(db, made["id"]) == [0, 0, 0]
    detail = {"reference": "SLIP", "name": "Programme SLIP"}
    assert (await recorded(network, made["id"]))[-1] == (
        "programme",
        "programme.deleted",
        detail,
    )


async def test_a_programme_with_a_cohort_stays(network: Network) -> None:
    cohort = await network.cohort()
    refusal = await delete(network, network.manager, f"programmes/{network.programme_id}")
    dependants = [{"kind": "cohorts", "id": cohort["id"], "name": cohort["name"]}]
    assert refused(refusal, "draft_depended_on", 409, dependants=dependants)


async def test_a_place_on_the_waitlist_is_taken_away(network: Network, db: AsyncSession) -> None:
    cohort = await network.cohort("recruiting", announced_capacity=1)
    await network.membership(cohort, await network.team(9))
    waiting = await network.membership(cohort, await network.team(), "waitlisted")
    path = f"memberships/{waiting['id']}"
    note = await network.done(
        network.coordinator, f"/{path}/notes", {"text": "Rang them on Tuesday."}
    )
    held = await delete(network, network.coordinator, path)
    dependants = [{"kind": "notes", "id": note["id"], "name": None}]
    assert refused(held, "draft_depended_on", 409, dependants=dependants)

    other = await network.membership(cohort, await network.team(2), "waitlisted")
    path = f"memberships/{other['id']}"
    assert (await delete(network, network.coordinator, path)).status_code == 204
    assert await left_of(db, other["id"]) == [0, 0, 0]
    history = await network.seen(network.manager, f"/cohorts/{cohort['id']}/history")
    last = history["items"][-1]
    detail = {
        "membership_id": other["id"],
        "collaboration_id": other["collaboration"]["id"],
    }
    assert (last["verb"], last["detail"]) == ("cohort.membership_deleted", detail)


async def test_an_offered_place_is_withdrawn_and_not_deleted(network: Network) -> None:
    cohort = await network.cohort("recruiting")
    offered = await network.membership(cohort, await network.team())
    refusal = await delete(network, network.coordinator, f"memberships/{offered['id']}")
    assert refused(refusal, "membership_not_waiting", 409)
