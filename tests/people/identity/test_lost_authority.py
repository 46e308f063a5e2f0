"""What a service account was granted and lost: told, refused, and not given on by its owner."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from httpx import AsyncClient

from app.kernel.clock import FixedClock
from app.people.identity.roles import Role, permissions_of
from app.people.identity.scopes import NETWORK_ID, ScopeKind
from tests.answers import START, page, refused
from tests.counting import statements
from tests.people.identity.people import People, Person, Service

EXPIRY = "2027-03-02T09:00:00.000000Z"
WHY = {"reason": "Her term is over."}
LATER = "2026-03-02T09:05:00.000000Z"


@pytest.fixture
async def cohort(people: People) -> UUID:
    return await people.scope(ScopeKind.COHORT)


@pytest.fixture
async def owner(people: People, cohort: UUID) -> Person:
    return await people.person("Grace Hopper", (Role.COORDINATOR, cohort))


@pytest.fixture
async def administrator(people: People) -> Person:
    return await people.person("Ada Lovelace", Role.ADMINISTRATOR)


@pytest.fixture
async def dashboard(people: People, owner: Person, cohort: UUID) -> Service:
    return await people.service("Dashboard", owner, (Role.OBSERVER, cohort))


def path_of(service: Service, verb: str = "") -> str:
    return f"/v1/service-accounts/{service.account_id}{'/' if verb else ''}{verb}"


def lost(scope_id: UUID, because: str, *, since: str = LATER, kind: str = "cohort") -> list[Any]:
    return [
        {
            "permission": permission,
            "scope": {
                "id": str(scope_id),
                "kind": kind,
                "reference": None,
                "name": "The network" if kind == "network" else None,
            },
            "since": since,
            "because": because,
        }
        for permission in sorted(permissions_of(Role.OBSERVER))
    ]


async def told(client: AsyncClient, actor: Person, service: Service) -> tuple[Any, Any]:
    body = (await client.get(path_of(service), headers=actor.headers)).json()
    return body["effective_permissions"], body["lost"]


async def end_role(client: AsyncClient, administrator: Person, person: Person) -> None:
    params = {"account_id": str(person.account_id), "is_valid": "true"}
    headers = administrator.headers
    found = await client.get("/v1/role-assignments", headers=headers, params=params)
    for one in found.json()["items"]:
        path = f"/v1/role-assignments/{one['id']}/end"
        answer = await client.post(path, headers=headers, json=WHY)
        assert answer.is_success, answer.text


async def give_token(
    client: AsyncClient, actor: Person, service: Service, permission: str = "metrics.read"
) -> httpx.Response:
    body = {"name": "Excel", "permissions": [permission], "expires_at": EXPIRY}
    return await client.post(path_of(service, "api-tokens"), headers=actor.headers, json=body)


async def test_what_the_owner_lost_it_loses_on_the_next_request(
    client: AsyncClient,
    people: People,
    owner: Person,
    administrator: Person,
    dashboard: Service,
    cohort: UUID,
    clock: FixedClock,
) -> None:
    made = (await give_token(client, owner, dashboard)).json()
    token = {"Authorization": f"Bearer {made['token']}"}
    everything = sorted(permissions_of(Role.OBSERVER))

    async def own_roles(headers: Any) -> Any:
        roles = (await client.get("/v1/me", headers=headers)).json()["roles"]
        return [(one["scope"]["id"], one["permissions"]) for one in roles]

    assert await own_roles(dashboard.headers) == [(str(cohort), everything)]
    assert await told(client, owner, dashboard) == (everything, [])
    clock.advance(timedelta(minutes=5))
    await end_role(client, administrator, owner)

    assert await own_roles(dashboard.headers) == [(str(cohort), [])]
    assert await own_roles(token) == [(str(cohort), [])]
    gone = lost(cohort, "owner_role_ended")
    for actor in (owner, administrator):
        assert await told(client, actor, dashboard) == ([], gone)
    listed = await client.get(path_of(dashboard, "api-tokens"), headers=owner.headers)
    shown = {key: value for key, value in made.items() if key != "token"}
    read_only = [one for one in gone if one["permission"] == "metrics.read"]
    assert listed.json() == page(
        {**shown, "effective_permissions": [], "lost": read_only, "last_used_at": LATER}
    )


async def test_whoever_lost_it_gives_it_to_nobody(
    client: AsyncClient, owner: Person, administrator: Person, dashboard: Service
) -> None:
    await end_role(client, administrator, owner)

    path = path_of(dashboard, "rotate-secret")
    rotated = await client.post(path, headers=owner.headers, json={})
    first = min(permissions_of(Role.OBSERVER))
    assert refused(rotated, "not_allowed", 403, permission=first)
    made = await give_token(client, owner, dashboard)
    assert refused(made, "not_allowed", 403, permission="metrics.read")


async def test_an_administrator_gives_no_more_than_is_held_either(
    client: AsyncClient, people: People, administrator: Person, owner: Person, cohort: UUID
) -> None:
    helper = await people.service("Helper", owner, (Role.COORDINATOR, cohort))

    path = path_of(helper, "rotate-secret")
    rotated = await client.post(path, headers=administrator.headers, json={})

    missing = min(permissions_of(Role.COORDINATOR) - permissions_of(Role.ADMINISTRATOR))
    assert refused(rotated, "not_allowed", 403, permission=missing)


async def test_what_the_owner_holds_below_is_held_and_the_rest_is_told(
    client: AsyncClient, people: People, owner: Person, administrator: Person, cohort: UUID
) -> None:
    wide = await people.service("Wide", owner, Role.OBSERVER)

    everything = sorted(permissions_of(Role.OBSERVER))
    network = lost(NETWORK_ID, "owner_never_held", since=START, kind="network")
    assert await told(client, administrator, wide) == (everything, network)


async def test_a_disabled_owner_leaves_nothing(
    client: AsyncClient,
    owner: Person,
    administrator: Person,
    dashboard: Service,
    cohort: UUID,
    clock: FixedClock,
) -> None:
    clock.advance(timedelta(minutes=5))
    path = f"/v1/accounts/{owner.account_id}/disable"
    assert (await client.post(path, headers=administrator.headers, json=WHY)).is_success

    assert await told(client, administrator, dashboard) == ([], lost(cohort, "owner_disabled"))


async def test_a_role_that_ends_by_itself_ends_for_the_service_too(
    client: AsyncClient, people: People, administrator: Person, cohort: UUID, clock: FixedClock
) -> None:
    owner = await people.person("Ida Rhodes")
    service = await people.service("Other", owner, (Role.OBSERVER, cohort))
    body = {
        "account_id": str(owner.account_id),
        "role": "coordinator",
        "scope_id": str(cohort),
        "valid_until": LATER,
    }
    made = await client.post("/v1/role-assignments", headers=administrator.headers, json=body)
    assert made.status_code == 201

    everything = sorted(permissions_of(Role.OBSERVER))
    assert await told(client, administrator, service) == (everything, [])
    clock.advance(timedelta(minutes=5))
    assert await told(client, administrator, service) == ([], lost(cohort, "owner_role_ended"))


async def test_a_page_takes_as_many_statements_as_one(
    client: AsyncClient, people: People, owner: Person, cohort: UUID
) -> None:
    async def cost() -> int:
        with statements() as sent:
            await client.get("/v1/service-accounts", headers=owner.headers)
        return len(sent)

    await people.service("First", owner, (Role.OBSERVER, cohort))
    await cost()
    one = await cost()
    for number in range(3):
        await people.service(f"Other {number}", owner, (Role.OBSERVER, cohort))
    assert await cost() == one


async def test_what_it_holds_is_read_in_one_statement(
    client: AsyncClient, dashboard: Service
) -> None:
    await client.get("/v1/roles", headers=dashboard.headers)
    with statements() as sent:
        answer = await client.get("/v1/roles", headers=dashboard.headers)
    assert answer.status_code == 200
    assert len(sent) == 1


@pytest.mark.parametrize(("first", "expected"), [("administrator", 403), ("owner", 200)])
async def test_what_an_administrator_disabled_its_owner_does_not_enable(
    client: AsyncClient,
    owner: Person,
    administrator: Person,
    dashboard: Service,
    first: str,
    expected: int,
) -> None:
    actors = {"administrator": administrator, "owner": owner}

    async def do(actor: Person, verb: str) -> httpx.Response:
        return await client.post(path_of(dashboard, verb), headers=actor.headers, json=WHY)

    off = await do(actors[first], "disable")
    assert (off.json()["disabled_at"], off.json()["disabled_by"]) == (START, first)
    on = await do(owner, "enable")
    assert on.status_code == expected
    if expected == 403:
        assert refused(on, "not_allowed", 403, permission="service_account.edit")
        on = await do(administrator, "enable")
    assert (on.json()["disabled_at"], on.json()["disabled_by"]) == (None, None)


async def test_an_administrator_disables_what_its_owner_has_disabled(
    client: AsyncClient, owner: Person, administrator: Person, dashboard: Service
) -> None:
    path = path_of(dashboard, "disable")
    assert (await client.post(path, headers=owner.headers, json=WHY)).is_success
    stronger = await client.post(path, headers=administrator.headers, json=WHY)
    assert stronger.json()["disabled_by"] == "administrator"
    for actor in (owner, administrator):
        again = await client.post(path, headers=actor.headers, json=WHY)
        assert refused(again, "account_disabled", 409)
    on = await client.post(path_of(dashboard, "enable"), headers=owner.headers, json=WHY)
    assert refused(on, "not_allowed", 403, permission="service_account.edit")
