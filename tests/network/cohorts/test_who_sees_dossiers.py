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


@pytest.mark.parametrize("ending", ["removed", "completed"])
async def test_who_was_brought_back_opens_the_dossier_again(network: Network, ending: str) -> None:
    """The cohort brings the member back; what it sees of the collaboration is for its lead to say.
    Until then it sees what it sees of a candidate."""
    cohort, team = await network.cohort("running"), await network.team()
    cora = await network.people.person("Only Here", (Role.COORDINATOR, UUID(cohort["id"])))
    membership = await network.membership(cohort, team, "active")
    path, dossier = f"/memberships/{membership['id']}", f"/collaborations/{team.id}"
    closed = (404, "collaboration_not_found")
    opening = f"/v1{path}/open-dossier"

    async def waiting(who: Person) -> list[str]:
        listed = await network.seen(who, "/me/work?kind=open_dossier")
        return [item["action"]["href"] for item in listed["items"]]

    early = await network.client.post(opening, headers=team.lead.headers)
    await end(network, membership, ending)
    ended = await network.client.post(opening, headers=team.lead.headers)
    assert await waiting(team.lead) == []
    back = await network.done(network.manager, f"{path}/reinstate", {"reason": "It was a mistake."})

    assert refused(early, "dossier_open", 409)
    assert refused(ended, "membership_not_live", 409)
    assert await told(network, cora, dossier) == closed
    assert (await network.seen(cora, f"{path}/candidate"))["collaboration"] == team.ref
    assert (await network.seen(team.lead, path))["status"] == "active"
    assert await waiting(team.lead) == [opening]
    assert await waiting(team.member) == await waiting(cora) == []
    by_member = await network.client.post(opening, headers=team.member.headers)
    assert refused(by_member, "not_allowed", 403, permission="membership.accept")
    by_team = await network.client.post(opening, headers=network.manager.headers)
    assert refused(by_team, "not_allowed", 403, permission="membership.accept")
    opened = await network.done(team.lead, f"{path}/open-dossier")
    assert (opened["status"], opened["version"]) == ("active", back["version"])
    assert await told(network, cora, dossier) == (200, None)
    assert await waiting(team.lead) == []
    history = await network.seen(cora, f"{path}/history")
    assert history["items"][-1]["verb"] == "membership.dossier_opened"


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
