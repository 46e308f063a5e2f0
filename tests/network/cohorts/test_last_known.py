"""What a cohort knew of a member on the day that it left, for whoever reads the membership."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import delete

from app.kernel.clock import FixedClock
from app.kernel.db import Database
from app.network.cohorts.last_known.models import LastKnownPerson
from app.people.identity.roles import Role
from tests.answers import START, refused
from tests.journeys import Json, Network, Team
from tests.people.identity.people import Person

WHY = {"reason": "The letters went astray."}
LEARNT = {
    "title": "How to share",
    "url": "https://example.org/sharing",
    "licence": "CC-BY-4.0",
    "shared_on": "2026-03-01",
}


async def told_of(network: Network, team: Team) -> tuple[Json, Json]:
    """The collaboration has a steward and a learning; what is told of both."""
    path = f"/collaborations/{team.id}"
    made = {"name": "Rivers Trust", "kind": "non_profit"}
    steward = await network.done(network.coordinator, "/organisations", made)
    part = {"organisation_id": steward["id"], "role": "steward", "since_on": "2026-01-01"}
    await network.done(team.lead, f"{path}/participants", part)
    learning = await network.done(team.lead, f"{path}/learnings", LEARNT)
    ref = {"id": steward["id"], "reference": None, "name": "Rivers Trust"}
    participant = {"organisation": ref, "role": "steward", "since_on": "2026-01-01"}
    names = ("id", "title", "summary", "url", "licence", "audience", "shared_on")
    return participant | {"ended_on": None}, {name: learning[name] for name in names}


def person(who: Person, role: str) -> Json:
    return {
        "account_id": str(who.account_id),
        "role": role,
        "name": who.name,
        "email": who.email,
    }


@pytest.mark.parametrize("ending", ["withdrawn", "removed", "completed"])
async def test_it_is_kept_as_it_was(network: Network, clock: FixedClock, ending: str) -> None:
    cohort, team = await network.cohort("running"), await network.team()
    participant, learning = await told_of(network, team)
    membership = await network.membership(cohort, team, "active")
    path = f"/memberships/{membership['id']}"
    preview = await network.seen(network.coordinator, f"{path}/withdraw/preview")
    known = next(one for one in preview["consequences"] if one["code"] == "what_was_known_is_kept")
    assert [one["id"] for one in known["things"]] == [str(team.id)]
    if ending == "removed":
        for who in (network.coordinator, network.manager):
            await network.done(who, f"{path}/remove", WHY)
    elif ending == "completed":
        await network.done(network.coordinator, f"{path}/complete")
    else:
        await network.walk_membership(membership, team, ending)
    clock.advance(timedelta(days=1))
    name = {"name": "Renamed", "challenge": "Another."}
    headers = {**await network.headers(team.lead), "If-Match": "*"}
    renamed = await network.client.patch(
        f"/v1/collaborations/{team.id}", json=name, headers=headers
    )
    assert renamed.status_code == 200

    cora = await network.people.person("Only Here", (Role.COORDINATOR, UUID(cohort["id"])))
    assert await network.seen(cora, f"{path}/last-known") == {
        "membership_id": membership["id"],
        "known_at": START,
        "name": team.ref["name"],
        "status": "idea",
        "participants": [participant],
        "people": [
            person(team.lead, "collaboration_lead"),
            person(team.member, "collaboration_member"),
        ],
        "learnings": [learning],
    }
    dossier = await network.client.get(f"/v1/collaborations/{team.id}", headers=cora.headers)
    assert refused(dossier, "collaboration_not_found", 404)


async def test_it_is_read_by_who_reads_the_membership(network: Network) -> None:
    cohort, team = await network.cohort("running"), await network.team()
    membership = await network.membership(cohort, team, "accepted")
    await network.walk_membership(membership, team, "withdrawn")
    other = await network.cohort("recruiting", reference="PLN-C2")
    people = network.people
    next_door = await people.person("Next Door", (Role.COORDINATOR, UUID(other["id"])))
    rival = await network.team(2)
    path = f"/memberships/{membership['id']}/last-known"
    for who in (network.manager, network.coordinator, team.lead, team.member):
        assert (await network.seen(who, path))["name"] == team.ref["name"]
    for who in (next_door, rival.lead, await people.person("Stranger Danger")):
        answer = await network.client.get(f"/v1{path}", headers=who.headers)
        assert refused(answer, "membership_not_found", 404), who.name
    assert refused(await network.client.get(f"/v1{path}"), "unauthenticated", 401)


async def test_the_last_departure_counts(network: Network, clock: FixedClock) -> None:
    cohort, team = await network.cohort("running"), await network.team()
    membership = await network.membership(cohort, team, "completed")
    path = f"/memberships/{membership['id']}"
    await network.done(network.manager, f"{path}/reinstate", WHY)
    clock.advance(timedelta(hours=1))
    learning = await network.done(team.lead, f"/collaborations/{team.id}/learnings", LEARNT)
    await network.done(network.coordinator, f"{path}/complete")
    known = await network.seen(network.coordinator, f"{path}/last-known")
    assert known["known_at"] == "2026-03-02T10:00:00.000000Z"
    assert [one["id"] for one in known["learnings"]] == [learning["id"]]


async def test_a_person_is_forgotten_and_the_rest_stays(
    network: Network, database: Database
) -> None:
    """Names and addresses lie in rows of their own, one a person."""
    cohort, team = await network.cohort("running"), await network.team()
    membership = await network.membership(cohort, team, "completed")
    async with database.transaction() as db:
        of_lead = LastKnownPerson.account_id == team.lead.account_id
        await db.execute(delete(LastKnownPerson).where(of_lead))
    known = await network.seen(network.coordinator, f"/memberships/{membership['id']}/last-known")
    assert known["people"] == [person(team.member, "collaboration_member")]
    assert team.lead.email not in str(known)
