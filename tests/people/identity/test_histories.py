"""What was done to accounts, roles, invitations and service accounts, oldest first."""

from typing import Any
from unittest.mock import ANY
from uuid import UUID

import pytest
from httpx import AsyncClient

from app.people.identity.roles import Role
from app.people.identity.scopes import ScopeKind
from tests.answers import START, WITHHELD, edits, page, refused
from tests.people.identity.people import People, Person

WHY = {"reason": "Her term is over."}


@pytest.fixture
async def cohort(people: People) -> UUID:
    return await people.scope(ScopeKind.COHORT)


@pytest.fixture
async def administrator(people: People) -> Person:
    return await people.person("Ada Lovelace", Role.ADMINISTRATOR)


@pytest.fixture
async def ida(people: People, cohort: UUID) -> Person:
    return await people.person("Ida Rhodes", (Role.REVIEWER, cohort))


@pytest.fixture
async def stranger(people: People) -> Person:
    return await people.person("Joan Clarke")


def done(actor: Person, verb: str, subject_id: object, **more: Any) -> dict[str, Any]:
    return {
        "position": ANY,
        "verb": verb,
        "noun": verb.partition(".")[0],
        "subject_id": str(subject_id),
        "subject": {"id": str(subject_id), "reference": ANY, "name": ANY},
        "scope": {"id": ANY, "reference": ANY, "name": ANY},
        "from_status": None,
        "to_status": None,
        "account_id": str(actor.account_id),
        "actor": {"id": str(actor.account_id), "reference": None, "name": ANY},
        "reason": None,
        "detail": {},
        "occurred_at": START,
        "recorded_at": ANY,
        **more,
    }


async def history(client: AsyncClient, actor: Person, path: str) -> Any:
    answer = await client.get(f"{path}/history", headers=actor.headers)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_of_an_account(
    client: AsyncClient, people: People, administrator: Person, ida: Person, stranger: Person
) -> None:
    path = f"/v1/accounts/{ida.account_id}"
    for verb in ("disable", "enable"):
        await client.post(f"{path}/{verb}", headers=administrator.headers, json=WHY)
    ida = await people.renewed(ida)
    headers = {**ida.headers, "If-Match": "*"}
    await client.patch("/v1/me", headers=headers, json={"name": "Ida R."})
    expected = page(
        done(administrator, "account.disabled", ida.account_id, **WHY),
        done(administrator, "account.enabled", ida.account_id, **WHY),
        done(ida, "account.edited", ida.account_id, detail={"name": WITHHELD}),
    )
    assert await history(client, administrator, path) == expected
    assert await history(client, ida, path) == expected
    answer = await client.get(f"{path}/history", headers=stranger.headers)
    assert refused(answer, "account_not_found", 404)
    assert refused(await client.get(f"{path}/history"), "unauthenticated", 401)


async def test_of_an_account_takes_a_permission_on_the_network(
    client: AsyncClient, people: People, ida: Person, cohort: UUID
) -> None:
    coordinator = await people.person("Grace Hopper", (Role.COORDINATOR, cohort))
    path = f"/v1/accounts/{ida.account_id}"
    assert (await client.get(path, headers=coordinator.headers)).status_code == 200
    answer = await client.get(f"{path}/history", headers=coordinator.headers)
    assert refused(answer, "not_allowed", 403, permission="activity.read")


async def test_of_a_role_assignment(
    client: AsyncClient, administrator: Person, ida: Person, stranger: Person, cohort: UUID
) -> None:
    body = {"account_id": str(ida.account_id), "role": "adviser", "scope_id": str(cohort)}
    made = await client.post("/v1/role-assignments", headers=administrator.headers, json=body)
    path = made.headers["Location"]
    await client.post(f"{path}/end", headers=administrator.headers, json=WHY)
    detail = {"account_id": str(ida.account_id), "role": "adviser"}
    subject_id = made.json()["id"]
    expected = page(
        done(administrator, "role_assignment.created", subject_id, detail=detail),
        done(administrator, "role_assignment.ended", subject_id, detail=detail, **WHY),
    )
    assert await history(client, ida, path) == expected
    answer = await client.get(f"{path}/history", headers=stranger.headers)
    assert refused(answer, "role_assignment_not_found", 404)
    assert refused(await client.get(f"{path}/history"), "unauthenticated", 401)


async def test_of_an_invitation(
    client: AsyncClient, administrator: Person, ida: Person, cohort: UUID
) -> None:
    body = {
        "email": "ruth@example.org",
        "name": "Ruth Teitelbaum",
        "role": "reviewer",
        "scope_id": str(cohort),
    }
    made = await client.post("/v1/invitations", headers=administrator.headers, json=body)
    path = made.headers["Location"]
    await client.post(f"{path}/resend", headers=administrator.headers)
    await client.post(f"{path}/revoke", headers=administrator.headers, json=WHY)
    subject_id = made.json()["id"]
    assert await history(client, administrator, path) == page(
        done(administrator, "invitation.created", subject_id, detail={"role": "reviewer"}),
        done(administrator, "invitation.resent", subject_id),
        done(administrator, "invitation.revoked", subject_id, **WHY),
    )
    answer = await client.get(f"{path}/history", headers=ida.headers)
    assert refused(answer, "invitation_not_found", 404)
    assert refused(await client.get(f"{path}/history"), "unauthenticated", 401)


async def test_of_a_service_account(
    client: AsyncClient, people: People, administrator: Person, stranger: Person
) -> None:
    body = {"name": "Dashboard"}
    made = await client.post("/v1/service-accounts", headers=administrator.headers, json=body)
    path = made.headers["Location"]
    rotation = {"overlap_hours": 1}
    await client.post(f"{path}/rotate-secret", headers=administrator.headers, json=rotation)
    headers = {**administrator.headers, "If-Match": "*"}
    await client.patch(path, headers=headers, json={"name": "Other"})
    handing = {"account_id": str(stranger.account_id)}
    for verb, actor, body in (
        ("offer", administrator, handing),
        ("withdraw-offer", administrator, None),
        ("offer", administrator, handing),
        ("take", stranger, rotation),
    ):
        answer = await client.post(f"{path}/{verb}", headers=actor.headers, json=body)
        assert answer.is_success, answer.text
    for verb in ("disable", "enable"):
        await client.post(f"{path}/{verb}", headers=administrator.headers, json=WHY)
    subject_id = made.json()["id"]

    def step(verb: str, actor: Person = administrator, **more: Any) -> dict[str, Any]:
        recorded = done(actor, f"service_account.{verb}", subject_id, **more)
        return {**recorded, "noun": "account"}

    passed = {"from": str(administrator.account_id), "to": str(stranger.account_id)}

    assert await history(client, administrator, path) == page(
        step("created", detail={"owner_id": str(administrator.account_id)}),
        step("secret_rotated", detail=rotation),
        step("edited", detail=edits(made.json(), {"name": "Other"})),
        step("offered", detail=handing),
        step("offer_withdrawn"),
        step("offered", detail=handing),
        step("taken", stranger, detail=passed),
        step("disabled", **WHY),
        step("enabled", **WHY),
    )
    ruth = await people.person("Ruth Teitelbaum")
    answer = await client.get(f"{path}/history", headers=ruth.headers)
    assert refused(answer, "service_account_not_found", 404)
    assert refused(await client.get(f"{path}/history"), "unauthenticated", 401)
