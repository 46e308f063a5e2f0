"""Read-only tokens of service accounts."""

import base64
import csv
import io
from datetime import timedelta
from typing import Any
from unittest.mock import ANY
from uuid import UUID, uuid4

import httpx
import pytest
from httpx import AsyncClient
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.clock import FixedClock
from app.people.identity.roles import Role
from app.people.identity.scopes import ScopeKind
from app.people.identity.tokens import SecretKind, new_secret
from tests.answers import START, page, refused
from tests.counting import statements
from tests.people.identity.people import People, Person, Service

EXPIRY = "2027-03-02T09:00:00.000000Z"


@pytest.fixture
async def cohort(people: People) -> UUID:
    return await people.scope(ScopeKind.COHORT)


@pytest.fixture
async def owner(people: People, cohort: UUID) -> Person:
    return await people.person("Grace Hopper", (Role.COORDINATOR, cohort))


@pytest.fixture
async def dashboard(people: People, owner: Person, cohort: UUID) -> Service:
    return await people.service("Dashboard", owner, (Role.OBSERVER, cohort))


def wanted(**more: Any) -> dict[str, Any]:
    return {"name": "Excel", "permissions": ["metrics.read"], "expires_at": EXPIRY, **more}


def shown(service: Service, **more: Any) -> dict[str, Any]:
    return {
        "id": ANY,
        "service_account_id": str(service.account_id),
        "name": "Excel",
        "permissions": ["metrics.read"],
        "effective_permissions": ["metrics.read"],
        "lost": [],
        "expires_at": EXPIRY,
        "revoked_at": None,
        "last_used_at": None,
        "version": 1,
        "created_at": START,
        "updated_at": START,
        **more,
    }


def path_of(service: Service) -> str:
    return f"/v1/service-accounts/{service.account_id}/api-tokens"


async def create(
    client: AsyncClient, actor: Person | Service, service: Service, **more: Any
) -> httpx.Response:
    return await client.post(path_of(service), headers=actor.headers, json=wanted(**more))


async def made(client: AsyncClient, owner: Person, service: Service) -> tuple[str, str]:
    """The id and the secret of a new token."""
    body = (await create(client, owner, service)).json()
    return body["id"], body["token"]


async def me(client: AsyncClient, token: str) -> httpx.Response:
    return await client.get("/v1/me", headers={"Authorization": f"Bearer {token}"})


async def revoke(client: AsyncClient, actor: Person, token_id: str) -> httpx.Response:
    return await client.post(f"/v1/api-tokens/{token_id}/revoke", headers=actor.headers)


async def test_a_token_is_shown_once_and_reads(
    client: AsyncClient, owner: Person, dashboard: Service, db: AsyncSession
) -> None:
    answer = await create(client, owner, dashboard)
    assert answer.status_code == 201
    assert answer.headers["Cache-Control"] == "no-store"
    token = answer.json()["token"]
    assert answer.json() == {**shown(dashboard), "token": token}
    assert token.startswith("pln_pat_")
    stored = (await db.execute(text("SELECT api_tokens::text FROM api_tokens"))).all()
    assert token not in str(stored)
    found = await me(client, token)
    assert found.status_code == 200
    assert (found.json()["credential"], found.json()["narrowed_to"]) == (
        "api_token",
        ["metrics.read"],
    )


async def test_it_comes_as_bearer_or_as_the_password_of_basic(
    client: AsyncClient, owner: Person, dashboard: Service
) -> None:
    _, token = await made(client, owner, dashboard)

    async def sent(header: str) -> int:
        answer = await client.get("/v1/me", headers={"Authorization": header})
        return answer.status_code

    def basic(pair: str) -> str:
        return f"Basic {base64.b64encode(pair.encode()).decode()}"

    for right in (f"bearer {token}", basic(f"excel:{token}"), basic(f":{token}")):
        assert await sent(right) == 200
    for wrong in (
        basic(f"{token}:"),
        basic(token),
        basic("excel:password"),
        basic(f"excel:{dashboard.token}"),
        f"Token {token}",
        token,
    ):
        assert await sent(wrong) == 401


async def test_it_changes_nothing(client: AsyncClient, owner: Person, dashboard: Service) -> None:
    _, token = await made(client, owner, dashboard)
    headers = {"Authorization": f"Bearer {token}"}
    body = {"name": "Other"}
    answer = await client.patch(
        f"/v1/service-accounts/{dashboard.account_id}", headers=headers, json=body
    )
    assert refused(answer, "read_only_token", 403)
    answer = await client.post(path_of(dashboard), headers=headers, json=wanted())
    assert refused(answer, "read_only_token", 403)


async def test_it_carries_no_more_than_the_roles_of_its_account_now(
    client: AsyncClient, owner: Person, dashboard: Service
) -> None:
    _, token = await made(client, owner, dashboard)
    assert [role["permissions"] for role in (await me(client, token)).json()["roles"]] == [
        ["metrics.read"]
    ]
    listed = await client.get("/v1/role-assignments?role=observer", headers=owner.headers)
    (role,) = listed.json()["items"]
    path = f"/v1/role-assignments/{role['id']}/end"
    assert (await client.post(path, headers=owner.headers, json={})).status_code == 200
    assert (await me(client, token)).json()["roles"] == []


@pytest.mark.parametrize(
    ("permission", "detail"),
    [
        ("report.read", "The service account does not hold report.read now."),
        ("report.accept", "report.accept is not a permission to read."),
        ("nonsense", "There is no permission of this name."),
        ("*", "There is no permission of this name."),
    ],
)
async def test_what_the_account_does_not_hold_is_refused(
    client: AsyncClient, owner: Person, dashboard: Service, permission: str, detail: str
) -> None:
    answer = await create(
        client, owner, dashboard, permissions=["metrics.read", permission, "cohort.read"]
    )
    errors = [{"pointer": "/permissions/1", "code": "permission_not_held", "detail": detail}]
    named = permission if permission.startswith("report") else None
    assert refused(answer, "permission_not_held", 422, errors=errors, permission=named)


async def test_only_reading_can_be_given(
    client: AsyncClient, people: People, owner: Person, cohort: UUID
) -> None:
    helper = await people.service("Importer", owner, (Role.COORDINATOR, cohort))
    answer = await create(client, owner, helper, permissions=["cohort.edit", "cohort.read"])
    errors = [{"pointer": "/permissions/0", "code": "permission_not_held", "detail": ANY}]
    assert refused(answer, "permission_not_held", 422, errors=errors, permission="cohort.edit")


@pytest.mark.parametrize("expiry", ["2026-03-02T09:00:00Z", "2027-03-04T09:00:00Z"])
async def test_it_expires_within_a_year(
    client: AsyncClient, owner: Person, dashboard: Service, expiry: str
) -> None:
    answer = await create(client, owner, dashboard, expires_at=expiry)
    errors = [{"pointer": "/expires_at", "code": "expiry_invalid", "detail": ANY}]
    assert refused(answer, "expiry_invalid", 422, errors=errors)


@pytest.mark.parametrize(
    ("field", "value"), [("name", ""), ("permissions", []), ("expires_at", None), ("scope", "*")]
)
async def test_a_bad_shape_is_refused(
    client: AsyncClient, owner: Person, dashboard: Service, field: str, value: object
) -> None:
    answer = await create(client, owner, dashboard, **{field: value})
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == [f"/{field}"]


async def test_a_revoked_or_expired_token_is_refused_on_the_next_request(
    client: AsyncClient, people: People, owner: Person, dashboard: Service, clock: FixedClock
) -> None:
    token_id, token = await made(client, owner, dashboard)
    _, other = await made(client, owner, dashboard)
    answer = await revoke(client, owner, token_id)
    assert answer.json() == shown(dashboard, revoked_at=START, effective_permissions=[], version=2)
    gone = await me(client, token)
    assert refused(gone, "unauthenticated", 401)
    assert gone.headers["WWW-Authenticate"] == 'Bearer realm="pln", error="invalid_token"'
    assert refused(await revoke(client, owner, token_id), "api_token_revoked", 409)
    assert (await me(client, other)).status_code == 200
    clock.advance(timedelta(days=365))
    assert refused(await me(client, other), "unauthenticated", 401)


async def test_a_made_up_token_costs_no_statement(client: AsyncClient) -> None:
    token = new_secret(SecretKind.API_TOKEN)
    with statements() as sent:
        assert refused(await me(client, token[:-1] + "-"), "unauthenticated", 401)
    assert sent == []
    assert refused(await me(client, token), "unauthenticated", 401)


async def test_its_last_use_is_known_to_the_hour(
    client: AsyncClient, owner: Person, dashboard: Service, clock: FixedClock, people: People
) -> None:
    token_id, token = await made(client, owner, dashboard)

    async def last_used() -> str:
        renewed = await people.renewed(owner)
        listed = await client.get(path_of(dashboard), headers=renewed.headers)
        assert [one["id"] for one in listed.json()["items"]] == [token_id]
        return listed.json()["items"][0]["last_used_at"]

    await me(client, token)
    assert await last_used() == START
    clock.advance(timedelta(hours=1))
    await me(client, token)
    assert await last_used() == START
    clock.advance(timedelta(seconds=1))
    await me(client, token)
    assert await last_used() == "2026-03-02T10:00:01.000000Z"


async def test_who_sees_and_makes_tokens(
    client: AsyncClient, people: People, owner: Person, dashboard: Service
) -> None:
    token_id, _ = await made(client, owner, dashboard)
    everyones = await client.get("/v1/api-tokens", headers=owner.headers)
    assert everyones.json() == page(shown(dashboard))
    params = {"service_account_id": str(uuid4())}
    none = await client.get("/v1/api-tokens", headers=owner.headers, params=params)
    assert none.json() == page()
    stranger = await people.person("Ida Rhodes")
    for answer in (
        await client.get(path_of(dashboard), headers=stranger.headers),
        await create(client, stranger, dashboard),
    ):
        assert refused(answer, "service_account_not_found", 404)
    listed = await client.get("/v1/api-tokens", headers=stranger.headers)
    assert listed.json() == page()
    assert refused(await revoke(client, stranger, token_id), "api_token_not_found", 404)
    assert refused(await revoke(client, owner, str(uuid4())), "api_token_not_found", 404)
    auditor = await people.person("Ruth Teitelbaum", Role.AUDITOR)
    seen = await client.get(path_of(dashboard), headers=auditor.headers)
    assert seen.json() == page(shown(dashboard))
    for answer in (
        await create(client, auditor, dashboard),
        await revoke(client, auditor, token_id),
    ):
        assert refused(answer, "not_allowed", 403, permission="service_account.edit")
    for answer in (
        await client.get("/v1/api-tokens"),
        await client.get(path_of(dashboard)),
        await client.post(path_of(dashboard), json=wanted()),
        await client.post(f"/v1/api-tokens/{token_id}/revoke"),
    ):
        assert refused(answer, "unauthenticated", 401)


async def test_one_of_them_its_history_and_all_as_csv(
    client: AsyncClient, people: People, owner: Person, dashboard: Service, cohort: UUID
) -> None:
    answer = await create(client, owner, dashboard)
    token_id = answer.json()["id"]
    where = f"/v1/api-tokens/{token_id}"
    assert answer.headers["Location"] == where
    one = await client.get(where, headers=owner.headers)
    assert (one.status_code, one.json()) == (200, shown(dashboard, id=token_id))
    await create(client, owner, dashboard, name="Power BI")
    revoked = await revoke(client, owner, token_id)
    assert (await client.get(where, headers=owner.headers)).json() == revoked.json()
    history = (await client.get(f"{where}/history", headers=owner.headers)).json()["items"]
    assert [one["verb"] for one in history] == ["api_token.created", "api_token.revoked"]
    listed = await client.get("/v1/api-tokens", headers=owner.headers)
    for address in ("/v1/api-tokens/export", "/v1/api-tokens?format=csv"):
        table = await client.get(address, headers=owner.headers)
        rows = list(csv.DictReader(io.StringIO(table.text, newline="")))
        assert [row["id"] for row in rows] == [one["id"] for one in listed.json()["items"]]
        told = ("name", "permissions", "effective_permissions")
        assert [[row[name] for name in told] for row in rows] == [
            ["Power BI", "metrics.read", "metrics.read"],
            ["Excel", "metrics.read", ""],
        ]
    other = await people.person("Ada Lovelace", (Role.COORDINATOR, cohort))
    for address in (where, f"{where}/history"):
        hidden = await client.get(address, headers=other.headers)
        assert refused(hidden, "api_token_not_found", 404)
    theirs = await client.get("/v1/api-tokens/export", headers=other.headers)
    assert theirs.headers["X-Total-Count"] == "0"
