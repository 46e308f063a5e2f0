"""A coordinator sees the dossiers of her members, and members one another while they are in."""

from uuid import UUID

import pytest

from app.people.identity.roles import Role
from tests.answers import refused
from tests.journeys import Json, Network
from tests.people.identity.people import Person

DOSSIER = ("", "/participants", "/data-sets", "/risks", "/people", "/history", "/actions")
"""What hangs below a collaboration's dossier."""


async def told(network: Network, who: Person, path: str) -> tuple[int, str | None]:
    answer = await network.client.get(f"/v1{path}", headers=who.headers)
    return answer.status_code, answer.json().get("code")


async def test_a_coordinator_reads_the_dossiers_of_her_cohort_and_of_no_other(
    network: Network,
) -> None:
    hers = await network.cohort("recruiting")
    other = await network.cohort("recruiting", reference="PLN-C2")
    cora = await network.people.person("Only Here", (Role.COORDINATOR, UUID(hers["id"])))
    elsewhere = await network.people.person("Next Door", (Role.COORDINATOR, UUID(other["id"])))
    mine, theirs = await network.team(1), await network.team(2)
    await network.membership(hers, mine, "accepted")
    await network.membership(other, theirs, "accepted")
    for who, seen, hidden in ((cora, mine, theirs), (elsewhere, theirs, mine)):
        for part in DOSSIER:
            assert await told(network, who, f"/collaborations/{seen.id}{part}") == (200, None)
            absent = (404, "collaboration_not_found")
            assert await told(network, who, f"/collaborations/{hidden.id}{part}") == absent
        listed = await network.seen(who, "/collaborations")
        assert [item["id"] for item in listed["items"]] == [str(seen.id)]


@pytest.mark.parametrize("ending", ["withdrawn", "removed", "completed"])
async def test_a_member_sees_the_directory_until_its_end(network: Network, ending: str) -> None:
    cohort = await network.cohort("running")
    stays, leaves = await network.team(1), await network.team(2)
    await network.membership(cohort, stays, "active")
    membership = await network.membership(cohort, leaves, "active")
    path = f"/v1/cohorts/{cohort['id']}/directory"

    async def named(who: Person) -> list[str] | None:
        answer = await network.client.get(path, headers=who.headers)
        if answer.status_code != 200:
            assert refused(answer, "cohort_not_found", 404)
            return None
        return [entry["collaboration"]["id"] for entry in answer.json()["items"]]

    both = [str(stays.id), str(leaves.id)]
    assert [await named(who) for who in (stays.member, leaves.member)] == [both, both]
    await end(network, membership, ending)
    assert [await named(who) for who in (stays.member, leaves.member)] == [both[:1], None]


async def end(network: Network, membership: Json, ending: str) -> None:
    """Bring an active membership to this end."""
    path = f"/memberships/{membership['id']}"
    why = {"reason": "No sign of life."}
    if ending == "completed":
        await network.done(network.coordinator, f"{path}/complete")
    elif ending == "withdrawn":
        await network.done(network.coordinator, f"{path}/withdraw", why | {"departure": "other"})
    else:
        await network.done(network.coordinator, f"{path}/remove", why)
        await network.done(network.manager, f"{path}/remove", why)
