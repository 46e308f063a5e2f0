"""What waits where authority rests on somebody else, and for whom; nothing of it leads to 404."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from httpx import AsyncClient

from app.kernel.clock import FixedClock
from app.people.identity.roles import Role
from app.people.identity.scopes import ScopeKind
from tests.answers import page, refused
from tests.journeys import Network
from tests.people.identity.people import People, Person, Service

WHY = {"reason": "Left the institute."}
IN_TWO_WEEKS = "2026-03-16T09:00:00.000000Z"


@pytest.fixture
async def cohort(people: People) -> UUID:
    return await people.scope(ScopeKind.COHORT)


@pytest.fixture
async def administrator(people: People) -> Person:
    return await people.person("Ada Lovelace", Role.ADMINISTRATOR)


@pytest.fixture
async def owner(people: People) -> Person:
    return await people.person("Grace Hopper")


@pytest.fixture
async def giver(people: People, cohort: UUID) -> Person:
    return await people.person("Mary Somerville", Role.PROGRAMME_MANAGER)


@pytest.fixture
async def dashboard(people: People, owner: Person) -> Service:
    return await people.service("Dashboard", owner)


async def give(
    client: AsyncClient,
    giver: Person,
    to: Person | Service,
    role: Role,
    scope_id: UUID,
    **more: Any,
) -> Any:
    body = {"account_id": str(to.account_id), "role": role, "scope_id": str(scope_id), **more}
    answer = await client.post("/v1/role-assignments", headers=giver.headers, json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def lent(
    client: AsyncClient, giver: Person, owner: Person, dashboard: Service, cohort: UUID, **more: Any
) -> tuple[Any, Any]:
    """The roles of the owner and of the service account, on the same cohort."""
    owners = await give(client, giver, owner, Role.COORDINATOR, cohort, **more)
    return owners, await give(client, giver, dashboard, Role.OBSERVER, cohort)


async def work(client: AsyncClient, who: Person) -> list[tuple[str, str, str | None]]:
    """Kind, subject and date of what waits; each item's thing is there for whom it waits for."""
    answer = await client.get("/v1/me/work", headers=who.headers)
    assert answer.status_code == 200, answer.text
    items = answer.json()["items"]
    for one in items:
        thing = one["action"]["href"].rpartition("/")[0]
        assert (await client.get(thing, headers=who.headers)).status_code == 200, one
    calendar = await client.get("/v1/obligations", headers=who.headers)
    assert [one["subject"] for one in calendar.json()["items"]] == [one["subject"] for one in items]
    return [(one["kind"], one["subject"]["id"], one["due_at"]) for one in items]


async def end(client: AsyncClient, who: Person, assignment: Any) -> httpx.Response:
    path = f"/v1/role-assignments/{assignment['id']}/end"
    return await client.post(path, headers=who.headers, json=WHY)


async def test_nothing_waits_while_the_owner_holds_it(
    client: AsyncClient,
    administrator: Person,
    giver: Person,
    owner: Person,
    dashboard: Service,
    cohort: UUID,
) -> None:
    await lent(client, giver, owner, dashboard, cohort)
    for who in (owner, giver, administrator):
        assert await work(client, who) == []


async def test_before_and_when_the_owners_role_ends_it_is_work_for_three(
    client: AsyncClient,
    people: People,
    administrator: Person,
    giver: Person,
    owner: Person,
    dashboard: Service,
    cohort: UUID,
    clock: FixedClock,
) -> None:
    until = {"valid_until": "2026-04-15T09:00:00.000000Z"}
    _, role = await lent(client, giver, owner, dashboard, cohort, **until)
    stranger = await people.person("Joan Clarke", (Role.COORDINATOR, cohort))
    everyone = (owner, administrator, giver, stranger)
    for who in everyone:
        assert await work(client, who) == [], "six weeks before"

    clock.advance(timedelta(days=20))
    account = ("pass_service_account", str(dashboard.account_id))
    of_giver = ("end_role_of_service", role["id"])
    for due in (until["valid_until"], None):
        owner, administrator, giver, stranger = [await people.renewed(who) for who in everyone]
        assert await work(client, owner) == [(*account, due)]
        assert await work(client, administrator) == [(*account, due)]
        assert await work(client, giver) == [(*of_giver, due)]
        assert await work(client, stranger) == []
        clock.advance(timedelta(days=30))


async def test_it_is_shown_whole(
    client: AsyncClient,
    giver: Person,
    owner: Person,
    dashboard: Service,
    cohort: UUID,
) -> None:
    await lent(client, giver, owner, dashboard, cohort, valid_until=IN_TWO_WEEKS)
    answer = await client.get("/v1/me/work", headers=owner.headers)
    assert answer.json() == page(
        {
            "kind": "pass_service_account",
            "noun": "service_account",
            "subject": {"id": str(dashboard.account_id), "reference": None, "name": "Dashboard"},
            "cohort": None,
            "collaboration": None,
            "grant": None,
            "write_to": None,
            "due_at": IN_TWO_WEEKS,
            "is_overdue": False,
            "in_conflict": [],
            "action": {
                "name": "offer",
                "operation_id": "offer_service_account",
                "method": "POST",
                "href": f"/v1/service-accounts/{dashboard.account_id}/offer",
                "needs_reason": False,
                "needs_if_match": False,
            },
        }
    )


@pytest.mark.parametrize("answer", ["pass", "end", "disable"])
async def test_it_is_done_when_nothing_is_lost_any_more(
    client: AsyncClient,
    people: People,
    administrator: Person,
    giver: Person,
    owner: Person,
    dashboard: Service,
    cohort: UUID,
    answer: str,
) -> None:
    owners, role = await lent(client, giver, owner, dashboard, cohort)
    successor = await people.person("Joan Clarke", (Role.COORDINATOR, cohort))
    assert (await end(client, giver, owners)).is_success
    assert len(await work(client, owner)) == 1

    path = f"/v1/service-accounts/{dashboard.account_id}"
    if answer == "pass":
        body = {"account_id": str(successor.account_id)}
        offered = await client.post(f"{path}/offer", headers=administrator.headers, json=body)
        assert offered.is_success, offered.text
        taking = ("take_service_account", str(dashboard.account_id), None)
        assert await work(client, successor) == [taking]
        taken = await client.post(f"{path}/take", headers=successor.headers, json={})
        assert taken.is_success, taken.text
    elif answer == "end":
        assert (await end(client, giver, role)).is_success
    else:
        assert (await client.post(f"{path}/disable", headers=owner.headers, json=WHY)).is_success
    for who in (owner, administrator, giver, successor):
        assert await work(client, who) == []


async def test_a_disabled_owner_is_work_for_administrators(
    client: AsyncClient,
    administrator: Person,
    giver: Person,
    owner: Person,
    dashboard: Service,
    cohort: UUID,
) -> None:
    _, role = await lent(client, giver, owner, dashboard, cohort)
    path = f"/v1/accounts/{owner.account_id}/disable"
    assert (await client.post(path, headers=administrator.headers, json=WHY)).is_success
    account = ("pass_service_account", str(dashboard.account_id), None)
    assert await work(client, administrator) == [account]
    assert await work(client, giver) == [("end_role_of_service", role["id"], None)]


async def test_a_void_role_is_work_for_who_may_grant_it(
    client: AsyncClient,
    people: People,
    administrator: Person,
    giver: Person,
    owner: Person,
    cohort: UUID,
) -> None:
    coming = await give(client, giver, owner, Role.COORDINATOR, cohort, valid_from=IN_TWO_WEEKS)
    other = await people.person("Joan Clarke", Role.PROGRAMME_MANAGER)
    equal = await people.person("Ida Rhodes", (Role.COORDINATOR, cohort))
    everyone = (administrator, other, equal, owner)
    for who in everyone:
        assert await work(client, who) == []
    path = f"/v1/accounts/{giver.account_id}/disable"
    assert (await client.post(path, headers=administrator.headers, json=WHY)).is_success

    void = ("renew_role", coming["id"], IN_TWO_WEEKS)
    assert await work(client, administrator) == [void]
    assert await work(client, other) == [void]
    assert await work(client, equal) == []
    assert await work(client, owner) == []
    path = f"/v1/role-assignments/{coming['id']}/renew"
    assert (await client.post(path, headers=other.headers, json={})).status_code == 201
    for who in everyone:
        assert await work(client, who) == []


async def test_a_void_role_waits_for_whoever_may_give_it_on_all_that_it_reaches(
    network: Network, clock: FixedClock
) -> None:
    """On a collaboration in two cohorts: not for who runs one of them, as for a role given now."""
    one = await network.cohort("recruiting")
    other = await network.cohort("recruiting", reference="PLN-C2")
    team = await network.team()
    for cohort in (one, other):
        await network.membership(cohort, team, "accepted")
    cora = await network.people.person("Only Here", (Role.COORDINATOR, UUID(one["id"])))
    ada = await network.people.person("Ada Administrator", Role.ADMINISTRATOR)
    second = await network.people.person("Second Lead", (Role.COLLABORATION_LEAD, team.id))
    coming = {
        "account_id": str(team.member.account_id),
        "role": "collaboration_lead",
        "scope_id": str(team.id),
        "valid_from": "2026-03-09T09:00:00Z",
    }
    given = await network.done(second, "/role-assignments", coming)
    await network.done(ada, f"/accounts/{second.account_id}/disable", WHY)

    async def waiting(who: Person) -> list[str]:
        listed = await network.seen(who, "/me/work?kind=renew_role")
        return [item["subject"]["id"] for item in listed["items"]]

    assert await waiting(cora) == []
    path = f"/v1/role-assignments/{given['id']}/renew"
    refusal = await network.client.post(path, headers=cora.headers, json={})
    assert refused(refusal, "role_reaches_further", 403)
    for who in (ada, network.coordinator, team.lead):
        assert await waiting(who) == [given["id"]], who.name
    await network.done(ada, f"/accounts/{team.member.account_id}/disable", WHY)
    assert await waiting(ada) == []
    refusal = await network.client.post(path, headers=ada.headers, json={})
    assert refusal.json()["code"] == "account_unknown"
