"""Accounts of people, and one's own."""

import asyncio
from datetime import timedelta
from typing import Any
from unittest.mock import ANY
from uuid import UUID, uuid4

import httpx
import pytest
from httpx import AsyncClient
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.clock import FixedClock
from app.kernel.db import Database
from app.people.identity.accounts.service import EmailTaken, create_first_account
from app.people.identity.models import Account, RoleAssignment
from app.people.identity.passwords import PasswordTooWeak
from app.people.identity.roles import Role
from app.people.identity.scopes import NETWORK_ID, ScopeKind
from tests.answers import START, page, refused
from tests.counting import statements
from tests.people.identity.people import PASSWORD, People, Person

LEFT = {"reason": "Left the institute."}


@pytest.fixture
async def cohort(people: People) -> UUID:
    return await people.scope(ScopeKind.COHORT)


@pytest.fixture
async def administrator(people: People) -> Person:
    return await people.person("Ada Lovelace", Role.ADMINISTRATOR)


@pytest.fixture
async def coordinator(people: People, cohort: UUID) -> Person:
    return await people.person("Grace Hopper", (Role.COORDINATOR, cohort))


@pytest.fixture
async def reviewer(people: People, cohort: UUID) -> Person:
    return await people.person("Ida Rhodes", (Role.REVIEWER, cohort))


def shown(person: Person, **more: Any) -> dict[str, Any]:
    return {
        "id": str(person.account_id),
        "name": person.name,
        "email": person.email,
        "is_address_proved": True,
        "merged_into_id": None,
        "erased_at": None,
        "disabled_at": None,
        "version": 1,
        "created_at": START,
        "updated_at": START,
        **more,
    }


def path_of(person: Person, verb: str = "") -> str:
    return f"/v1/accounts/{person.account_id}{'/' if verb else ''}{verb}"


async def names(client: AsyncClient, actor: Person, **query: Any) -> list[str]:
    answer = await client.get("/v1/accounts", headers=actor.headers, params=query)
    assert answer.status_code == 200, answer.text
    return [one["name"].split()[0] for one in answer.json()["items"]]


async def test_who_sees_whom(
    client: AsyncClient,
    people: People,
    administrator: Person,
    coordinator: Person,
    reviewer: Person,
    cohort: UUID,
) -> None:
    joined = await people.collaboration_in(cohort)
    lead = await people.person("Joan Clarke", (Role.COLLABORATION_LEAD, joined.collaboration))
    elsewhere = await people.scope(ScopeKind.COHORT)
    other = await people.person("Ruth Teitelbaum", (Role.COORDINATOR, elsewhere))
    assert await names(client, administrator) == ["Ada", "Grace", "Ida", "Joan", "Ruth"]
    assert await names(client, coordinator) == ["Grace", "Ida", "Joan"]
    assert await names(client, reviewer) == ["Ida"]
    assert await names(client, lead) == ["Joan"]
    assert await names(client, other) == ["Ruth"]
    assert (await client.get(path_of(lead), headers=coordinator.headers)).json() == shown(lead)
    for actor, person in ((reviewer, lead), (lead, coordinator), (other, lead)):
        answer = await client.get(path_of(person), headers=actor.headers)
        assert refused(answer, "account_not_found", 404)
    answer = await client.get(f"/v1/accounts/{uuid4()}", headers=administrator.headers)
    assert refused(answer, "account_not_found", 404)
    assert refused(await client.get("/v1/accounts"), "unauthenticated", 401)
    assert refused(await client.get(path_of(lead)), "unauthenticated", 401)


async def test_lists_are_filtered_sorted_and_paged(
    client: AsyncClient,
    people: People,
    administrator: Person,
    coordinator: Person,
    reviewer: Person,
    cohort: UUID,
) -> None:
    zoe = await people.person("Zoé Ångström")
    await client.post(path_of(zoe, "disable"), headers=administrator.headers, json=LEFT)
    assert await names(client, administrator, sort="-name") == ["Zoé", "Ida", "Grace", "Ada"]
    assert await names(client, administrator, q="angstr") == ["Zoé"]
    assert await names(client, administrator, q="%") == []
    assert await names(client, administrator, email="IDA.rhodes@example.org") == ["Ida"]
    assert await names(client, administrator, role="reviewer") == ["Ida"]
    assert await names(client, administrator, scope_id=str(cohort)) == ["Grace", "Ida"]
    assert await names(client, administrator, scope_id=str(cohort), role="reviewer") == ["Ida"]
    assert await names(client, administrator, is_disabled=True) == ["Zoé"]
    await people.person("Joan Clarke", Role.PAYMENT_RELEASER, (Role.ADVISER, cohort))
    assert await names(client, coordinator, role="adviser") == ["Joan"]
    assert await names(client, coordinator, role="payment_releaser") == []
    first = await client.get("/v1/accounts?limit=1&include_total=true", headers=coordinator.headers)
    assert first.json() == page(shown(coordinator), next_cursor=ANY, total_count=3)
    cursor = first.json()["next_cursor"]
    second = await client.get(f"/v1/accounts?limit=1&cursor={cursor}", headers=coordinator.headers)
    assert second.json() == page(shown(reviewer), next_cursor=ANY)


async def test_a_list_costs_the_same_for_one_and_for_three(
    client: AsyncClient, people: People, coordinator: Person, cohort: UUID
) -> None:
    await client.get("/v1/me", headers=coordinator.headers)
    with statements() as one:
        assert len(await names(client, coordinator)) == 1
    await people.person("Ida Rhodes", (Role.REVIEWER, cohort))
    await people.person("Joan Clarke", (Role.REVIEWER, cohort))
    with statements() as three:
        assert len(await names(client, coordinator)) == 3
    assert len(one) == len(three) == 1


async def edit(
    client: AsyncClient, actor: Person, path: str, body: dict[str, Any], if_match: str | None = "*"
) -> httpx.Response:
    headers = {**actor.headers, **({"If-Match": if_match} if if_match else {})}
    return await client.patch(path, headers=headers, json=body)


async def test_an_administrator_edits_an_account(
    client: AsyncClient, administrator: Person, reviewer: Person
) -> None:
    read = await client.get(path_of(reviewer), headers=administrator.headers)
    body = {"name": "Ida R.", "email": "IDA@Example.org"}
    etag = read.headers["ETag"]
    answer = await edit(client, administrator, path_of(reviewer), body, etag)
    assert answer.json() == shown(
        reviewer, name="Ida R.", email="ida@example.org", is_address_proved=False, version=2
    )
    stale = await edit(client, administrator, path_of(reviewer), body, etag)
    assert refused(stale, "precondition_failed", 412, version=2)
    unsaid = await edit(client, administrator, path_of(reviewer), body, None)
    assert refused(unsaid, "precondition_required", 428)
    taken = {"email": "ada.lovelace@example.org"}
    answer = await edit(client, administrator, path_of(reviewer), taken)
    assert refused(answer, "email_taken", 409, at="/email")
    same = await edit(client, administrator, path_of(reviewer), body)
    assert same.json()["version"] == 2


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"email": None}, "/email"),
        ({"name": ""}, "/name"),
        ({"disabled_at": None}, "/disabled_at"),
        ({"password_hash": "x"}, "/password_hash"),
    ],
)
async def test_a_bad_shape_is_refused(
    client: AsyncClient,
    administrator: Person,
    reviewer: Person,
    body: dict[str, Any],
    pointer: str,
) -> None:
    answer = await edit(client, administrator, path_of(reviewer), body)
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


@pytest.mark.parametrize("verb", ["", "disable", "enable"])
async def test_who_may_not_change_an_account(
    client: AsyncClient, people: People, coordinator: Person, reviewer: Person, verb: str
) -> None:
    async def attempt(actor: Person | None) -> httpx.Response:
        headers = {"If-Match": "*", **(actor.headers if actor else {})}
        method = "POST" if verb else "PATCH"
        body = LEFT if verb else {"name": "X"}
        return await client.request(method, path_of(reviewer, verb), headers=headers, json=body)

    assert refused(await attempt(None), "unauthenticated", 401)
    for actor in (coordinator, reviewer):
        assert refused(await attempt(actor), "not_allowed", 403, permission="account.edit")
    stranger = await people.person("Joan Clarke")
    assert refused(await attempt(stranger), "account_not_found", 404)


async def test_a_disabled_account_is_refused_on_the_next_request(
    client: AsyncClient, administrator: Person, reviewer: Person
) -> None:
    assert (await client.get("/v1/me", headers=reviewer.headers)).status_code == 200
    answer = await client.post(
        path_of(reviewer, "disable"), headers=administrator.headers, json=LEFT
    )
    assert answer.json() == shown(reviewer, disabled_at=START, version=2)
    gone = await client.get("/v1/me", headers=reviewer.headers)
    assert refused(gone, "unauthenticated", 401)
    again = await client.post(
        path_of(reviewer, "disable"), headers=administrator.headers, json=LEFT
    )
    assert refused(again, "account_disabled", 409)
    answer = await client.post(
        path_of(reviewer, "enable"), headers=administrator.headers, json=LEFT
    )
    assert answer.json() == shown(reviewer, version=3)
    again = await client.post(path_of(reviewer, "enable"), headers=administrator.headers, json=LEFT)
    assert refused(again, "account_enabled", 409)
    gone = await client.get("/v1/me", headers=reviewer.headers)
    assert refused(gone, "unauthenticated", 401), "its sign-ins ended when it was disabled"


async def test_nobody_disables_themselves(client: AsyncClient, administrator: Person) -> None:
    answer = await client.post(
        path_of(administrator, "disable"), headers=administrator.headers, json=LEFT
    )
    assert refused(answer, "own_account", 409)


# --- oneself ------------------------------------------------------------------------------------


async def test_i_see_who_i_am_and_what_i_may_do_where(
    client: AsyncClient, reviewer: Person, cohort: UUID
) -> None:
    answer = await client.get("/v1/me", headers=reviewer.headers)
    body = answer.json()
    permissions = body["roles"][0].pop("permissions")
    assert {"report.review", "report.read"} <= set(permissions)
    assert "report.accept" not in permissions
    assert body == {
        "id": str(reviewer.account_id),
        "kind": "person",
        "name": "Ida Rhodes",
        "email": "ida.rhodes@example.org",
        "is_address_proved": True,
        "proof_due_at": None,
        "timezone": None,
        "owner_id": None,
        "roles": [
            {
                "role": "reviewer",
                "scope": {"id": str(cohort), "kind": "cohort", "reference": None, "name": None},
                "valid_until": None,
            }
        ],
        "everywhere": [
            "affiliation.edit",
            "conflict_of_interest.declare",
            "expense_claim.claim",
            "external_grant.read",
            "file.upload",
            "framework.read",
            "organisation.read",
            "programme.read",
        ],
        "credential": "access_token",
        "narrowed_to": None,
        "version": 1,
        "created_at": START,
        "updated_at": START,
    }
    assert refused(await client.get("/v1/me"), "unauthenticated", 401)


async def test_i_change_my_name_and_nothing_else(client: AsyncClient, reviewer: Person) -> None:
    answer = await edit(client, reviewer, "/v1/me", {"name": "Ida R."}, '"1-0"')
    assert (answer.json()["name"], answer.json()["version"]) == ("Ida R.", 2)
    for body in ({"email": "x@example.org"}, {"roles": []}):
        assert (await edit(client, reviewer, "/v1/me", body)).status_code == 422
    assert refused(
        await edit(client, reviewer, "/v1/me", {"name": "X"}, None), "precondition_required", 428
    )
    stale = await edit(client, reviewer, "/v1/me", {"name": "X"}, '"1-0"')
    assert refused(stale, "precondition_failed", 412, version=2)
    anonymous = await client.patch("/v1/me", json={"name": "X"})
    assert refused(anonymous, "unauthenticated", 401)


async def test_i_see_and_end_my_sign_ins(
    client: AsyncClient, people: People, clock: FixedClock
) -> None:
    ada = await people.person("Ada Lovelace", password=PASSWORD)
    clock.advance(timedelta(minutes=1))
    body = {"email": ada.email, "password": PASSWORD}
    await client.post("/v1/auth/login", json=body, headers={"User-Agent": "Firefox\t\x7f"})
    listed = await client.get("/v1/me/sign-ins", headers=ada.headers)
    later, first = listed.json()["items"]
    assert listed.json() == page(
        {
            "id": ANY,
            "user_agent": "Firefox",
            "address": "127.0.0.1",
            "started_at": "2026-03-02T09:01:00.000000Z",
            "last_used_at": "2026-03-02T09:01:00.000000Z",
            "expires_at": "2026-05-31T09:01:00.000000Z",
            "is_current": False,
        },
        {
            "id": ANY,
            "user_agent": "pln token",
            "address": None,
            "started_at": START,
            "last_used_at": START,
            "expires_at": "2026-05-31T09:00:00.000000Z",
            "is_current": True,
        },
    )
    end = f"/v1/me/sign-ins/{later['id']}/end"
    stranger = await people.person("Grace Hopper")
    for headers, code, status in (
        ({}, "unauthenticated", 401),
        (stranger.headers, "sign_in_not_found", 404),
    ):
        assert refused(await client.post(end, headers=headers), code, status)
    answer = await client.post(end, headers=ada.headers)
    assert (answer.status_code, answer.content) == (204, b"")
    gone = await client.post(end, headers=ada.headers)
    assert refused(gone, "sign_in_not_found", 404)
    listed = await client.get("/v1/me/sign-ins", headers=ada.headers)
    assert [one["id"] for one in listed.json()["items"]] == [first["id"]]
    await client.post(f"/v1/me/sign-ins/{first['id']}/end", headers=ada.headers)
    gone = await client.get("/v1/me/sign-ins", headers=ada.headers)
    assert refused(gone, "unauthenticated", 401)


# --- from the command line, and at once ---------------------------------------------------------


async def test_the_first_account_is_made_without_being_invited(
    client: AsyncClient, db: AsyncSession
) -> None:
    account = await create_first_account(
        db,
        email="Ada@Example.org",
        name="Ada Lovelace",
        password=PASSWORD,
        role=Role.ADMINISTRATOR,
    )
    await db.commit()
    body = {"email": "ada@example.org", "password": PASSWORD}
    token = (await client.post("/v1/auth/login", json=body)).json()["access_token"]
    found = await client.get("/v1/me", headers={"Authorization": f"Bearer {token}"})
    assert found.json()["id"] == str(account.id)
    assert [(one["role"], one["scope"]["id"]) for one in found.json()["roles"]] == [
        ("administrator", str(NETWORK_ID))
    ]
    for password in ("too short", "ida@example.org"):
        with pytest.raises(PasswordTooWeak):
            await create_first_account(
                db, email="ida@example.org", name="Ida", password=password, role=Role.AUDITOR
            )
    with pytest.raises(EmailTaken):
        await create_first_account(
            db, email="ADA@example.org", name="Ada", password=None, role=Role.AUDITOR
        )


async def test_two_administrators_who_disable_each_other_do_not_both_succeed(
    settled: Database, settled_client: AsyncClient, settled_people: People
) -> None:
    for round_ in range(5):
        ada, grace = [
            await settled_people.person(f"{name} {round_}", Role.ADMINISTRATOR)
            for name in ("Ada", "Grace")
        ]
        async with settled.transaction() as db:
            await db.execute(
                RoleAssignment.__table__.update()
                .where(RoleAssignment.account_id.not_in([ada.account_id, grace.account_id]))
                .values(valid_until=settled.clock.now())
            )
        answers = await asyncio.gather(
            settled_client.post(path_of(grace, "disable"), headers=ada.headers, json=LEFT),
            settled_client.post(path_of(ada, "disable"), headers=grace.headers, json=LEFT),
        )
        statuses = sorted(answer.status_code for answer in answers)
        assert statuses in ([200, 401], [200, 409])
        async with settled.transaction() as db:
            disabled = select(func.count()).where(
                Account.id.in_([ada.account_id, grace.account_id]),
                Account.disabled_at.is_not(None),
            )
            assert await db.scalar(disabled) == 1
