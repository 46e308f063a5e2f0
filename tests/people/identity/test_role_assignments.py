"""Granting and ending roles over HTTP."""

from datetime import timedelta
from typing import Any
from unittest.mock import ANY
from uuid import UUID, uuid4

import pytest
from httpx import AsyncClient

from app.kernel.clock import FixedClock
from app.kernel.db import Database
from app.people.identity.beginnings.service import begin_roles
from app.people.identity.roles import Role
from app.people.identity.scopes import NETWORK_ID, ScopeKind
from tests.answers import START, page, refused
from tests.counting import statements
from tests.people.identity.people import People, Person


@pytest.fixture
async def cohort(people: People) -> UUID:
    return await people.scope(ScopeKind.COHORT)


@pytest.fixture
async def coordinator(people: People, cohort: UUID) -> Person:
    return await people.person("Grace Hopper", (Role.COORDINATOR, cohort))


@pytest.fixture
async def reviewer(people: People, cohort: UUID) -> Person:
    return await people.person("Mary Somerville", (Role.REVIEWER, cohort))


def granted(person: Person, role: Role, scope_id: UUID, kind: ScopeKind, **more: Any) -> Any:
    return {
        "id": ANY,
        "account": {"id": str(person.account_id), "name": person.name, "kind": "person"},
        "role": role.value,
        "scope": {"id": str(scope_id), "kind": kind.value, "reference": None, "name": ANY},
        "valid_from": START,
        "valid_until": None,
        "is_to_come": False,
        "voided_at": None,
        "voided_because": None,
        "granted_by_id": None,
        "version": 1,
        "created_at": START,
        "updated_at": START,
        **more,
    }


def wanted(person: Person, role: Role, scope_id: UUID, **more: Any) -> dict[str, Any]:
    return {
        "account_id": str(person.account_id),
        "role": role.value,
        "scope_id": str(scope_id),
        **more,
    }


async def grant(client: AsyncClient, granter: Person, body: dict[str, Any]) -> Any:
    return await client.post("/v1/role-assignments", headers=granter.headers, json=body)


async def end(client: AsyncClient, actor: Person, assignment_id: str, **body: Any) -> Any:
    path = f"/v1/role-assignments/{assignment_id}/end"
    return await client.post(path, headers=actor.headers, json=body)


async def held(client: AsyncClient, actor: Person, **query: Any) -> list[dict[str, Any]]:
    answer = await client.get("/v1/role-assignments", headers=actor.headers, params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


async def test_a_coordinator_grants_a_role_in_the_cohort(
    client: AsyncClient, coordinator: Person, reviewer: Person, cohort: UUID
) -> None:
    answer = await grant(client, coordinator, wanted(reviewer, Role.FACILITATOR, cohort))
    assert answer.status_code == 201
    body = answer.json()
    assert body == granted(
        reviewer,
        Role.FACILITATOR,
        cohort,
        ScopeKind.COHORT,
        granted_by_id=str(coordinator.account_id),
    )
    assert answer.headers["Location"] == f"/v1/role-assignments/{body['id']}"
    again = await client.get(answer.headers["Location"], headers=reviewer.headers)
    assert again.json() == body


async def test_roles_are_listed_as_data(client: AsyncClient, reviewer: Person) -> None:
    answer = await client.get("/v1/roles", headers=reviewer.headers)
    roles = {role["name"]: role for role in answer.json()["items"]}
    assert list(roles) == [role.value for role in Role]
    assert roles["collaboration_lead"]["held_on"] == ["collaboration"]
    granted = ["adviser", "collaboration_lead", "collaboration_member"]
    assert roles["collaboration_lead"]["grants"] == granted
    assert roles["scheduler"]["held_on"] == roles["scheduler"]["grants"] == []
    assert "collaboration.create" in roles["coordinator"]["everywhere"]
    assert refused(await client.get("/v1/roles"), "unauthenticated", 401)


async def test_whoever_may_not_grant_is_told_what_it_takes(
    client: AsyncClient, coordinator: Person, reviewer: Person, cohort: UUID
) -> None:
    body = wanted(coordinator, Role.ADVISER, cohort)
    assert refused(await client.post("/v1/role-assignments", json=body), "unauthenticated", 401)
    assert refused(
        await grant(client, reviewer, body),
        "scope_unknown",
        422,
        errors=[{"pointer": "/scope_id", "code": "scope_unknown", "detail": ANY}],
    )


async def test_a_member_who_sees_roles_may_not_grant_them(
    client: AsyncClient, people: People
) -> None:
    collaboration = await people.scope(ScopeKind.COLLABORATION)
    member = await people.person("Ida Rhodes", (Role.COLLABORATION_MEMBER, collaboration))
    lead = await people.person("Joan Clarke", (Role.COLLABORATION_LEAD, collaboration))
    body = wanted(lead, Role.COLLABORATION_MEMBER, collaboration)
    answer = await grant(client, member, body)
    assert refused(answer, "not_allowed", 403, permission="role_assignment.create")


async def test_a_role_beyond_ones_list_is_refused(
    client: AsyncClient, coordinator: Person, reviewer: Person, cohort: UUID
) -> None:
    answer = await grant(client, coordinator, wanted(reviewer, Role.COORDINATOR, cohort))
    expected = [
        "adviser",
        "collaboration_lead",
        "collaboration_member",
        "facilitator",
        "observer",
        "reviewer",
    ]
    assert refused(answer, "role_not_yours_to_grant", 403, grantable=expected)


async def test_nobody_grants_to_themselves(
    client: AsyncClient, people: People, coordinator: Person, cohort: UUID
) -> None:
    assert refused(
        await grant(client, coordinator, wanted(coordinator, Role.REVIEWER, cohort)),
        "own_role",
        403,
    )
    administrator = await people.person("Ada Lovelace", Role.ADMINISTRATOR)
    body = wanted(administrator, Role.FINANCE_APPROVER, NETWORK_ID)
    assert refused(await grant(client, administrator, body), "own_role", 403)


async def test_another_cohort_does_not_exist_for_a_coordinator(
    client: AsyncClient, people: People, coordinator: Person, reviewer: Person, cohort: UUID
) -> None:
    other = await people.scope(ScopeKind.COHORT)
    for scope_id in (other, uuid4(), NETWORK_ID):
        answer = await grant(client, coordinator, wanted(reviewer, Role.ADVISER, scope_id))
        errors = [{"pointer": "/scope_id", "code": "scope_unknown", "detail": ANY}]
        assert refused(answer, "scope_unknown", 422, errors=errors)


async def test_an_account_that_is_not_seen_cannot_be_named(
    client: AsyncClient, people: People, coordinator: Person, cohort: UUID
) -> None:
    stranger = await people.person("Ida Rhodes")
    answer = await grant(client, coordinator, wanted(stranger, Role.ADVISER, cohort))
    errors = [{"pointer": "/account_id", "code": "account_unknown", "detail": ANY}]
    assert refused(answer, "account_unknown", 422, errors=errors)


async def test_a_role_is_held_on_its_kinds_of_scope_only(
    client: AsyncClient, coordinator: Person, reviewer: Person, cohort: UUID
) -> None:
    answer = await grant(client, coordinator, wanted(reviewer, Role.COLLABORATION_LEAD, cohort))
    errors = [
        {
            "pointer": "/role",
            "code": "role_not_for_scope",
            "detail": "The role collaboration_lead is held on: collaboration.",
        }
    ]
    assert refused(answer, "role_not_for_scope", 422, errors=errors)


@pytest.mark.parametrize(
    ("dates", "pointer"),
    [
        ({"valid_from": "2026-03-02T08:59:59Z"}, "/valid_from"),
        ({"valid_until": "2026-03-02T09:00:00Z"}, "/valid_until"),
        (
            {"valid_from": "2026-03-05T00:00:00Z", "valid_until": "2026-03-04T00:00:00Z"},
            "/valid_until",
        ),
    ],
)
async def test_validity_runs_forward_from_now(
    client: AsyncClient,
    coordinator: Person,
    reviewer: Person,
    cohort: UUID,
    dates: dict[str, str],
    pointer: str,
) -> None:
    body = wanted(reviewer, Role.ADVISER, cohort, **dates)
    errors = [{"pointer": pointer, "code": "validity_invalid", "detail": ANY}]
    answer = await grant(client, coordinator, body)
    assert refused(answer, "validity_invalid", 422, errors=errors)


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("role", "emperor", "enum"),
        ("scope_id", "the network", "uuid_parsing"),
        ("valid_from", "2026-03-03T09:00:00", "timezone_aware"),
        ("status", "valid", "extra_forbidden"),
    ],
)
async def test_a_bad_shape_is_refused(
    client: AsyncClient,
    coordinator: Person,
    reviewer: Person,
    cohort: UUID,
    field: str,
    value: str,
    code: str,
) -> None:
    body = wanted(reviewer, Role.ADVISER, cohort) | {field: value}
    errors = [{"pointer": f"/{field}", "code": code, "detail": ANY}]
    answer = await grant(client, coordinator, body)
    assert refused(answer, "validation_failed", 422, errors=errors)


async def test_the_same_role_is_held_once_at_a_time(
    client: AsyncClient,
    coordinator: Person,
    reviewer: Person,
    cohort: UUID,
    database: Database,
    clock: FixedClock,
) -> None:
    first = wanted(reviewer, Role.ADVISER, cohort, valid_until="2026-03-02T09:05:00Z")
    assert (await grant(client, coordinator, first)).status_code == 201
    overlapping = wanted(reviewer, Role.ADVISER, cohort, valid_from="2026-03-02T09:04:59Z")
    assert refused(await grant(client, coordinator, overlapping), "role_already_held", 409)
    following = wanted(reviewer, Role.ADVISER, cohort, valid_from="2026-03-02T09:05:00Z")
    assert (await grant(client, coordinator, following)).status_code == 201
    roles = await held(client, coordinator, account_id=str(reviewer.account_id), is_valid=True)
    assert [role["role"] for role in roles] == ["adviser", "reviewer"]
    clock.advance(timedelta(minutes=5))
    assert await held(client, coordinator, role="adviser", is_valid=True) == []
    assert await begin_roles(database, clock) == 1
    now = await held(client, coordinator, role="adviser", is_valid=True)
    assert [role["valid_from"] for role in now] == ["2026-03-02T09:05:00.000000Z"]


async def test_an_ended_role_is_refused_on_the_next_request(
    client: AsyncClient, coordinator: Person, reviewer: Person, cohort: UUID
) -> None:
    (assignment,) = await held(client, coordinator, role="reviewer")
    assert assignment == granted(reviewer, Role.REVIEWER, cohort, ScopeKind.COHORT)
    me = await client.get("/v1/me", headers=reviewer.headers)
    assert [role["role"] for role in me.json()["roles"]] == ["reviewer"]
    answer = await end(client, coordinator, assignment["id"], reason="Her term is over.")
    assert answer.status_code == 200
    assert answer.json() == assignment | {"valid_until": START, "version": 2}
    me = await client.get("/v1/me", headers=reviewer.headers)
    assert me.json()["roles"] == []
    again = await end(client, coordinator, assignment["id"])
    assert refused(again, "role_assignment_ended", 409)


async def test_one_may_lay_down_ones_own_role(
    client: AsyncClient, coordinator: Person, reviewer: Person
) -> None:
    (assignment,) = await held(client, reviewer)
    assert (await end(client, reviewer, assignment["id"])).status_code == 200


async def test_who_may_not_end_a_role(
    client: AsyncClient, people: People, coordinator: Person, reviewer: Person, cohort: UUID
) -> None:
    (assignment,) = await held(client, coordinator, role="reviewer")
    anonymous = await client.post(f"/v1/role-assignments/{assignment['id']}/end", json={})
    assert refused(anonymous, "unauthenticated", 401)
    stranger = await people.person("Ida Rhodes")
    for path in (f"/v1/role-assignments/{assignment['id']}", f"/v1/role-assignments/{uuid4()}"):
        seen = await client.get(path, headers=stranger.headers)
        assert refused(seen, "role_assignment_not_found", 404)
        ended = await client.post(f"{path}/end", headers=stranger.headers, json={})
        assert refused(ended, "role_assignment_not_found", 404)
    auditor = await people.person("Joan Clarke", (Role.AUDITOR, cohort))
    ended = await end(client, auditor, assignment["id"])
    assert refused(ended, "not_allowed", 403, permission="role_assignment.end")
    (own,) = await held(client, coordinator, role="coordinator")
    other = await people.person("Ruth Teitelbaum", (Role.COORDINATOR, cohort))
    ended = await end(client, other, own["id"])
    assert refused(ended, "role_not_yours_to_grant", 403, grantable=ANY)


async def test_the_last_administrator_stays(client: AsyncClient, people: People) -> None:
    ada = await people.person("Ada Lovelace", Role.ADMINISTRATOR)
    (assignment,) = await held(client, ada, role="administrator")
    assert refused(await end(client, ada, assignment["id"]), "last_holder", 409)
    grace = await people.person("Grace Hopper", Role.ADMINISTRATOR)
    assert (await end(client, grace, assignment["id"])).status_code == 200


async def test_an_administrator_for_a_time_or_disabled_is_no_successor(
    client: AsyncClient, people: People
) -> None:
    ada = await people.person("Ada Lovelace", Role.ADMINISTRATOR)
    grace = await people.person("Grace Hopper")
    until = wanted(grace, Role.ADMINISTRATOR, NETWORK_ID, valid_until="2027-01-01T00:00:00Z")
    assert (await grant(client, ada, until)).status_code == 201
    ida = await people.person("Ida Rhodes", Role.ADMINISTRATOR)
    path = f"/v1/accounts/{ida.account_id}/disable"
    gone = await client.post(path, headers=ada.headers, json={"reason": "Left the institute."})
    assert gone.status_code == 200
    (own,) = await held(client, ada, account_id=str(ada.account_id))
    assert refused(await end(client, ada, own["id"]), "last_holder", 409)


async def test_the_last_lead_of_a_collaboration_needs_a_successor(
    client: AsyncClient, people: People
) -> None:
    collaboration = await people.scope(ScopeKind.COLLABORATION)
    lead = await people.person("Ada Lovelace", (Role.COLLABORATION_LEAD, collaboration))
    member = await people.person("Ida Rhodes", (Role.COLLABORATION_MEMBER, collaboration))
    (own,) = await held(client, lead, role="collaboration_lead")
    assert refused(await end(client, lead, own["id"]), "last_holder", 409)
    successor = wanted(member, Role.COLLABORATION_LEAD, collaboration)
    assert (await grant(client, lead, successor)).status_code == 201
    assert (await end(client, lead, own["id"])).status_code == 200


async def test_a_list_costs_the_same_for_one_and_for_three(
    client: AsyncClient, people: People, cohort: UUID
) -> None:
    ada = await people.person("Ada Lovelace", (Role.COORDINATOR, cohort))
    await client.get("/v1/me", headers=ada.headers)
    with statements() as one:
        assert len(await held(client, ada)) == 1
    await people.person("Ida Rhodes", (Role.REVIEWER, cohort))
    await people.person("Joan Clarke", (Role.REVIEWER, cohort))
    with statements() as three:
        assert len(await held(client, ada)) == 3
    assert len(one) == len(three) == 1


async def test_lists_are_paged_and_filtered(
    client: AsyncClient, people: People, coordinator: Person, reviewer: Person, cohort: UUID
) -> None:
    first = await client.get(
        "/v1/role-assignments",
        headers=coordinator.headers,
        params={"limit": 1, "include_total": True},
    )
    assert first.json() == page(
        granted(reviewer, Role.REVIEWER, cohort, ScopeKind.COHORT),
        next_cursor=ANY,
        total_count=2,
    )
    params = {"limit": 1, "cursor": first.json()["next_cursor"]}
    second = await client.get("/v1/role-assignments", headers=coordinator.headers, params=params)
    assert second.json() == page(granted(coordinator, Role.COORDINATOR, cohort, ScopeKind.COHORT))
    assert await held(client, coordinator, scope_id=str(uuid4())) == []
    assert await held(client, coordinator, is_valid=False) == []


async def test_a_list_is_asked_for_by_when_roles_begin_and_end(
    client: AsyncClient, coordinator: Person, reviewer: Person, cohort: UUID
) -> None:
    span = {"valid_from": "2026-04-01T00:00:00Z", "valid_until": "2026-05-01T00:00:00Z"}
    body = wanted(reviewer, Role.ADVISER, cohort, **span)
    made = (await grant(client, coordinator, body)).json()["id"]

    async def found(**query: str) -> bool:
        return made in [row["id"] for row in await held(client, coordinator, **query)]

    for query, expected in (
        ({"begins_from": span["valid_from"]}, True),
        ({"begins_from": "2026-04-02T00:00:00Z"}, False),
        ({"begins_until": span["valid_from"]}, True),
        ({"begins_until": "2026-03-31T00:00:00Z"}, False),
        ({"ends_from": span["valid_until"]}, True),
        ({"ends_from": "2026-05-02T00:00:00Z"}, False),
        ({"ends_until": span["valid_until"]}, True),
        ({"ends_until": "2026-04-30T00:00:00Z"}, False),
    ):
        assert await found(**query) is expected, query
