"""Signing in with a password."""

from datetime import timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from httpx import AsyncClient
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.activity import Activity
from app.kernel.clock import FixedClock
from app.kernel.db import Database
from app.people.identity import failures, passwords, throttling
from app.people.identity.clients import network_of
from app.people.identity.keys import Keychain
from app.people.identity.models import Account, SignIn
from app.people.identity.scopes import NETWORK_ID
from app.people.identity.throttling import (
    BY_ACCOUNT,
    BY_ACCOUNT_AND_ADDRESS,
    BY_ACCOUNT_AND_DEVICE,
    BY_ADDRESS,
    Counted,
    Limit,
    ThrottleCounter,
)
from app.settings import Settings
from tests.contract.recorder import Listening
from tests.people.identity.people import PASSWORD, People

WRONG = "another ladder against the wall"


async def log_in(client: AsyncClient, email: str, password: str) -> httpx.Response:
    return await client.post("/v1/auth/login", json={"email": email, "password": password})


def problem(response: httpx.Response) -> dict[str, Any]:
    body = response.json()
    del body["request_id"]
    return body


REFUSED = {
    "type": "/problems/wrong_credentials",
    "title": "Wrong credentials",
    "status": 401,
    "detail": "The address and the password do not belong together, or the account may not sign "
    "in.",
    "instance": "/v1/auth/login",
    "code": "wrong_credentials",
    "errors": [],
}


async def test_the_right_password_gives_tokens(
    client: AsyncClient, people: People, db: AsyncSession
) -> None:
    ada = await people.person("Ada Lovelace", password=PASSWORD)
    response = await log_in(client, "Ada.Lovelace@Example.org", PASSWORD)
    body = response.json()
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "no-store"
    assert "ETag" not in response.headers
    tokens = {body.pop("access_token"), body.pop("refresh_token")}
    assert body == {
        "token_type": "Bearer",
        "expires_in": 600,
        "refresh_expires_at": "2026-04-01T09:00:00.000000Z",
    }
    assert all(token not in str(body) for token in tokens)
    latest = select(SignIn).where(SignIn.account_id == ada.account_id).order_by(SignIn.id.desc())
    sign_in = (await db.scalars(latest)).first()
    assert sign_in is not None
    assert (sign_in.address, sign_in.user_agent) == ("127.0.0.1", "python-httpx/0.28.1")


async def test_what_is_refused_is_refused_in_the_same_words(
    client: AsyncClient, people: People, db: AsyncSession, clock: FixedClock
) -> None:
    await people.person("Ada Lovelace", password=PASSWORD)
    await people.person("Grace Hopper")
    gone = await people.person("Joan Clarke", password=PASSWORD)
    account = await db.get_one(Account, gone.account_id)
    account.disabled_at = clock.now()
    await db.commit()
    attempts = [
        ("ada.lovelace@example.org", WRONG),
        ("ada.lovelace@example.org", PASSWORD + " "),
        ("nobody@example.org", PASSWORD),
        ("grace.hopper@example.org", PASSWORD),
        ("joan.clarke@example.org", PASSWORD),
    ]
    answers = [await log_in(client, *attempt) for attempt in attempts]
    for answer in answers:
        assert answer.status_code == 401
        assert problem(answer) == REFUSED
        assert answer.headers["WWW-Authenticate"] == 'Bearer realm="pln"'
        assert answer.headers["Cache-Control"] == "no-store"
    assert len({answer.headers["Content-Length"] for answer in answers}) == 1


async def test_an_unknown_account_costs_a_hash_as_a_known_one_does(
    client: AsyncClient, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    await people.person("Ada Lovelace", password=PASSWORD)
    hashes: list[str] = []
    verify = type(passwords._HASHER).verify

    def counting(self: Any, password: str, stored: str) -> bool:
        hashes.append(stored)
        return verify(self, password, stored)

    monkeypatch.setattr(type(passwords._HASHER), "verify", counting)
    await log_in(client, "ada.lovelace@example.org", WRONG)
    await log_in(client, "nobody@example.org", WRONG)
    assert len(hashes) == 2
    known, unknown = (stored.rsplit("$", 2)[0] for stored in hashes)
    assert known == unknown == "$argon2id$v=19$m=19456,t=2,p=1"


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"email": "ada@example.org"}, "/password"),
        ({"email": "ada", "password": "x"}, "/email"),
        ({"email": "ada@example.org", "password": ""}, "/password"),
        ({"email": "ada@example.org", "password": "x" * 201}, "/password"),
        ({"email": "ada@example.org", "password": "a\x00b"}, "/password"),
        ({"email": "ada@example.org", "password": 1}, "/password"),
        ({"email": "ada@example.org", "password": "x", "otp": "1"}, "/otp"),
    ],
)
async def test_a_bad_shape_is_refused(
    client: AsyncClient, body: dict[str, Any], pointer: str
) -> None:
    response = await client.post("/v1/auth/login", json=body)
    assert response.status_code == 422
    assert [error["pointer"] for error in response.json()["errors"]] == [pointer]


def limits(answer: httpx.Response) -> tuple[str, str]:
    return answer.headers["RateLimit-Policy"], answer.headers["RateLimit"]


def told(left: int, resets_in: int = 900) -> tuple[str, str]:
    return '"sign-in";q=10;w=900', f'"sign-in";r={left};t={resets_in}'


async def test_the_eleventh_guess_waits_whether_or_not_there_is_such_an_account(
    client: AsyncClient, people: People, clock: FixedClock
) -> None:
    await people.person("Ada Lovelace", password=PASSWORD)
    for email in ("ada.lovelace@example.org", "nobody@example.org"):
        for left in reversed(range(BY_ACCOUNT_AND_ADDRESS.most)):
            failed = await log_in(client, email, WRONG)
            assert (failed.status_code, limits(failed)) == (401, told(left))
        clock.advance(timedelta(minutes=1))
        throttled = await log_in(client, email, PASSWORD)
        assert problem(throttled) == {
            "type": "/problems/too_many_attempts",
            "title": "Too many attempts",
            "status": 429,
            "detail": "Too many attempts to sign in from here, or to this account. Wait as "
            "`Retry-After` says.",
            "instance": "/v1/auth/login",
            "code": "too_many_attempts",
            "errors": [],
        }
        assert throttled.headers["Retry-After"] == str(14 * 60)
        assert limits(throttled) == told(0, 14 * 60)
    clock.advance(timedelta(minutes=14))
    welcome = await log_in(client, "ada.lovelace@example.org", PASSWORD)
    assert (welcome.status_code, limits(welcome)) == (200, told(10))


async def test_signing_in_forgets_the_guesses_before_it(
    client: AsyncClient, people: People, db: AsyncSession
) -> None:
    await people.person("Ada Lovelace", password=PASSWORD)
    for _ in range(3):
        for _ in range(BY_ACCOUNT_AND_ADDRESS.most - 1):
            await log_in(client, "ada.lovelace@example.org", WRONG)
        assert (await log_in(client, "ada.lovelace@example.org", PASSWORD)).status_code == 200
    counted = sorted((await db.scalars(select(ThrottleCounter.attempts))).all())
    guesses = BY_ACCOUNT_AND_ADDRESS.most - 1
    assert counted[-1] == guesses, "what failed before the device was known counts on"


async def test_no_connection_is_held_while_a_password_is_hashed(
    settled: Database,
    settled_client: AsyncClient,
    settled_people: People,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await settled_people.person("Ada Lovelace", password=PASSWORD)
    verify = type(passwords._HASHER).verify
    held: list[str] = []

    def watching(self: Any, password: str, stored: str) -> bool:
        held.append(settled.engine.pool.status())
        return verify(self, password, stored)

    monkeypatch.setattr(type(passwords._HASHER), "verify", watching)
    assert (await log_in(settled_client, "ada.lovelace@example.org", PASSWORD)).status_code == 200
    assert ["Current Checked out connections: 0" in status for status in held] == [True]


async def use_up(db: AsyncSession, settings: Settings, limit: Limit, subject: str) -> None:
    """Count as many attempts as the limit allows."""
    counted = Counted.of(limit, subject, secret=Keychain(settings).counter_key)
    for _ in range(limit.most):
        assert throttling.wait(await throttling.count(db, [counted])) is None
    await db.commit()


async def test_an_address_that_tries_many_accounts_is_throttled(
    client: AsyncClient, people: People, db: AsyncSession, settings: Settings
) -> None:
    await people.person("Ada Lovelace", password=PASSWORD)
    await use_up(db, settings, BY_ADDRESS, "127.0.0.1")
    throttled = await log_in(client, "ada.lovelace@example.org", PASSWORD)
    assert (throttled.status_code, throttled.headers["Retry-After"]) == (429, "900")


async def test_guesses_from_elsewhere_do_not_lock_an_account_out_where_it_is_known(
    app: FastAPI, client: AsyncClient, people: People, db: AsyncSession, settings: Settings
) -> None:
    await people.person("Ada Lovelace", password=PASSWORD)
    assert (await log_in(client, "ada.lovelace@example.org", PASSWORD)).status_code == 200
    await use_up(db, settings, BY_ACCOUNT, "ada.lovelace@example.org")
    transport = Listening(app, client=("203.0.113.7", 1))
    async with AsyncClient(transport=transport, base_url="http://testserver") as elsewhere:
        throttled = await log_in(elsewhere, "ada.lovelace@example.org", PASSWORD)
    assert (throttled.status_code, throttled.headers["Retry-After"]) == (429, "3600")
    assert (await log_in(client, "ada.lovelace@example.org", PASSWORD)).status_code == 200


async def test_a_stranger_in_the_same_office_locks_out_nobody_who_has_signed_in_there(
    client: AsyncClient, people: People, db: AsyncSession, settings: Settings
) -> None:
    """All that can be used up from an address is used up; another device is refused there."""
    await people.person("Ada Lovelace", password=PASSWORD)
    ada = "ada.lovelace@example.org"
    assert (await log_in(client, ada, PASSWORD)).status_code == 200
    await use_up(db, settings, BY_ADDRESS, "127.0.0.1")
    await use_up(db, settings, BY_ACCOUNT, ada)
    await use_up(db, settings, BY_ACCOUNT_AND_ADDRESS, f"{ada}|127.0.0.1")
    assert (await log_in(client, ada, PASSWORD)).status_code == 200
    body = {"email": ada, "password": PASSWORD}
    other = await client.post("/v1/auth/login", json=body, headers={"User-Agent": "stranger"})
    assert other.status_code == 429
    for _ in range(BY_ACCOUNT_AND_DEVICE.most):
        assert (await log_in(client, ada, WRONG)).status_code == 401
    assert (await log_in(client, ada, PASSWORD)).status_code == 429


@pytest.mark.parametrize(
    ("one", "other", "are_one"),
    [
        ("2001:db8::1", "2001:db8::2", True),
        ("2001:db8::1", "2001:0DB8:0:0:ffff::2", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("fe80::1%eth0", "fe80::2", True),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("::ffff:192.0.2.1", "::ffff:192.0.2.2", False),
        ("192.0.2.1", "192.0.2.2", False),
        (None, "unknown", True),
    ],
)
def test_an_address_of_ipv6_is_its_64(one: str | None, other: str, are_one: bool) -> None:
    assert (network_of(one) == network_of(other)) is are_one


async def test_two_failures_of_one_64_are_counted_together(app: FastAPI, db: AsyncSession) -> None:
    for address in ("2001:db8::1", "2001:db8::2"):
        transport = Listening(app, client=(address, 1))
        async with AsyncClient(transport=transport, base_url="http://testserver") as client:
            failed = await log_in(client, "nobody@example.org", WRONG)
    assert limits(failed) == told(8)
    assert set(await db.scalars(select(ThrottleCounter.attempts))) == {2}


async def test_failures_are_on_record_once_a_day_whatever_a_stranger_does(
    client: AsyncClient, people: People, db: AsyncSession, clock: FixedClock
) -> None:
    ada = await people.person("Ada Lovelace", password=PASSWORD)
    for number in range(9):
        await log_in(client, f"nobody{number}@example.org", WRONG)
    await log_in(client, "ada.lovelace@example.org", WRONG)
    clock.advance(timedelta(hours=23))
    await log_in(client, "ada.lovelace@example.org", WRONG)
    assert await failures.write_down(db) == 0
    clock.advance(timedelta(hours=1))
    assert await failures.write_down(db) == 2
    assert await failures.write_down(db) == 0
    await db.flush()
    rows = await db.execute(
        select(Activity.subject_id, Activity.detail, Activity.scope_id, Activity.account_id)
        .where(Activity.verb == "sign_in.failed")
        .order_by(Activity.subject_id)
    )
    since = "2026-03-02T09:00:00+00:00"
    assert rows.all() == [
        (NETWORK_ID, {"failures": 9, "since": since}, NETWORK_ID, None),
        (ada.account_id, {"failures": 2, "since": since}, NETWORK_ID, None),
    ]
