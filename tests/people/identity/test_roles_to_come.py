"""A role given for a later day rests on its giver until it begins, and on nobody from then on."""

from datetime import datetime, timedelta
from typing import Any
from unittest.mock import ANY
from uuid import UUID

import pytest
from httpx import AsyncClient
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.clock import FixedClock
from app.kernel.db import Database
from app.people.identity.beginnings import service as beginnings
from app.people.identity.beginnings.service import begin_roles
from app.people.identity.models import RoleAssignment
from app.people.identity.roles import Role
from app.people.identity.scopes import ScopeKind
from tests.answers import START, refused
from tests.people.identity.people import People, Person

WHY = {"reason": "Left the institute."}
NEXT_WEEK = "2026-03-09T09:00:00.000000Z"
WEEK = timedelta(days=7)


@pytest.fixture
async def cohort(people: People) -> UUID:
    return await people.scope(ScopeKind.COHORT)


@pytest.fixture
async def manager(people: People, cohort: UUID) -> Person:
    return await people.person("Grace Hopper", Role.PROGRAMME_MANAGER)


@pytest.fixture
async def administrator(people: People) -> Person:
    return await people.person("Ada Lovelace", Role.ADMINISTRATOR)


@pytest.fixture
async def ida(people: People, cohort: UUID) -> Person:
    return await people.person("Ida Rhodes", (Role.OBSERVER, cohort))


@pytest.fixture
async def coming(client: AsyncClient, manager: Person, ida: Person, cohort: UUID) -> Any:
    """A role from next week on."""
    body = {
        "account_id": str(ida.account_id),
        "role": "coordinator",
        "scope_id": str(cohort),
        "valid_from": NEXT_WEEK,
        "valid_until": "2026-06-01T09:00:00Z",
    }
    answer = await client.post("/v1/role-assignments", headers=manager.headers, json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def seen(client: AsyncClient, actor: Person, one: Any) -> Any:
    path = f"/v1/role-assignments/{one['id']}"
    return (await client.get(path, headers=actor.headers)).json()


async def roles(client: AsyncClient, people: People, person: Person) -> list[str]:
    renewed = await people.renewed(person)
    answer = await client.get("/v1/me", headers=renewed.headers)
    return sorted(one["role"] for one in answer.json()["roles"])


async def disable(client: AsyncClient, administrator: Person, person: Person) -> None:
    path = f"/v1/accounts/{person.account_id}/disable"
    answer = await client.post(path, headers=administrator.headers, json=WHY)
    assert answer.is_success, answer.text


async def end_all(client: AsyncClient, administrator: Person, person: Person) -> None:
    params = {"account_id": str(person.account_id)}
    headers = administrator.headers
    found = await client.get("/v1/role-assignments", headers=headers, params=params)
    for one in found.json()["items"]:
        path = f"/v1/role-assignments/{one['id']}/end"
        assert (await client.post(path, headers=headers, json=WHY)).is_success


async def test_it_begins_on_its_day_and_depends_on_nobody_then(
    client: AsyncClient,
    people: People,
    administrator: Person,
    manager: Person,
    ida: Person,
    coming: Any,
    clock: FixedClock,
) -> None:
    assert (coming["is_to_come"], coming["voided_at"]) == (True, None)
    clock.advance(WEEK - timedelta(microseconds=1))
    assert await roles(client, people, ida) == ["observer"]
    clock.advance(timedelta(microseconds=1))
    assert await roles(client, people, ida) == ["coordinator", "observer"], "without the worker"
    administrator = await people.renewed(administrator)
    await disable(client, administrator, manager)
    await end_all(client, administrator, manager)
    assert await roles(client, people, ida) == ["coordinator", "observer"]
    begun = await seen(client, administrator, coming)
    assert begun == {**coming, "is_to_come": False, "version": 2, "updated_at": NEXT_WEEK}
    path = f"/v1/role-assignments/{coming['id']}/history"
    done = (await client.get(path, headers=administrator.headers)).json()["items"]
    assert [one["verb"] for one in done] == ["role_assignment.created", "role_assignment.began"]


async def test_its_holder_writes_by_it_before_anything_was_read(
    client: AsyncClient,
    people: People,
    ida: Person,
    coming: Any,
    cohort: UUID,
    clock: FixedClock,
) -> None:
    joan = await people.person("Joan Clarke", (Role.REVIEWER, cohort))
    body = {"account_id": str(joan.account_id), "role": "facilitator", "scope_id": str(cohort)}
    clock.advance(WEEK - timedelta(microseconds=1))
    early = (await people.renewed(ida)).headers
    answer = await client.post("/v1/role-assignments", headers=early, json=body)
    assert answer.json()["code"] == "scope_unknown", "an observer gives nobody a role there"
    clock.advance(timedelta(microseconds=1))
    answer = await client.post("/v1/role-assignments", headers=early, json=body)
    assert (answer.status_code, answer.json()["granted_by_id"]) == (201, str(ida.account_id))


@pytest.mark.parametrize(
    ("taken_by", "because"), [("disable", "giver_disabled"), ("end_all", "giver_may_not")]
)
async def test_it_is_void_as_soon_as_its_giver_may_not_give_it(
    client: AsyncClient,
    people: People,
    administrator: Person,
    manager: Person,
    ida: Person,
    coming: Any,
    clock: FixedClock,
    taken_by: str,
    because: str,
) -> None:
    await {"disable": disable, "end_all": end_all}[taken_by](client, administrator, manager)
    void = await seen(client, administrator, coming)
    assert void == {
        **coming,
        "valid_until": NEXT_WEEK,
        "voided_at": START,
        "voided_because": because,
        "version": 2,
    }
    clock.advance(WEEK)
    assert await roles(client, people, ida) == ["observer"]


async def test_who_takes_from_the_giver_on_the_day_comes_too_late(
    client: AsyncClient,
    people: People,
    administrator: Person,
    manager: Person,
    ida: Person,
    coming: Any,
    clock: FixedClock,
) -> None:
    """Nobody looked between the moment it began and the giver's end."""
    clock.advance(WEEK)
    await disable(client, await people.renewed(administrator), manager)
    assert await roles(client, people, ida) == ["coordinator", "observer"]


async def test_the_clock_begins_what_is_due_and_voids_what_has_lapsed(
    client: AsyncClient,
    people: People,
    administrator: Person,
    ida: Person,
    cohort: UUID,
    database: Database,
    clock: FixedClock,
) -> None:
    giver = await people.person("Mary Somerville")
    body = {
        "account_id": str(giver.account_id),
        "role": "coordinator",
        "scope_id": str(cohort),
        "valid_until": "2026-03-05T09:00:00Z",
    }
    headers = administrator.headers
    assert (await client.post("/v1/role-assignments", headers=headers, json=body)).is_success
    coming = {}
    for role, day in (("reviewer", "2026-03-04"), ("adviser", "2026-03-06")):
        body = {
            "account_id": str(ida.account_id),
            "role": role,
            "scope_id": str(cohort),
            "valid_from": f"{day}T09:00:00Z",
        }
        answer = await client.post("/v1/role-assignments", headers=giver.headers, json=body)
        coming[role] = answer.json()

    counts = []
    for _ in range(4):
        clock.advance(timedelta(days=1))
        counts.append(await begin_roles(database, clock))

    assert counts == [0, 1, 1, 0]
    administrator = await people.renewed(administrator)
    assert (await seen(client, administrator, coming["reviewer"]))["is_to_come"] is False
    lapsed = await seen(client, administrator, coming["adviser"])
    assert lapsed["voided_because"] == "giver_may_not"
    assert lapsed["voided_at"] == "2026-03-05T09:00:00.000000Z"
    assert await roles(client, people, ida) == ["observer", "reviewer"]


async def test_it_is_given_anew_by_another(
    client: AsyncClient,
    administrator: Person,
    manager: Person,
    ida: Person,
    coming: Any,
) -> None:
    await disable(client, administrator, manager)
    path = f"/v1/role-assignments/{coming['id']}/renew"
    until = {"valid_until": "2026-06-01T09:00:00.000000Z"}
    answer = await client.post(path, headers=administrator.headers, json=until)
    renewed = {**coming, "id": ANY, "granted_by_id": str(administrator.account_id)}
    assert answer.json() == renewed
    assert answer.headers["Location"] == f"/v1/role-assignments/{answer.json()['id']}"
    again = await client.post(path, headers=administrator.headers, json={})
    assert refused(again, "role_not_void", 409)
    history = f"/v1/role-assignments/{coming['id']}/history"
    done = (await client.get(history, headers=administrator.headers)).json()["items"]
    assert [(one["verb"], one["account_id"]) for one in done] == [
        ("role_assignment.created", str(manager.account_id)),
        ("role_assignment.voided", None),
        ("role_assignment.renewed", str(administrator.account_id)),
    ]
    assert done[1]["detail"]["because"] == "giver_disabled"


async def test_it_is_let_be(
    client: AsyncClient, administrator: Person, manager: Person, coming: Any
) -> None:
    await disable(client, administrator, manager)
    path = f"/v1/role-assignments/{coming['id']}"
    ended = await client.post(f"{path}/end", headers=administrator.headers, json=WHY)
    assert (ended.json()["is_to_come"], ended.json()["voided_at"]) == (False, START)
    again = await client.post(f"{path}/end", headers=administrator.headers, json=WHY)
    assert refused(again, "role_assignment_ended", 409)
    late = await client.post(f"{path}/renew", headers=administrator.headers, json={})
    assert refused(late, "role_not_void", 409)


async def test_who_may_not_renew(
    client: AsyncClient,
    people: People,
    administrator: Person,
    manager: Person,
    ida: Person,
    coming: Any,
    cohort: UUID,
) -> None:
    await disable(client, administrator, manager)
    path = f"/v1/role-assignments/{coming['id']}/renew"
    other = await people.person("Mary Somerville", (Role.COORDINATOR, cohort))
    stranger = await people.person("Joan Clarke")
    answer = await client.post(path, headers=other.headers, json={})
    assert refused(answer, "role_not_yours_to_grant", 403, grantable=ANY)
    answer = await client.post(path, headers=stranger.headers, json={})
    assert refused(answer, "role_assignment_not_found", 404)
    answer = await client.post(path, headers=ida.headers, json={})
    assert refused(answer, "not_allowed", 403, permission="role_assignment.create")
    assert refused(await client.post(path, json={}), "unauthenticated", 401)
    wrong = {"valid_from": "2026-03-01T09:00:00Z"}
    answer = await client.post(path, headers=administrator.headers, json=wrong)
    assert answer.json()["code"] == "validity_invalid"


async def test_what_was_given_for_a_later_day_is_ended_before_it_begins(
    client: AsyncClient,
    people: People,
    manager: Person,
    ida: Person,
    coming: Any,
    clock: FixedClock,
) -> None:
    path = f"/v1/role-assignments/{coming['id']}/end"
    ended = await client.post(path, headers=manager.headers, json=WHY)
    expected = {"valid_until": NEXT_WEEK, "is_to_come": False, "version": 2}
    assert ended.json() == {**coming, **expected}
    clock.advance(WEEK)
    assert await roles(client, people, ida) == ["observer"]
    listed = await client.get(
        "/v1/role-assignments?is_valid=true", headers=(await people.renewed(ida)).headers
    )
    assert [one["role"] for one in listed.json()["items"]] == ["observer"]


async def test_one_that_goes_wrong_keeps_no_other_from_beginning(
    client: AsyncClient,
    people: People,
    manager: Person,
    coming: Any,
    cohort: UUID,
    database: Database,
    clock: FixedClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    other = await people.person("Joan Clarke")
    body = {"account_id": str(other.account_id), "role": "reviewer", "scope_id": str(cohort)}
    later = body | {"valid_from": NEXT_WEEK, "valid_until": None}
    answer = await client.post("/v1/role-assignments", headers=manager.headers, json=later)
    assert answer.status_code == 201
    settle = beginnings._settled

    async def faulty(db: AsyncSession, assignment: RoleAssignment, at: datetime) -> bool:
        if str(assignment.id) == coming["id"]:
            raise ZeroDivisionError
        return await settle(db, assignment, at)

    monkeypatch.setattr(beginnings, "_settled", faulty)
    clock.advance(WEEK)
    assert await begin_roles(database, clock) == 1
    monkeypatch.setattr(beginnings, "_settled", settle)
    assert await begin_roles(database, clock) == 1
