"""Members see who else is in their cohort while they are in it."""

import httpx

from app.people.identity.roles import Role
from tests.answers import START, page, refused
from tests.journeys import Json, Network, Team
from tests.people.identity.people import Person


async def directory(network: Network, cohort: Json, who: Person) -> httpx.Response:
    path = f"/v1/cohorts/{cohort['id']}/directory"
    return await network.client.get(path, headers=who.headers)


def entry(membership: Json, team: Team, number: int, *, is_on_leave: bool = False) -> Json:
    return {
        "membership_id": membership["id"],
        "collaboration": team.ref,
        "topic": None,
        "summary": None,
        "country": None,
        "timezone": "Europe/London",
        "active_since": START,
        "is_on_leave": is_on_leave,
        "people": [
            {
                "id": str(team.lead.account_id),
                "name": f"Lead {number}",
                "role": "collaboration_lead",
            },
            {
                "id": str(team.member.account_id),
                "name": f"Member {number}",
                "role": "collaboration_member",
            },
        ],
    }


async def test_who_is_in_it(network: Network) -> None:
    cohort = await network.cohort("running")
    one, two, three = [await network.team(number) for number in (1, 2, 3)]
    first = await network.membership(cohort, one, "active")
    second = await network.membership(cohort, two, "paused")
    await network.membership(cohort, three, "onboarding")
    whole = page(entry(first, one, 1), entry(second, two, 2, is_on_leave=True))
    for who in (one.lead, one.member, two.lead, network.coordinator):
        assert (await directory(network, cohort, who)).json() == whole


async def test_not_before_and_not_after(network: Network) -> None:
    cohort = await network.cohort("running")
    team = await network.team(1)
    membership = await network.membership(cohort, team, "onboarding")
    assert refused(await directory(network, cohort, team.member), "cohort_not_found", 404)
    await network.done(network.coordinator, f"/memberships/{membership['id']}/activate")
    assert (await directory(network, cohort, team.member)).status_code == 200
    await network.walk_membership(membership, team, "withdrawn")
    assert refused(await directory(network, cohort, team.member), "cohort_not_found", 404)


async def test_who_sees_nothing(network: Network) -> None:
    cohort = await network.cohort("recruiting")
    other = await network.cohort("running", reference="PLN-C2", announced_capacity=6)
    next_door = await network.team(1)
    await network.membership(other, next_door, "active")
    observer = await network.people.person("Otto Observer", (Role.OBSERVER, network.programme_id))
    stranger = await network.people.person("Stan Stranger")
    for who in (next_door.lead, observer, stranger):
        assert refused(await directory(network, cohort, who), "cohort_not_found", 404)
    path = f"/v1/cohorts/{cohort['id']}/directory"
    assert refused(await network.client.get(path), "unauthenticated", 401)
