"""What rests on somebody else reaches whom it waits for in their digest, and nobody else."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from httpx import AsyncClient

from app.kernel.clock import FixedClock
from app.kernel.db import Database
from app.overview.desk.reminders.service import remind
from app.people.identity.beginnings.service import begin_roles
from app.people.identity.roles import Role
from app.people.identity.scopes import ScopeKind
from tests.people.authority.test_work import WHY, give
from tests.people.identity.people import People, Person


@pytest.fixture
async def cohort(people: People) -> UUID:
    return await people.scope(ScopeKind.COHORT)


async def reminded(client: AsyncClient, people: People, who: Person) -> list[tuple[str, str]]:
    renewed = await people.renewed(who)
    answer = await client.get("/v1/me/reminders", headers=renewed.headers)
    items: list[Any] = answer.json()["items"]
    return sorted((one["work"], one["kind"]) for one in items)


async def test_owner_and_giver_are_reminded_of_what_will_be_lost(
    client: AsyncClient, people: People, cohort: UUID, clock: FixedClock, database: Database
) -> None:
    administrator = await people.person("Ada Lovelace", Role.ADMINISTRATOR)
    giver = await people.person("Mary Somerville", Role.PROGRAMME_MANAGER)
    owner = await people.person("Grace Hopper")
    stranger = await people.person("Joan Clarke", (Role.COORDINATOR, cohort))
    dashboard = await people.service("Dashboard", owner)
    until = {"valid_until": "2026-03-20T09:00:00.000000Z"}
    await give(client, giver, owner, Role.COORDINATOR, cohort, **until)
    await give(client, giver, dashboard, Role.OBSERVER, cohort)

    clock.set(datetime(2026, 3, 14, 9, tzinfo=UTC))
    await remind(database, clock)
    await remind(database, clock)

    assert await reminded(client, people, owner) == [("pass_service_account", "week_before")]
    assert await reminded(client, people, giver) == [("end_role_of_service", "week_before")]
    for who in (administrator, stranger):
        assert await reminded(client, people, who) == []


async def test_who_may_give_a_void_role_is_reminded_of_the_day_on_which_it_was_to_begin(
    client: AsyncClient, people: People, cohort: UUID, clock: FixedClock, database: Database
) -> None:
    administrator = await people.person("Ada Lovelace", Role.ADMINISTRATOR)
    giver = await people.person("Mary Somerville", Role.PROGRAMME_MANAGER)
    peer = await people.person("Joan Clarke", (Role.COORDINATOR, cohort))
    ida = await people.person("Ida Rhodes", (Role.OBSERVER, cohort))
    begins = {"valid_from": "2026-03-20T09:00:00.000000Z"}
    await give(client, giver, ida, Role.COORDINATOR, cohort, **begins)
    path = f"/v1/accounts/{giver.account_id}/disable"
    assert (await client.post(path, headers=administrator.headers, json=WHY)).is_success
    await begin_roles(database, clock)

    clock.set(datetime(2026, 3, 14, 9, tzinfo=UTC))
    await remind(database, clock)

    assert await reminded(client, people, administrator) == [("renew_role", "week_before")]
    for who in (peer, ida):
        assert await reminded(client, people, who) == [], who.name
