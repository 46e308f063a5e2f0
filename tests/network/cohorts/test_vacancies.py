"""The last coordinator who leaves and the last lead who is disabled become work for who can replace
them."""

from dataclasses import replace
from uuid import UUID

from app.people.identity.roles import Role
from tests.grant_walks import Funding
from tests.journeys import Json, Network, Team
from tests.people.identity.people import Person

WHY = {"reason": "She has left the organisation."}


async def disabled(network: Network, who: Person, ann: Person) -> None:
    await network.done(ann, f"/accounts/{who.account_id}/disable", WHY)


async def work(network: Network, who: Person) -> list[Json]:
    items = (await network.seen(who, "/me/work"))["items"]
    return [item for item in items if item["kind"].startswith("name_")]


async def invites(network: Network, who: Person, team: Team) -> int:
    """What somebody is told who invites another lead."""
    body = {
        "email": f"named.by.{who.account_id}@example.org",
        "name": "Another Lead",
        "role": "collaboration_lead",
        "scope_id": str(team.id),
    }
    headers = await network.headers(who)
    return (await network.client.post("/v1/invitations", json=body, headers=headers)).status_code


async def test_the_last_coordinator_who_leaves(network: Network) -> None:
    cohort = await network.cohort("recruiting")
    over = await network.cohort("cancelled", reference="PLN-C2")
    ann = await network.people.person("Ann", Role.ADMINISTRATOR)
    assert await work(network, network.manager) == []
    await disabled(network, network.coordinator, ann)

    ref = {key: cohort[key] for key in ("id", "reference", "name")}
    item = {
        "kind": "name_coordinator",
        "noun": "cohort",
        "subject": ref,
        "cohort": ref,
        "collaboration": None,
        "grant": None,
        "write_to": None,
        "due_at": None,
        "is_overdue": False,
        "in_conflict": [],
        "action": {
            "name": "name",
            "operation_id": "create_role_assignment",
            "method": "POST",
            "href": "/v1/role-assignments",
            "needs_reason": False,
            "needs_if_match": False,
        },
    }
    assert await work(network, network.manager) == [item] == await work(network, ann)
    obligations = await network.seen(network.manager, "/obligations?kind=name_coordinator")
    [told] = obligations["items"]
    assert (told["subject"], told["collaboration"], told["is_mine"]) == (ref, None, True)
    assert over["status"] == "cancelled"

    role = (Role.FACILITATOR, network.programme_id)
    successor = await network.people.person("Sue Cessor", role)
    given = {
        "account_id": str(successor.account_id),
        "role": "coordinator",
        "scope_id": cohort["id"],
    }
    await network.done(network.manager, "/role-assignments", given)
    assert await work(network, network.manager) == []


async def test_the_last_lead_who_is_disabled(network: Network) -> None:
    cohort, team = await network.cohort("recruiting"), await network.team()
    membership = await network.membership(cohort, team, "accepted")
    second = await network.people.person("Second Lead", (Role.COLLABORATION_LEAD, team.id))
    ann = await network.people.person("Ann", Role.ADMINISTRATOR)
    await disabled(network, second, ann)
    assert await work(network, network.coordinator) == [], "one lead is left"
    await disabled(network, team.lead, ann)
    [item] = await work(network, network.coordinator)
    assert (item["kind"], item["subject"]["id"]) == ("name_lead", membership["id"])
    assert item["action"]["operation_id"] == "create_invitation"
    assert await work(network, team.member) == []
    third = await network.people.person("Third Lead", (Role.COLLABORATION_LEAD, team.id))
    assert await work(network, network.coordinator) == [], third.name


async def test_nobody_is_missed_where_there_never_was_one(network: Network) -> None:
    cohort = await network.cohort("recruiting")
    made = {"name": "New", "origin": "network_member"}
    collaboration = await network.done(network.coordinator, "/collaborations", made)
    path = f"/cohorts/{cohort['id']}/memberships"
    await network.done(network.coordinator, path, {"collaboration_id": collaboration["id"]})
    assert await work(network, network.coordinator) == []


async def test_who_may_not_name_a_lead_is_not_asked_for_one(network: Network) -> None:
    """Two cohorts have a say: whoever runs but one of them names nobody, who runs both does."""
    home, away = [
        await network.cohort("recruiting", reference=name) for name in ("PLN-C1", "PLN-C2")
    ]
    team = await network.team()
    memberships = [await network.membership(cohort, team, "accepted") for cohort in (home, away)]
    ann = await network.people.person("Ann", Role.ADMINISTRATOR)
    one = await network.people.person("Of One", (Role.COORDINATOR, UUID(home["id"])))
    await disabled(network, team.lead, ann)

    both = sorted(one["id"] for one in memberships)
    for who in (network.manager, network.coordinator, ann):
        assert sorted(item["subject"]["id"] for item in await work(network, who)) == both, who.name
        assert await invites(network, who, team) == 201, who.name
    assert await work(network, one) == []
    assert await invites(network, one, team) == 403
    calendar = await network.seen(one, "/obligations?kind=name_lead")
    assert [item["is_mine"] for item in calendar["items"]] == [False]


async def test_a_member_that_left_with_a_grant_in_force_needs_a_lead(
    funding: Funding,
) -> None:
    network = funding.network
    ann = await network.people.person("Ann", Role.ADMINISTRATOR)
    await funding.grant("active")
    leaving = {"departure": "capacity", "reason": "Too few hands."}
    path = f"/memberships/{funding.membership['id']}/withdraw"
    await network.done(funding.coordinator, path, leaving)
    await disabled(network, funding.lead, ann)

    [item] = await work(network, funding.coordinator)

    assert (item["kind"], item["subject"]["id"]) == ("name_lead", funding.membership["id"])
    assert await invites(network, funding.coordinator, funding.team) == 201


async def test_the_last_lead_of_what_is_in_no_cohort(network: Network) -> None:
    """An administrator names another; what has ended, or is another by now, needs none."""
    team, ended = await network.team(), await network.team(2)
    ann = await network.people.person("Ann", Role.ADMINISTRATOR)
    path = f"/collaborations/{ended.id}/abandon"
    await network.done(ended.lead, path, {"reason": "Nobody has the time."})
    for one in (team, ended):
        await disabled(network, one.lead, ann)

    [item] = await work(network, ann)

    assert (item["kind"], item["noun"], item["subject"]) == ("name_lead", "collaboration", team.ref)
    assert item["collaboration"] == team.ref
    assert item["action"]["operation_id"] == "create_invitation"
    assert await work(network, network.coordinator) == []
    assert await invites(network, network.coordinator, team) == 422, "it is not known there"
    assert await invites(network, ann, team) == 201


async def test_a_service_of_somebody_leads_nothing(network: Network) -> None:
    """Where a service holds the role and no person does, somebody is to be named."""
    cohort, team = await network.cohort("recruiting"), await network.team()
    await network.membership(cohort, team, "accepted")
    ann = await network.people.person("Ann", Role.ADMINISTRATOR)
    await network.people.service("Of a lead", team.lead, (Role.COLLABORATION_LEAD, team.id))
    await disabled(network, team.lead, ann)

    assert [item["kind"] for item in await work(network, network.coordinator)] == ["name_lead"]


async def test_who_may_not_end_a_services_role_any_more_is_not_asked_to(network: Network) -> None:
    """Its owner has left: who gave the role ends it, as long as no other cohort has a say."""
    home, away = [
        await network.cohort("recruiting", reference=name) for name in ("PLN-C1", "PLN-C2")
    ]
    team = await network.team()
    await network.membership(home, team, "accepted")
    ann = await network.people.person("Ann", Role.ADMINISTRATOR)
    one = await network.people.person("Of One", (Role.COORDINATOR, UUID(home["id"])))
    second = await network.people.person("Second Lead", (Role.COLLABORATION_LEAD, team.id))
    there = (Role.OBSERVER, UUID(home["id"]))
    service = await network.people.service("Of a lead", team.lead, there)
    body = {"account_id": str(service.account_id), "role": "collaboration_member"}
    held = await network.done(one, "/role-assignments", body | {"scope_id": str(team.id)})
    await disabled(network, team.lead, ann)

    async def asked() -> list[str]:
        found = await network.seen(one, "/me/work?kind=end_role_of_service")
        return [item["subject"]["id"] for item in found["items"]]

    assert await asked() == [held["id"]]
    await network.membership(away, replace(team, lead=second), "accepted")
    assert await asked() == []
    path, headers = f"/v1/role-assignments/{held['id']}/end", await network.headers(one)
    assert (await network.client.post(path, json={}, headers=headers)).status_code == 403
