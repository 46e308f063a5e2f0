"""What is seen by a rule of its own, or asked for where the thing is, is told alike too."""

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.people.identity.accounts.schemas import MeOut
from app.people.identity.queries import actor_of
from app.people.identity.roles import Role
from tests.answers import refused
from tests.counting import statements
from tests.factories import organisation
from tests.grant_walks import Funding
from tests.people.identity.people import People, Person
from tests.people.identity.test_narrowing import narrowed
from tests.people.reads.test_told_alike import alike


async def all_alike(
    funding: Funding, db: AsyncSession, people: list[Person], found: Mapping[str, str]
) -> None:
    for person in people:
        actor = await actor_of(db, person.account_id)
        assert actor is not None
        for thing in found.items():
            await alike(db, funding, person.headers, actor, thing)


async def listed(funding: Funding, who: Person, *paths: str) -> None:
    """Each list is one statement, and tells each as it is told alone."""
    for path in paths:
        with statements() as sent:
            page = await funding.done(who, "GET", path)
        assert len(sent) == 1, path
        assert page["items"], path
        noun = path.partition("?")[0].rpartition("/")[2]
        noun = "milestone-extensions" if noun == "extensions" else noun
        for item in page["items"] if noun != "notes" else []:
            assert item == await funding.done(who, "GET", f"/{noun}/{item['id']}"), path


async def test_people_are_told_alike(funding: Funding, db: AsyncSession, people: People) -> None:
    await funding.grant("active")
    lead, everyone = funding.lead, list((await funding.everyone()).values())
    admin = await people.person("Ann Administrator", Role.ADMINISTRATOR)
    client = funding.network.client
    odi = await organisation(client, admin, 'Odd "Data" Institute')
    path, numbers = f"/organisations/{odi['id']}", [{"list_code": "GB-COH", "number": "08030289"}]
    named = {"identifiers": numbers, "name": "Open Data Institute"}
    odi = await funding.done(admin, "PATCH", path, named, if_match=odi["version"])
    said = {"account_id": str(lead.account_id), "title": 'Head of  "data"\u2028'}
    works = await funding.done(admin, "POST", f"{path}/affiliations", said)
    interest = {"organisation_id": odi["id"], "reason": 'On its "board"'}
    conflict = await funding.done(lead, "POST", "/conflicts-of-interest", interest)
    held = f"/role-assignments?account_id={lead.account_id}"
    [role, *_] = (await funding.done(lead, "GET", held))["items"]
    found = {
        "organisations": odi["id"],
        "affiliations": works["id"],
        "conflicts-of-interest": conflict["id"],
        "accounts": str(lead.account_id),
        "role-assignments": role["id"],
    }
    stranger = await people.person("Sam Stranger")
    service = await people.service("Dashboard", admin, Role.AUDITOR)
    await all_alike(funding, db, [*everyone, admin, stranger], found)
    await all_alike(
        funding, db, [Person(service.account_id, "", "", service.token, lead.issued_at)], found
    )
    await listed(
        funding,
        admin,
        "/organisations?q=odd&include_total=true",
        "/organisations?identifier=GB-COH-08030289&sort=-created_at",
        f"/organisations/{odi['id']}/affiliations?is_current=true",
        f"/affiliations?account_id={lead.account_id}&include_total=true",
        "/conflicts-of-interest?is_current=true",
        f"/accounts/{lead.account_id}/conflicts-of-interest",
        "/accounts?include_total=true",
        "/accounts?role=collaboration_lead&is_disabled=false&sort=-name",
        f"{held}&is_valid=true&sort=created_at",
    )
    await listed(funding, lead, f"/accounts/{lead.account_id}/conflicts-of-interest")
    for path in ("/affiliations", "/accounts", "/conflicts-of-interest", "/role-assignments"):
        seen = (await funding.done(stranger, "GET", path))["items"]
        assert [one["id"] for one in seen if one["id"] in found.values()] == [], path
    hidden = await funding.call(
        stranger, "GET", f"/accounts/{lead.account_id}/conflicts-of-interest"
    )
    assert refused(hidden, "account_not_found", 404)
    nobodys = "/accounts?role=collaboration_lead"
    assert (await funding.done(stranger, "GET", nobodys))["items"] == []


async def test_what_the_team_keeps_is_told_alike(funding: Funding, db: AsyncSession) -> None:
    """Checks, dispensations and notes, which the grantee does not see, and later dates."""
    grant = await funding.grant("active")
    [milestone, *_] = await funding.milestones(grant)
    checks = f"/grants/{grant['id']}/due-diligence-checks"
    [check, *_] = (await funding.done(funding.manager, "GET", checks))["items"]
    later = {"due_on": "2027-01-31", "reason": 'One "partner" signs late.'}
    asked = f"/milestones/{milestone['id']}/extensions"
    extension = await funding.done(funding.lead, "POST", asked, later)
    everyone = await funding.everyone()
    person = str(everyone[Role.REVIEWER].account_id)
    wanted = {"account_id": person, "reason": "Nobody else.", "until_on": "2027-01-31"}
    about = f"/grants/{grant['id']}/dispensations"
    proposed = await funding.done(funding.manager, "POST", about, wanted)
    notes = f"/grants/{grant['id']}/notes"
    note = await funding.done(funding.manager, "POST", notes, {"text": 'Rang  "them".'})
    found = {
        "due-diligence-checks": check["id"],
        "milestone-extensions": extension["id"],
        "dispensations": proposed["id"],
    }
    await all_alike(funding, db, list(everyone.values()), found)
    await listed(
        funding,
        funding.manager,
        f"{checks}?is_current=true&is_expired=false&include_total=true",
        f"/due-diligence-checks?grant_reference={grant['reference']}",
        asked,
        about,
        f"/dispensations?account_id={person}&subject_id={grant['id']}",
        notes,
    )
    assert (await funding.done(funding.manager, "GET", notes))["items"] == [note]
    for path, permission in (
        (checks, "due_diligence.read"),
        (about, "dispensation.read"),
        (notes, "note.read"),
    ):
        answer = await funding.call(funding.lead, "GET", path)
        assert refused(answer, "not_allowed", 403, permission=permission)


async def test_who_holds_it_elsewhere_is_refused_here(funding: Funding, people: People) -> None:
    """Somebody who reads notes of another cohort, and sees this grant, does not read its notes."""
    grant = await funding.grant("active")
    elsewhere = await funding.network.cohort(reference="MS02")
    both = await people.person(
        "Bo", (Role.COORDINATOR, UUID(elsewhere["id"])), (Role.FUNDER, funding.network.programme_id)
    )
    assert (await funding.call(both, "GET", f"/grants/{grant['id']}")).status_code == 200
    answer = await funding.call(both, "GET", f"/grants/{grant['id']}/notes")
    assert refused(answer, "not_allowed", 403, permission="note.read")


async def test_i_am_told_of_in_one_statement(funding: Funding, people: People) -> None:
    """A person, a service as far as its owner goes, and each narrowed token."""
    client, lead = funding.network.client, funding.lead
    owner = await people.person("Ann Administrator", Role.ADMINISTRATOR, Role.COORDINATOR)
    service = await people.service("Dashboard", owner, Role.COORDINATOR)
    token = await narrowed(client, owner, service, "grant.read")
    for headers in (lead.headers, service.headers, {"Authorization": f"Bearer {token}"}):
        await client.get("/v1/me", headers=headers)
        with statements() as sent:
            answer = await client.get("/v1/me", headers=headers)
        assert (answer.status_code, len(sent)) == (200, 1)
        told = MeOut.model_validate_json(answer.text)
        assert told.model_dump_json() == answer.text
        held: dict[str, Any] = json.loads(answer.text)
        for role in held["roles"]:
            assert role["permissions"] == sorted(role["permissions"])
        if held["narrowed_to"] is not None:
            assert {one for role in held["roles"] for one in role["permissions"]} <= {"grant.read"}
    me = (await client.get("/v1/me", headers=lead.headers)).json()
    body = {"name": 'Lea "Lead"'}
    edited = await funding.done(lead, "PATCH", "/me", body, if_match=me["version"])
    assert edited == (await client.get("/v1/me", headers=lead.headers)).json()


async def test_what_members_are_told_is_told_alike(funding: Funding, db: AsyncSession) -> None:
    """A draft to its team alone, what was sent to everybody it was sent to."""
    await funding.grant("active")
    network, found = funding.network, list[str]()
    for title in ("A draft", 'Sent with  "quotes"'):
        body = {"title": title, "audience": "joining", "body": "On \\ Tuesday.\nBring \u2028 data."}
        path = f"/cohorts/{funding.cohort['id']}/announcements"
        found.append((await network.done(network.coordinator, path, body))["id"])
    await network.done(network.coordinator, f"/announcements/{found[1]}/send", {})
    everyone = list((await funding.everyone()).values())
    for announcement_id in found:
        await all_alike(funding, db, everyone, {"announcements": announcement_id})
    paths = ("/announcements", f"/cohorts/{funding.cohort['id']}/announcements?include_total=true")
    await listed(funding, network.coordinator, *paths)
    await listed(funding, funding.lead, "/announcements")
    seen = (await funding.done(funding.lead, "GET", "/announcements"))["items"]
    assert [one["id"] for one in seen] == [found[1]]
