"""How many invitations a day brings, by whom, and what those who want more are told."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest
from httpx import AsyncClient

from app.kernel.clock import FixedClock
from app.kernel.db import Database
from app.kernel.limits import DEFAULTS
from app.people.identity.roles import Role
from app.people.identity.scopes import ScopeKind
from tests.answers import refused
from tests.people.identity.people import Joined, People, Person


def limit(database: Database, **limits: int) -> None:
    database.info["limits"] = replace(database.info["limits"], **limits)


@pytest.fixture
async def joined(people: People) -> Joined:
    return await people.collaboration_in(await people.scope(ScopeKind.COHORT))


@pytest.fixture
async def lead(people: People, joined: Joined) -> Person:
    return await people.person("Lea Lead", (Role.COLLABORATION_LEAD, joined.collaboration))


async def invite(
    client: AsyncClient, who: Person, joined: Joined, number: int, several: int = 0
) -> httpx.Response:
    bodies = [
        {
            "email": f"member{number}x{one}@example.org",
            "name": "Mia Member",
            "role": "collaboration_member",
            "scope_id": str(joined.collaboration),
        }
        for one in range(several or 1)
    ]
    path, body = ("/batch", {"items": bodies}) if several else ("", bodies[0])
    return await client.post(f"/v1/invitations{path}", headers=who.headers, json=body)


async def test_a_lead_who_has_sent_a_days_worth_waits(
    client: AsyncClient,
    lead: Person,
    joined: Joined,
    people: People,
    database: Database,
    clock: FixedClock,
) -> None:
    """400 in a row were all sent. One alone, a batch and one sent again count alike."""
    assert (DEFAULTS.invitations_by_anyone, DEFAULTS.invitations_by_staff) == (50, 2_000)
    limit(database, invitations_by_anyone=4)
    first = await invite(client, lead, joined, 1)
    assert first.status_code == 201
    assert first.headers["RateLimit-Policy"] == '"invitations";q=4;w=86400'
    assert first.headers["RateLimit"] == '"invitations";r=3;t=86400'
    again = f"/v1/invitations/{first.json()['id']}/resend"
    assert (await client.post(again, headers=lead.headers)).headers["RateLimit"] == (
        '"invitations";r=2;t=86400'
    )
    refused_whole = await invite(client, lead, joined, 2, several=3)
    assert refused(refused_whole, "too_many_invitations", 429, limit=4, left=2)
    assert refused_whole.headers["Retry-After"] == "86400"
    assert refused_whole.headers["RateLimit"] == '"invitations";r=2;t=86400'
    assert (await invite(client, lead, joined, 3, several=2)).status_code == 201
    clock.advance(timedelta(hours=23))
    lead = await people.renewed(lead)
    for answer in (
        await invite(client, lead, joined, 4),
        await client.post(again, headers=lead.headers),
    ):
        assert refused(answer, "too_many_invitations", 429, limit=4, left=0)
        assert answer.headers["Retry-After"] == "3600"
        assert answer.headers["RateLimit"] == '"invitations";r=0;t=3600'
    clock.advance(timedelta(hours=1))
    lead = await people.renewed(lead)
    assert (await invite(client, lead, joined, 5)).status_code == 201


async def test_who_runs_cohorts_has_more(
    client: AsyncClient, people: People, joined: Joined, database: Database
) -> None:
    limit(database, invitations_by_anyone=1, invitations_by_staff=2)
    ann = await people.person("Ann Administrator", Role.ADMINISTRATOR)
    answers = [await invite(client, ann, joined, number) for number in range(3)]
    assert [answer.status_code for answer in answers] == [201, 201, 429]


async def test_ten_at_once_send_what_there_is(
    settled: Database, settled_client: AsyncClient, settled_people: People
) -> None:
    """The planted fault: what is left is read before it is taken."""
    limit(settled, invitations_by_anyone=3)
    joined = await settled_people.collaboration_in(await settled_people.scope(ScopeKind.COHORT))
    held = (Role.COLLABORATION_LEAD, joined.collaboration)
    lead = await settled_people.person("Lea Lead", held)
    answers = await asyncio.gather(
        *(invite(settled_client, lead, joined, number) for number in range(10))
    )
    assert sorted(answer.status_code for answer in answers) == [201] * 3 + [429] * 7
