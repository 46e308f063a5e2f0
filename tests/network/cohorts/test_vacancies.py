"""The last coordinator who leaves and the last lead who is disabled become work for who can replace
them."""

from app.people.identity.roles import Role
from tests.journeys import Json, Network
from tests.people.identity.people import Person

WHY = {"reason": "She has left the organisation."}


async def disabled(network: Network, who: Person, ann: Person) -> None:
    await network.done(ann, f"/accounts/{who.account_id}/disable", WHY)


async def work(network: Network, who: Person) -> list[Json]:
    items = (await network.seen(who, "/me/work"))["items"]
    return [item for item in items if item["kind"].startswith("name_")]


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
