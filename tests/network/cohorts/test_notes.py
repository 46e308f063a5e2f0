"""Notes of the team about a cohort and its members, which these do not see."""

import pytest

from app.people.identity.roles import Role
from tests.answers import START, page, refused
from tests.journeys import Network

NOTE = {"text": "Rang them on Tuesday; their steward is back in May."}


@pytest.mark.parametrize("noun", ["cohort", "membership"])
async def test_the_team_writes_and_reads(network: Network, noun: str) -> None:
    cohort = await network.cohort("selecting")
    team = await network.team()
    membership = await network.membership(cohort, team)
    subject = {"cohort": cohort, "membership": membership}[noun]
    path = f"/{noun}s/{subject['id']}/notes"
    note = await network.done(network.coordinator, path, NOTE)
    assert note == NOTE | {
        "id": note["id"],
        "noun": noun,
        "subject_id": subject["id"],
        "author": {
            "id": str(network.coordinator.account_id),
            "reference": None,
            "name": "Cora Dinator",
        },
        "written_at": START,
    }
    second = await network.done(network.manager, path, {"text": "Agreed."})
    assert await network.seen(network.manager, path) == page(second, note)


async def test_members_do_not_see_them(network: Network) -> None:
    cohort = await network.cohort("selecting")
    team = await network.team()
    membership = await network.membership(cohort, team)
    path = f"/v1/memberships/{membership['id']}/notes"
    for who in (team.lead, team.member):
        reading = await network.client.get(path, headers=who.headers)
        assert refused(reading, "not_allowed", 403, permission="note.read")
        writing = await network.client.post(path, json=NOTE, headers=who.headers)
        assert refused(writing, "not_allowed", 403, permission="note.create")
    hidden = await network.client.get(
        f"/v1/cohorts/{cohort['id']}/notes", headers=team.lead.headers
    )
    assert refused(hidden, "cohort_not_found", 404)


async def test_who_else(network: Network) -> None:
    cohort = await network.cohort()
    path = f"/v1/cohorts/{cohort['id']}/notes"
    assert refused(await network.client.get(path), "unauthenticated", 401)
    auditor = await network.people.person("Audrey Auditor", Role.AUDITOR)
    assert (await network.client.get(path, headers=auditor.headers)).json() == page()
    writing = await network.client.post(path, json=NOTE, headers=auditor.headers)
    assert refused(writing, "not_allowed", 403, permission="note.create")
    empty = await network.client.post(path, json={"text": ""}, headers=network.coordinator.headers)
    assert [(e["pointer"], e["code"]) for e in empty.json()["errors"]] == [
        ("/text", "string_too_short")
    ]
