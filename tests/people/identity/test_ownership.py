"""A service account passes to a person who holds what it needs, and takes it."""

from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from httpx import AsyncClient

from app.people.identity.roles import Role, permissions_of
from app.people.identity.scopes import ScopeKind
from tests.answers import refused
from tests.people.identity.people import People, Person, Service


@pytest.fixture
async def cohort(people: People) -> UUID:
    return await people.scope(ScopeKind.COHORT)


@pytest.fixture
async def owner(people: People, cohort: UUID) -> Person:
    return await people.person("Grace Hopper", (Role.COORDINATOR, cohort))


@pytest.fixture
async def successor(people: People, cohort: UUID) -> Person:
    return await people.person("Ida Rhodes", (Role.COORDINATOR, cohort))


@pytest.fixture
async def dashboard(people: People, owner: Person, cohort: UUID) -> Service:
    return await people.service("Dashboard", owner, (Role.OBSERVER, cohort))


async def make(
    client: AsyncClient, actor: Person | Service, service: Service, verb: str, **body: Any
) -> httpx.Response:
    path = f"/v1/service-accounts/{service.account_id}/{verb}"
    sent = None if verb == "withdraw-offer" else body
    return await client.post(path, headers=actor.headers, json=sent)


async def offer(
    client: AsyncClient, actor: Person | Service, service: Service, to: Person | Service | UUID
) -> httpx.Response:
    account_id = to if isinstance(to, UUID) else to.account_id
    return await make(client, actor, service, "offer", account_id=str(account_id))


def ref(person: Person) -> dict[str, Any]:
    return {"id": str(person.account_id), "name": person.name, "kind": "person"}


async def seen(client: AsyncClient, actor: Person, service: Service) -> Any:
    path = f"/v1/service-accounts/{service.account_id}"
    return (await client.get(path, headers=actor.headers)).json()


async def test_it_is_offered_and_taken(
    client: AsyncClient, owner: Person, successor: Person, dashboard: Service
) -> None:
    before = await seen(client, owner, dashboard)
    offered = await offer(client, owner, dashboard, successor)
    assert offered.json() == {**before, "offered_to": ref(successor), "version": 2}
    assert await seen(client, successor, dashboard) == offered.json()

    taken = await make(client, successor, dashboard, "take", overlap_hours=0)

    after = {**before, "owner": ref(successor), "version": 3}
    secret = taken.json()["client_secret"]
    assert taken.headers["Cache-Control"] == "no-store"
    shown = {"client_id": str(dashboard.account_id), "client_secret": secret}
    assert taken.json() == {**after, **shown}
    assert await seen(client, successor, dashboard) == after
    gone = await make(client, owner, dashboard, "rotate-secret")
    assert refused(gone, "service_account_not_found", 404)


async def test_what_the_former_owner_knows_ends_when_it_is_taken(
    client: AsyncClient, owner: Person, successor: Person, dashboard: Service
) -> None:
    body = {
        "name": "Excel",
        "permissions": ["metrics.read"],
        "expires_at": "2027-03-01T00:00:00Z",
    }
    path = f"/v1/service-accounts/{dashboard.account_id}/api-tokens"
    token = (await client.post(path, headers=owner.headers, json=body)).json()["token"]

    async def works(credential: str) -> int:
        headers = {"Authorization": f"Bearer {credential}"}
        return (await client.get("/v1/me", headers=headers)).status_code

    async def buys() -> int:
        form = {
            "grant_type": "client_credentials",
            "client_id": str(dashboard.account_id),
            "client_secret": dashboard.secret,
        }
        return (await client.post("/v1/oauth/token", data=form)).status_code

    await offer(client, owner, dashboard, successor)
    assert (await works(token), await buys()) == (200, 200)
    await make(client, successor, dashboard, "take", overlap_hours=1)
    assert (await works(token), await buys()) == (200, 200), "for the overlap"
    await offer(client, successor, dashboard, owner)
    await make(client, owner, dashboard, "take")
    assert (await works(token), await buys()) == (401, 401)


async def test_who_would_hold_less_is_refused_at_the_offer_and_when_taking(
    client: AsyncClient, people: People, owner: Person, successor: Person, dashboard: Service
) -> None:
    administrator = await people.person("Ada Lovelace", Role.ADMINISTRATOR)
    stranger = await people.person("Joan Clarke")
    missing = sorted(permissions_of(Role.OBSERVER))
    answer = await offer(client, administrator, dashboard, stranger)
    assert refused(answer, "owner_would_lose", 409, missing=missing)

    await offer(client, owner, dashboard, successor)
    params = {"account_id": str(successor.account_id)}
    headers = administrator.headers
    found = await client.get("/v1/role-assignments", headers=headers, params=params)
    path = f"/v1/role-assignments/{found.json()['items'][0]['id']}/end"
    assert (await client.post(path, headers=headers, json={})).is_success
    late = await make(client, successor, dashboard, "take")
    assert refused(late, "owner_would_lose", 409, missing=missing)


async def test_an_offer_is_taken_back_or_declined(
    client: AsyncClient, owner: Person, successor: Person, dashboard: Service
) -> None:
    for actor in (owner, successor):
        await offer(client, owner, dashboard, successor)
        back = await make(client, actor, dashboard, "withdraw-offer")
        assert back.json()["offered_to"] is None
        assert back.json()["owner"] == ref(owner)
    none = await make(client, owner, dashboard, "withdraw-offer")
    assert refused(none, "not_offered", 409)
    gone = await make(client, successor, dashboard, "take")
    assert refused(gone, "service_account_not_found", 404)


async def test_who_may_not(
    client: AsyncClient, people: People, owner: Person, successor: Person, dashboard: Service
) -> None:
    administrator = await people.person("Ada Lovelace", Role.ADMINISTRATOR)
    auditor = await people.person("Ruth Teitelbaum", Role.AUDITOR)
    stranger = await people.person("Joan Clarke")
    await offer(client, owner, dashboard, successor)
    for actor in (owner, administrator, auditor):
        answer = await make(client, actor, dashboard, "take")
        assert refused(answer, "not_offered_to_you", 403)
    for verb, body in (("offer", {"account_id": str(uuid4())}), ("withdraw-offer", {})):
        answer = await make(client, auditor, dashboard, verb, **body)
        assert refused(answer, "not_allowed", 403, permission="service_account.edit")
        answer = await make(client, dashboard, dashboard, verb, **body)
        assert refused(answer, "not_allowed", 403, permission="service_account.edit")
    for verb, body in (
        ("offer", {"account_id": str(uuid4())}),
        ("withdraw-offer", {}),
        ("take", {}),
    ):
        answer = await make(client, stranger, dashboard, verb, **body)
        assert refused(answer, "service_account_not_found", 404)
        path = f"/v1/service-accounts/{dashboard.account_id}/{verb}"
        sent = None if verb == "withdraw-offer" else body
        assert refused(await client.post(path, json=sent), "unauthenticated", 401)


async def test_it_is_offered_to_another_person(
    client: AsyncClient, people: People, owner: Person, dashboard: Service
) -> None:
    administrator = await people.person("Ada Lovelace", Role.ADMINISTRATOR)
    assert refused(await offer(client, owner, dashboard, owner), "owner_already", 409)
    for account, code in ((uuid4(), "account_unknown"), (dashboard, "owner_not_person")):
        answer = await offer(client, administrator, dashboard, account)
        assert answer.status_code == 422
        assert [one["code"] for one in answer.json()["errors"]] == [code]
