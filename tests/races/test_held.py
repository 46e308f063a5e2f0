"""Whoever changes a thing holds its row before the first write, so that nobody decides by it at
the same time: at that moment, another connection that asks for the row is not given it."""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import psycopg
import pytest
from psycopg import sql
from sqlalchemy import event

from app.kernel.clock import FixedClock
from app.kernel.db import Database
from app.network.cohorts.memberships.places import settle_overdue
from app.people.identity.roles import Role
from app.people.identity.scopes import NETWORK_ID
from tests.conftest import Urls
from tests.factories import organisation
from tests.grant_walks import WHY, Funding, terms
from tests.journeys import Json, Network
from tests.people.identity.people import PASSWORD, People, Person

WRITES = ("INSERT", "UPDATE", "DELETE")


@dataclass(frozen=True)
class Change:
    """A request, and the row that it changes or decides by."""

    table: str
    id: str | UUID
    method: str
    path: str
    body: Json | None = None
    by: Person | None = None
    """Who asks, unless it is an administrator."""
    if_match: str = "*"
    written: str = "activity"
    """The table that is written because of it, unless it is its own that is written first."""


@dataclass(frozen=True)
class World:
    client: httpx.AsyncClient
    people: People
    administrator: Person
    database: Database

    async def network(self) -> Network:
        return await Network.begin(self.client, self.people)

    async def funding(self) -> Funding:
        return await Funding.begin(await self.network())

    async def made(self, path: str, body: Json) -> Json:
        headers = self.administrator.headers
        answer = await self.client.post(f"/v1{path}", headers=headers, json=body)
        assert answer.status_code == 201, answer.text
        return answer.json()


@pytest.fixture
async def world(
    settled: Database, settled_client: httpx.AsyncClient, settled_people: People
) -> World:
    administrator = await settled_people.person("Ann Administrator", Role.ADMINISTRATOR)
    return World(settled_client, settled_people, administrator, settled)


async def organisation_edited(world: World) -> Change:
    made = await organisation(world.client, world.administrator)
    path = f"/organisations/{made['id']}"
    return Change("organisations", made["id"], "PATCH", path, {"name": "Another"})


async def organisation_merged(world: World) -> Change:
    first, second = [
        await organisation(world.client, world.administrator, name) for name in ("ODI", "Odi")
    ]
    body = {"duplicate_id": second["id"], "reason": "It is the same."}
    path = f"/organisations/{first['id']}/merge"
    return Change("organisations", second["id"], "POST", path, body)


async def organisation_named(world: World) -> Change:
    """What is named is held, so that it is not merged away meanwhile."""
    made = await organisation(world.client, world.administrator)
    body = {"reference": "PLN", "name": "A programme", "convenor_ids": [made["id"]]}
    body |= {"planned_start_on": "2026-01-01"}
    return Change("organisations", made["id"], "POST", "/programmes", body)


async def affiliation_edited(world: World) -> Change:
    of = await organisation(world.client, world.administrator)
    body = {"account_id": str(world.administrator.account_id), "title": "Data steward"}
    made = await world.made(f"/organisations/{of['id']}/affiliations", body)
    path = f"/affiliations/{made['id']}"
    return Change("affiliations", made["id"], "PATCH", path, {"title": "Director"})


async def account_edited(world: World) -> Change:
    person = await world.people.person("Pat Person")
    path = f"/accounts/{person.account_id}"
    return Change("accounts", person.account_id, "PATCH", path, {"name": "Pat Another"})


async def own_account_edited(world: World) -> Change:
    account_id = world.administrator.account_id
    return Change("accounts", account_id, "PATCH", "/me", {"name": "Ann Another"})


async def service_account_edited(world: World) -> Change:
    service = await world.people.service("Dashboard", world.administrator)
    path = f"/service-accounts/{service.account_id}"
    return Change("accounts", service.account_id, "PATCH", path, {"name": "Another"})


async def api_token_revoked(world: World) -> Change:
    service = await world.people.service("Dashboard", world.administrator, Role.AUDITOR)
    body = {"name": "Excel", "permissions": ["metrics.read"]}
    body |= {"expires_at": "2026-04-01T00:00:00Z"}
    made = await world.made(f"/service-accounts/{service.account_id}/api-tokens", body)
    return Change("api_tokens", made["id"], "POST", f"/api-tokens/{made['id']}/revoke")


async def role_ended(world: World) -> Change:
    network = await world.network()
    body = {"account_id": str(network.manager.account_id), "role": Role.COORDINATOR}
    body["scope_id"] = str(network.programme_id)
    made = await world.made("/role-assignments", body)
    return Change(
        "role_assignments", made["id"], "POST", f"/role-assignments/{made['id']}/end", WHY
    )


async def last_administrator(world: World) -> Change:
    """Two who leave at once each count on the other, unless the scope is held."""
    body = {"account_id": str((await world.people.person("Pat Person")).account_id)}
    body |= {"role": Role.ADMINISTRATOR, "scope_id": str(NETWORK_ID)}
    made = await world.made("/role-assignments", body)
    return Change("scopes", NETWORK_ID, "POST", f"/role-assignments/{made['id']}/end", WHY)


async def signed_in(world: World) -> Change:
    person, _ = await somebody_signed_in(world)
    return Change("accounts", person.account_id, "POST", "/auth/login", said_by(person))


async def refreshed(world: World) -> Change:
    person, tokens = await somebody_signed_in(world)
    sign_in_id = await sign_in_of(world, person, tokens)
    body, written = {"refresh_token": tokens["refresh_token"]}, "refresh_tokens"
    return Change("sign_ins", sign_in_id, "POST", "/auth/refresh", body, written=written)


async def signed_out_elsewhere(world: World) -> Change:
    person, tokens = await somebody_signed_in(world)
    sign_in_id = await sign_in_of(world, person, tokens)
    return Change("sign_ins", sign_in_id, "POST", f"/me/sign-ins/{sign_in_id}/end", by=person)


async def password_changed(world: World) -> Change:
    person, _ = await somebody_signed_in(world)
    body = {"current_password": PASSWORD, "new_password": "another ladder on another wall"}
    return Change("accounts", person.account_id, "POST", "/auth/password", body, by=person)


async def signed_out_everywhere(world: World) -> Change:
    """A new password ends every sign-in but the one it was changed in."""
    person, tokens = await somebody_signed_in(world)
    first = await sign_in_of(world, person, tokens)
    answer = await world.client.post("/v1/auth/login", json=said_by(person))
    again = replace(person, token=answer.json()["access_token"])
    body = {"current_password": PASSWORD, "new_password": "another ladder on another wall"}
    change = Change("sign_ins", first, "POST", "/auth/password", body, by=again)
    return replace(change, written="sign_ins")


async def password_reset(world: World) -> Change:
    person = await world.people.person("Pat Person")
    made = await world.made(f"/accounts/{person.account_id}/password-resets", {})
    token = made["link"].partition("#")[2]
    body = {"token": token, "new_password": "another ladder on another wall"}
    return Change("accounts", person.account_id, "POST", "/password-resets/accept", body)


def said_by(person: Person) -> Json:
    return {"email": person.email, "password": PASSWORD}


async def somebody_signed_in(world: World) -> tuple[Person, Json]:
    person = await world.people.person("Pat Person", password=PASSWORD)
    answer = await world.client.post("/v1/auth/login", json=said_by(person))
    assert answer.status_code == 200, answer.text
    return replace(person, token=answer.json()["access_token"]), answer.json()


async def sign_in_of(world: World, person: Person, tokens: Json) -> str:
    headers = {"Authorization": f"Bearer {tokens['access_token']}"}
    page = (await world.client.get("/v1/me/sign-ins", headers=headers)).json()
    (one,) = [item for item in page["items"] if item["is_current"]]
    return one["id"]


async def invitation_revoked(world: World) -> Change:
    body = {
        "email": "lee@example.org",
        "name": "Lee",
        "role": Role.AUDITOR,
        "scope_id": str(NETWORK_ID),
    }
    made = await world.made("/invitations", body)
    return Change("invitations", made["id"], "POST", f"/invitations/{made['id']}/revoke", WHY)


async def invited(world: World, email: str) -> tuple[str, str]:
    """The id and the token of an invitation."""
    body = {"email": email, "name": "Lee", "role": Role.AUDITOR, "scope_id": str(NETWORK_ID)}
    made = await world.made("/invitations", body)
    return made["id"], made["link"].partition("#")[2]


async def joined(world: World) -> Change:
    invitation_id, token = await invited(world, "lee@example.org")
    body = {"token": token, "password": PASSWORD}
    return Change("invitations", invitation_id, "POST", "/invitations/accept", body)


async def joined_again(world: World) -> Change:
    """Who has an account already, and gets another role."""
    person = await world.people.person("Pat Person", password=PASSWORD)
    _, token = await invited(world, person.email)
    body = {"token": token, "password": PASSWORD}
    change = Change("accounts", person.account_id, "POST", "/invitations/accept", body)
    return replace(change, written="role_assignments")


async def announcement_edited(world: World) -> Change:
    network = await world.network()
    cohort = await network.cohort("running")
    draft = {"title": "An hour later", "body": "We meet at eleven."}
    made = await network.done(network.coordinator, f"/cohorts/{cohort['id']}/announcements", draft)
    path, body = f"/announcements/{made['id']}", {"title": "Two hours later"}
    return Change("announcements", made["id"], "PATCH", path, body, by=network.coordinator)


async def membership_declined(world: World) -> Change:
    """All memberships of a cohort are held by its one row."""
    network = await world.network()
    cohort, team = await network.cohort("recruiting"), await network.team()
    membership = await network.membership(cohort, team)
    path = f"/memberships/{membership['id']}/decline"
    return Change("cohorts", cohort["id"], "POST", path, by=team.lead)


async def milestone_accepted_in_part(world: World) -> Change:
    """The report that it is decided by."""
    funding = await world.funding()
    report = await funding.report("submitted")
    path = f"/milestones/{report['milestone']['id']}/accept-partially"
    body = WHY | {"accepted_amount_minor": 1}
    return Change("reports", report["id"], "POST", path, body, by=funding.coordinator)


async def grant_cancelled(world: World) -> Change:
    """The milestones that end with it."""
    funding = await world.funding()
    grant = await funding.grant()
    (first, *_) = await funding.milestones(grant)
    path = f"/grants/{grant['id']}/cancel"
    written = "milestones"
    return Change(written, first["id"], "POST", path, WHY, by=funding.coordinator, written=written)


async def terms_edited(world: World) -> Change:
    """The grant whose status they are edited by."""
    funding = await world.funding()
    grant = await funding.grant()
    path = f"/grants/{grant['id']}/terms"
    version = (await funding.done(funding.coordinator, "GET", path))["version"]
    change = Change("grants", grant["id"], "PUT", path, terms(), by=funding.coordinator)
    return replace(change, if_match=f'"{version}"', written="grant_versions")


CHANGES: tuple[Callable[[World], Awaitable[Change]], ...] = (
    organisation_edited,
    organisation_merged,
    organisation_named,
    affiliation_edited,
    account_edited,
    own_account_edited,
    service_account_edited,
    api_token_revoked,
    role_ended,
    last_administrator,
    signed_in,
    refreshed,
    signed_out_elsewhere,
    password_changed,
    signed_out_everywhere,
    password_reset,
    invitation_revoked,
    joined,
    joined_again,
    announcement_edited,
    membership_declined,
    milestone_accepted_in_part,
    grant_cancelled,
    terms_edited,
)


@contextmanager
def looking(database: Database, url: str, change: Change) -> Iterator[list[bool]]:
    """Whether the row is held, each time before it is written or what is written because of it."""
    held: list[bool] = []
    asked = sql.SQL("SELECT 1 FROM {} WHERE id = %s FOR NO KEY UPDATE SKIP LOCKED")

    def look(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        words = statement.split()
        if words[0] in WRITES and {change.table, change.written} & set(words[1:3]):
            with psycopg.connect(url) as other:
                found = other.execute(asked.format(sql.Identifier(change.table)), [change.id])
                held.append(found.fetchone() is None)

    event.listen(database.engine.sync_engine, "before_cursor_execute", look)
    yield held
    event.remove(database.engine.sync_engine, "before_cursor_execute", look)


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
async def test_it_is_held_before_the_first_write(
    world: World, urls: Urls, change: Callable[[World], Awaitable[Change]]
) -> None:
    made = await change(world)
    url = urls.owner(world.database.engine.url.database or "").replace("+psycopg", "")
    headers = {**(made.by or world.administrator).headers, "If-Match": made.if_match}

    with looking(world.database, url, made) as held:
        answer = await world.client.request(
            made.method, f"/v1{made.path}", headers=headers, json=made.body
        )

    assert answer.is_success, answer.text
    assert held[:1] == [True]


async def test_the_clock_holds_the_cohort_whose_offers_lapse(
    world: World, urls: Urls, clock: FixedClock
) -> None:
    network = await world.network()
    cohort = await network.cohort("recruiting")
    await network.membership(cohort, await network.team())
    url = urls.owner(world.database.engine.url.database or "").replace("+psycopg", "")
    clock.advance(timedelta(days=30))

    with looking(world.database, url, Change("cohorts", cohort["id"], "", "")) as held:
        moved = await settle_overdue(world.database, clock)

    assert (moved, held[:1]) == (1, [True])
