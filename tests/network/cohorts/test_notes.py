"""Notes of the team about a cohort and its members, which these do not see."""

import csv
import io
from datetime import timedelta
from typing import Any
from unittest.mock import ANY
from uuid import UUID

import pytest

from app.kernel.clock import FixedClock
from app.people.identity.roles import Role
from tests.answers import START, page, refused
from tests.journeys import Json, Network

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


async def written(network: Network, clock: FixedClock) -> tuple[Json, Json, Json]:
    """One about a cohort, one about its membership, and one about another cohort."""
    cohort = await network.cohort("selecting")
    other = await network.cohort("selecting", reference="PLN-C2", name="Cohort 2")
    membership = await network.membership(cohort, await network.team())
    notes: list[Json] = []
    for who, about in (
        (network.coordinator, f"/cohorts/{cohort['id']}"),
        (network.manager, f"/memberships/{membership['id']}"),
        (network.manager, f"/cohorts/{other['id']}"),
    ):
        notes.append(await network.done(who, f"{about}/notes", NOTE))
        clock.advance(timedelta(minutes=1))
    first, second, third = notes
    return first, second, third


async def test_all_of_them_are_listed_and_asked_for(network: Network, clock: FixedClock) -> None:
    first, second, third = await written(network, clock)
    manager, client = network.manager, network.client
    assert await network.seen(manager, "/notes") == page(third, second, first)
    for query, found in {
        "noun=cohort": [third, first],
        "noun=membership": [second],
        f"subject_id={first['subject_id']}&subject_id={second['subject_id']}": [second, first],
        f"author_id={network.coordinator.account_id}": [first],
        f"written_from={second['written_at']}": [third, second],
        f"written_until={first['written_at']}": [first],
    }.items():
        assert await network.seen(manager, f"/notes?{query}") == page(*found), query
    node = (Role.COORDINATOR, UUID(first["subject_id"]))
    theirs = await network.people.person("Coco Ordinator", node)
    assert await network.seen(theirs, "/notes") == page(second, first)
    hidden = await client.get(f"/v1/notes/{third['id']}", headers=theirs.headers)
    assert refused(hidden, "note_not_found", 404)
    stranger = await network.people.person("Stranger Danger")
    assert refused(
        await client.get("/v1/notes", headers=stranger.headers),
        "not_allowed",
        403,
        permission="note.read",
    )


async def test_one_of_them_its_history_and_all_as_csv(network: Network, clock: FixedClock) -> None:
    first, second, third = await written(network, clock)
    manager, client = network.manager, network.client
    assert await network.seen(manager, f"/notes/{first['id']}") == first
    history = await network.seen(manager, f"/notes/{first['id']}/history")
    [added] = history["items"]
    told: dict[str, Any] = {name: added[name] for name in ("verb", "noun", "actor", "occurred_at")}
    assert told == {
        "verb": "note.added",
        "noun": "note",
        "actor": first["author"],
        "occurred_at": START,
    }
    answer = await client.get("/v1/notes/export", headers=manager.headers)
    assert list(csv.DictReader(io.StringIO(answer.text, newline=""))) == [
        {
            "id": one["id"],
            "noun": one["noun"],
            "subject_id": one["subject_id"],
            "author_id": one["author"]["id"],
            "author_reference": "",
            "author_name": one["author"]["name"],
            "text": one["text"],
            "written_at": ANY,
        }
        for one in (third, second, first)
    ]


@pytest.mark.parametrize("noun", ["cohort", "membership"])
async def test_whoever_writes_one_is_told_where_it_is(network: Network, noun: str) -> None:
    cohort = await network.cohort("selecting")
    subject = {
        "cohort": cohort,
        "membership": await network.membership(cohort, await network.team()),
    }[noun]
    path = f"/v1/{noun}s/{subject['id']}/notes"
    made = await network.client.post(path, json=NOTE, headers=network.coordinator.headers)
    where = made.headers["Location"]
    assert where == f"/v1/notes/{made.json()['id']}"
    told = await network.client.get(where, headers=network.coordinator.headers)
    assert (told.status_code, told.json()) == (200, made.json())
