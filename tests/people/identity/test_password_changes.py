"""Changing one's password, and setting a new one with a link."""

from datetime import timedelta
from typing import Any
from unittest.mock import ANY
from uuid import uuid4

import httpx
import pytest
from httpx import AsyncClient
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from app.background.mail import MailMessage
from app.kernel.activity import Activity
from app.kernel.clock import FixedClock
from app.kernel.db import Database
from app.people.identity.models import Account, AccountKind
from app.people.identity.roles import Role
from app.people.identity.tokens import SecretKind, new_secret
from tests.answers import START, refused
from tests.people.identity.people import PASSWORD, People, Person

NEW = "seven purple umbrellas in the rain"


async def log_in(client: AsyncClient, password: str) -> httpx.Response:
    body = {"email": "ida.rhodes@example.org", "password": password}
    return await client.post("/v1/auth/login", json=body)


async def change(client: AsyncClient, token: str, **body: Any) -> httpx.Response:
    body = {"current_password": PASSWORD, "new_password": NEW, **body}
    headers = {"Authorization": f"Bearer {token}"}
    return await client.post("/v1/auth/password", headers=headers, json=body)


async def is_in(client: AsyncClient, token: str) -> bool:
    answer = await client.get("/v1/me", headers={"Authorization": f"Bearer {token}"})
    return answer.status_code == 200


@pytest.fixture
async def ida(people: People) -> Person:
    return await people.person("Ida Rhodes", password=PASSWORD)


@pytest.fixture
async def administrator(people: People) -> Person:
    return await people.person("Ada Lovelace", Role.ADMINISTRATOR)


async def test_a_new_password_ends_the_other_sign_ins(
    client: AsyncClient, ida: Person, db: AsyncSession
) -> None:
    other = (await log_in(client, PASSWORD)).json()
    answer = await change(client, ida.token)
    assert (answer.status_code, answer.content) == (204, b"")
    assert answer.headers["Cache-Control"] == "no-store"
    assert await is_in(client, ida.token)
    assert not await is_in(client, other["access_token"])
    assert (await log_in(client, PASSWORD)).status_code == 401
    assert (await log_in(client, NEW)).status_code == 200
    changed = select(Activity).where(Activity.verb == "account.password_changed")
    (row,) = (await db.scalars(changed)).all()
    assert (row.account_id, row.detail) == (ida.account_id, {})


async def test_the_present_password_is_asked_for(client: AsyncClient, ida: Person) -> None:
    wrong = {"current_password": "another ladder against the wall"}
    assert refused(await change(client, ida.token, **wrong), "wrong_credentials", 401)
    answers = [await change(client, ida.token, **wrong) for _ in range(10)]
    assert [answer.status_code for answer in answers] == [401] * 9 + [429]
    assert await is_in(client, ida.token)


async def test_a_weak_password_is_refused(client: AsyncClient, ida: Person) -> None:
    for password in ("ida.rhodes@example.org", "passwordpassword"):
        answer = await change(client, ida.token, new_password=password)
        errors = [{"pointer": "/new_password", "code": "password_too_weak", "detail": ANY}]
        assert refused(answer, "password_too_weak", 422, errors=errors)
    short = await change(client, ida.token, new_password="too short")
    errors = [{"pointer": "/new_password", "code": "string_too_short", "detail": ANY}]
    assert refused(short, "validation_failed", 422, errors=errors)


async def test_whoever_has_no_password_changes_none(
    client: AsyncClient, people: People, ida: Person
) -> None:
    body = {"current_password": PASSWORD, "new_password": NEW}
    anonymous = await client.post("/v1/auth/password", json=body)
    assert refused(anonymous, "unauthenticated", 401)
    invited = await people.person("Joan Clarke")
    assert refused(await change(client, invited.token), "wrong_credentials", 401)
    service = await people.service("Dashboard", ida)
    assert refused(await change(client, service.token), "no_password", 403)


# --- reset links --------------------------------------------------------------------------------


async def issue(client: AsyncClient, actor: Person, account_id: Any) -> httpx.Response:
    path = f"/v1/accounts/{account_id}/password-resets"
    return await client.post(path, headers=actor.headers)


async def accept(client: AsyncClient, token: str, password: str = NEW) -> httpx.Response:
    body = {"token": token, "new_password": password}
    return await client.post("/v1/password-resets/accept", json=body)


async def link_for(client: AsyncClient, actor: Person, ida: Person) -> str:
    answer = await issue(client, actor, ida.account_id)
    assert answer.status_code == 201, answer.text
    return answer.json()["link"].partition("#")[2]


async def test_an_administrator_issues_a_link_that_is_shown_once(
    client: AsyncClient, administrator: Person, ida: Person, db: AsyncSession
) -> None:
    answer = await issue(client, administrator, ida.account_id)
    assert answer.status_code == 201
    assert answer.headers["Cache-Control"] == "no-store"
    token = answer.json()["link"].partition("#")[2]
    assert answer.json() == {
        "id": ANY,
        "account_id": str(ida.account_id),
        "link": f"https://network.example.org/password-resets/accept#{token}",
        "is_mailed": False,
        "delivery": None,
        "issued_at": START,
        "expires_at": "2026-03-03T09:00:00.000000Z",
        "used_at": None,
    }
    stored = (await db.execute(text("SELECT password_resets::text FROM password_resets"))).all()
    assert token not in str(stored)


async def test_the_link_sets_a_new_password_once_and_ends_every_sign_in(
    client: AsyncClient, administrator: Person, ida: Person
) -> None:
    token = await link_for(client, administrator, ida)
    assert await is_in(client, ida.token)
    answer = await accept(client, token)
    assert (answer.status_code, answer.content) == (204, b"")
    assert not await is_in(client, ida.token)
    assert (await log_in(client, PASSWORD)).status_code == 401
    assert (await log_in(client, NEW)).status_code == 200
    again = await accept(client, token, PASSWORD)
    assert refused(again, "password_reset_not_open", 409)


async def test_a_link_lives_a_day_and_until_the_next(
    client: AsyncClient, people: People, administrator: Person, ida: Person, clock: FixedClock
) -> None:
    first = await link_for(client, administrator, ida)
    second = await link_for(client, administrator, ida)
    assert refused(await accept(client, first), "password_reset_not_open", 409)
    clock.advance(timedelta(days=1))
    assert refused(await accept(client, second), "password_reset_not_open", 409)
    third = await link_for(client, await people.renewed(administrator), ida)
    assert (await accept(client, third)).status_code == 204


async def test_a_disabled_account_sets_no_password(
    client: AsyncClient, administrator: Person, ida: Person
) -> None:
    token = await link_for(client, administrator, ida)
    path = f"/v1/accounts/{ida.account_id}/disable"
    body = {"reason": "Left the institute."}
    assert (await client.post(path, headers=administrator.headers, json=body)).is_success
    assert refused(await accept(client, token), "password_reset_not_open", 409)
    another = f"/v1/accounts/{ida.account_id}/password-resets"
    answer = await client.post(another, headers=administrator.headers)
    assert refused(answer, "account_not_enabled", 409)


async def test_a_weak_password_leaves_the_link_open(
    client: AsyncClient, administrator: Person, ida: Person
) -> None:
    token = await link_for(client, administrator, ida)
    answer = await accept(client, token, "ida rhodes ida rhodes")
    errors = [{"pointer": "/new_password", "code": "password_too_weak", "detail": ANY}]
    assert refused(answer, "password_too_weak", 422, errors=errors)
    assert (await accept(client, token)).status_code == 204


@pytest.mark.parametrize(
    "token",
    ["x", "pln_pr_", new_secret(SecretKind.PASSWORD_RESET), "pln_inv_" + "0" * 49],
    ids=["no secret", "no bits", "never given out", "of another kind"],
)
async def test_an_unknown_link_is_not_found(client: AsyncClient, token: str) -> None:
    assert refused(await accept(client, token), "password_reset_not_found", 404)


async def test_who_may_not_issue_a_link(
    client: AsyncClient, people: People, administrator: Person, ida: Person, db: AsyncSession
) -> None:
    anonymous = await client.post(f"/v1/accounts/{ida.account_id}/password-resets")
    assert refused(anonymous, "unauthenticated", 401)
    stranger = await people.person("Joan Clarke")
    answer = await issue(client, stranger, ida.account_id)
    assert refused(answer, "account_not_found", 404)
    auditor = await people.person("Ruth Teitelbaum", Role.AUDITOR)
    answer = await issue(client, auditor, ida.account_id)
    assert refused(answer, "not_allowed", 403, permission="account.edit")
    own = await issue(client, ida, ida.account_id)
    assert refused(own, "not_allowed", 403, permission="account.edit")
    service = Account(kind=AccountKind.SERVICE, name="Dashboard", owner_id=ida.account_id)
    db.add(service)
    await db.commit()
    for account_id in (service.id, uuid4()):
        answer = await issue(client, administrator, account_id)
        assert refused(answer, "account_not_found", 404)


async def test_a_link_is_mailed_where_there_is_mail(
    client: AsyncClient, administrator: Person, ida: Person, database: Database, db: AsyncSession
) -> None:
    database.info["has_mail"] = True
    answer = await issue(client, administrator, ida.account_id)
    assert answer.json()["is_mailed"] is True
    (message,) = (await db.scalars(select(MailMessage))).all()
    assert message.recipient == ida.email
    assert message.text is not None
    assert answer.json()["link"] is None
    assert "https://network.example.org/password-resets/accept#pln_pr_" in message.text
    assert "until 03 March 2026 09:00 UTC" in message.text
