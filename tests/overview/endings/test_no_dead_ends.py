"""After each ending, every item of work of every person leads to something that they can open."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from uuid import UUID

import pytest

from app.kernel.clock import FixedClock
from app.people.identity.roles import Role
from tests.grant_walks import WHY, Funding, milestone
from tests.journeys import Json, Network
from tests.people.identity.people import Person
from tests.worlds import remembered

LATER = {"due_on": "2026-07-15", "reason": "The annex comes late."}
LEAVE = {"reason": "Our data steward is away.", "returns_on": "2026-06-01"}


@dataclass(frozen=True)
class World:
    """A running cohort whose members stand at every step, the first with grants and reports."""

    funding: Funding
    everyone: list[Person]
    grants: list[Json]

    @classmethod
    @remembered
    async def build(cls, funding: Funding) -> "World":
        network = funding.network
        asked = {"stage": "onboarding", "key": "survey", "title": "Survey", "anchor": "accepted"}
        asked |= {"is_required": False}
        path = f"/cohorts/{funding.cohort['id']}"
        await network.done(funding.coordinator, f"{path}/requirements", asked)
        await network.walk_cohort(funding.cohort, "running")
        people = [*(await funding.everyone()).values()]
        for number, status in enumerate(("offered", "onboarding", "active", "paused"), start=2):
            team = await network.team(number)
            membership = await network.membership(funding.cohort, team, status)
            if status == "active":
                request = f"/memberships/{membership['id']}/pause-requests"
                await network.done(team.lead, request, LEAVE)
            people += [team.lead, team.member]
        for step in ("onboard", "activate"):
            await network.done(
                funding.coordinator, f"/memberships/{funding.membership['id']}/{step}"
            )
        return cls(funding, people, await _grants(funding))


async def _grants(funding: Funding) -> list[Json]:
    titles = ("Begun", "Sent back", "Submitted", "Not begun")
    terms = [milestone(title, 500_000, "2026-05-31", is_parallel=True) for title in titles]
    grant = await funding.grant("active", milestones=terms)
    begun, sent_back, submitted, not_begun = await funding.milestones(grant)
    await funding.report("draft", begun)
    await funding.report("changes_requested", sent_back)
    await funding.report("submitted", submitted)
    await funding.done(funding.lead, "POST", f"/milestones/{not_begun['id']}/extensions", LATER)
    return [grant, await funding.grant("offered"), await funding.grant("suspended")]


Ending = Callable[[World], Awaitable[None]]


async def nothing(_world: World) -> None:
    """All goes on."""


async def withdrawn(world: World) -> None:
    await world.funding.network.walk_membership(
        world.funding.membership, world.funding.team, "withdrawn"
    )


async def removed(world: World) -> None:
    path = f"/memberships/{world.funding.membership['id']}/remove"
    for who in (world.funding.coordinator, world.funding.manager):
        await world.funding.network.done(who, path, WHY)


async def completed(world: World) -> None:
    path = f"/memberships/{world.funding.membership['id']}"
    task = (await world.funding.network.seen(world.funding.lead, f"{path}/tasks"))["items"]
    for one in task:
        await world.funding.network.done(world.funding.lead, f"/tasks/{one['id']}/meet", {})
    await world.funding.network.done(world.funding.coordinator, f"{path}/complete")


async def cancelled(world: World) -> None:
    path = f"/cohorts/{world.funding.cohort['id']}/cancel"
    await world.funding.network.done(world.funding.manager, path, WHY)


async def terminated(world: World) -> None:
    grant = await world.funding.network.seen(
        world.funding.manager, f"/grants/{world.grants[0]['id']}"
    )
    for who in (world.funding.manager, world.funding.coordinator):
        await world.funding.make(who, grant, "terminate", WHY)


async def cancelled_and_settled(world: World) -> None:
    """One goes on, one begins to close, one is cancelled."""
    await cancelled(world)
    network, manager = world.funding.network, world.funding.manager
    active, offered, suspended = [
        await network.seen(manager, f"/grants/{one['id']}") for one in world.grants
    ]
    goes_on = {"until_on": "2026-12-31", "reviewer_id": str(manager.account_id), **WHY}
    items = [
        {"grant_id": active["id"], "version": active["version"], "answer": "begin_closing", **WHY},
        {"grant_id": offered["id"], "version": offered["version"], "answer": "cancel", **WHY},
        {"grant_id": suspended["id"], "version": suspended["version"], "answer": "continue"}
        | goes_on,
    ]
    await network.done(manager, "/grants/settle", {"items": items})


async def a_role_ended(world: World) -> None:
    """A second lead takes over, and the first one's role ends."""
    network, team = world.funding.network, world.funding.team
    await network.people.person("Second Lead", (Role.COLLABORATION_LEAD, team.id))
    query = f"/role-assignments?scope_id={team.id}&role=collaboration_lead"
    administrator = next(one for one in world.everyone if one.name == "The administrator")
    held = (await network.seen(administrator, query))["items"]
    first = next(one for one in held if one["account"]["name"] == team.lead.name)
    await network.done(administrator, f"/role-assignments/{first['id']}/end", WHY)


async def the_last_lead_disabled(world: World) -> None:
    """Of one that is a member of another cohort too, which somebody else runs."""
    network, funding = world.funding.network, world.funding
    other = await network.cohort("recruiting", reference="PLN-C2")
    await network.membership(other, funding.team, "accepted")
    of_one = (Role.COORDINATOR, UUID(funding.cohort["id"]))
    world.everyone.append(await network.people.person("Of One Cohort", of_one))
    administrator = next(one for one in world.everyone if one.name == "The administrator")
    await network.done(administrator, f"/accounts/{funding.lead.account_id}/disable", WHY)
    world.everyone.remove(funding.lead)


async def a_certificate_that_its_only_lead_asked_for(world: World) -> None:
    """And one that waits for the same lead, as somebody else prepared it."""
    titles = ("Hers", "Theirs")
    certified = [
        milestone(title, 1_000_000, "2026-05-31", is_parallel=True, needs_certification=True)
        for title in titles
    ]
    grant = await world.funding.grant("active", milestones=certified)
    members = (world.funding.lead, world.funding.member)
    for who, one in zip(members, await world.funding.milestones(grant), strict=True):
        report = await world.funding.written(await world.funding.begun(one))
        await world.funding.make(who, report, "request_certification")


ENDINGS: tuple[Ending, ...] = (
    nothing,
    withdrawn,
    removed,
    completed,
    cancelled,
    terminated,
    cancelled_and_settled,
    a_role_ended,
    the_last_lead_disabled,
    a_certificate_that_its_only_lead_asked_for,
)


@pytest.mark.parametrize("ending", ENDINGS, ids=lambda ending: ending.__name__)
async def test_every_item_can_be_opened(
    funding: Funding, clock: FixedClock, ending: Ending
) -> None:
    world = await World.build(funding)
    world = replace(world, everyone=list(world.everyone))
    await ending(world)

    opened = 0
    for who in world.everyone:
        for item in (await funding.network.seen(who, "/me/work?limit=200"))["items"]:
            assert await _opens(funding.network, who, item), (who.name, item)
            assert await _is_theirs(funding, who, item), (who.name, item)
            opened += 1
    assert opened > 0


OF_SOMEBODY_ELSE = {"conflict_of_interest", "certifier_prepared_it", "second_person_required"}
"""What says that another person must do it."""


async def _is_theirs(funding: Funding, who: Person, item: Json) -> bool:
    """Whether nothing but what is still missing stands in their way: neither a permission nor who
    they are."""
    network, headers = funding.network, await funding.network.headers(who)
    if item["action"]["operation_id"] == "create_invitation":
        body = {
            "email": "another.lead@example.org",
            "name": "Another Lead",
            "role": "collaboration_lead",
            "scope_id": item["collaboration"]["id"],
        }
        async with network.people.database.undone():
            answer = await network.client.post("/v1/invitations", json=body, headers=headers)
        return answer.status_code == 201
    path = f"/v1/{item['noun'].replace('_', '-')}s/{item['subject']['id']}/actions"
    told = await network.client.get(path, headers=headers)
    if told.status_code == 404:
        return True
    unmet = [
        one["code"]
        for action in told.json()["actions"]
        if action["operation_id"] == item["action"]["operation_id"]
        for one in action["unmet"]
    ]
    return not OF_SOMEBODY_ELSE & set(unmet)


async def _opens(network: Network, who: Person, item: Json) -> bool:
    """Whether the thing is there for them, and the operation knows it (`/actions` lists it)."""
    collection = f"{item['noun'].replace('_', '-')}s"
    path = f"/v1/{collection}/{item['subject']['id']}"
    headers = await network.headers(who)
    found = await network.client.get(path, headers=headers)
    if found.status_code != 200:
        return False
    if not item["action"]["operation_id"].endswith(f"{item['action']['name']}_{item['noun']}"):
        return True
    actions = await network.client.get(f"{path}/actions", headers=headers)
    if actions.status_code == 404:
        return "available_actions" not in found.json()
    return item["action"]["name"] in [one["name"] for one in actions.json()["actions"]]
