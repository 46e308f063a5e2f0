"""Signing keys: published before they sign, verifying until their last token has expired."""

from datetime import timedelta
from typing import Any

import psycopg
import pytest
from httpx import AsyncClient
from jose import jwt
from pydantic import SecretStr
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from app.installation.doctor import Finding, Outcome
from app.kernel.activity import Activity
from app.kernel.clock import FixedClock
from app.kernel.db import Database
from app.kernel.errors import Unauthenticated
from app.main import create_app
from app.people.identity.actors import NOBODY
from app.people.identity.keys import (
    Keychain,
    KeyStatus,
    SigningKey,
    SigningKeysSealed,
    rotate,
    secret_key,
)
from app.settings import Settings, libpq_url
from tests.conftest import client_of
from tests.people.identity.people import People


@pytest.fixture
def keys(settings: Settings) -> Keychain:
    return Keychain(settings)


async def published(client: AsyncClient) -> list[dict[str, Any]]:
    answer = await client.get("/.well-known/jwks.json")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "public, max-age=60"
    return answer.json()["keys"]


async def kids(client: AsyncClient) -> list[str]:
    return [key["kid"] for key in await published(client)]


async def turn(db: AsyncSession, keys: Keychain) -> tuple[SigningKey, SigningKey]:
    turned = await rotate(db, NOBODY, keys)
    await db.commit()
    return turned


def kid_of(token: str) -> str:
    return jwt.get_unverified_header(token)["kid"]


async def test_there_are_no_keys_before_the_first_token(client: AsyncClient) -> None:
    assert await published(client) == []


async def test_others_can_check_our_tokens_by_the_published_keys(
    client: AsyncClient, people: People
) -> None:
    ada = await people.person("Ada Lovelace")
    answer = await client.get("/.well-known/jwks.json")
    assert {tuple(sorted(key)) for key in answer.json()["keys"]} == {
        ("alg", "crv", "kid", "kty", "use", "x", "y")
    }
    claims = jwt.decode(
        ada.token,
        answer.json(),
        algorithms=["ES256"],
        audience="http://testserver/v1",
        issuer="http://testserver",
        options={"verify_exp": False},
    )
    assert claims["sub"] == str(ada.account_id)
    assert sorted(claims) == ["aud", "client_id", "exp", "iat", "iss", "jti", "scope", "sid", "sub"]
    again = await client.get(
        "/.well-known/jwks.json", headers={"If-None-Match": answer.headers["ETag"]}
    )
    assert (again.status_code, again.content) == (304, b"")


async def test_a_rotation_is_felt_by_nobody(
    client: AsyncClient, people: People, db: AsyncSession, keys: Keychain, clock: FixedClock
) -> None:
    before = await people.person("Ada Lovelace")
    first, second = await kids(client)
    assert kid_of(before.token) == first
    active, upcoming = await turn(db, keys)
    assert str(active.id) == second
    assert await kids(client) == [first, second, str(upcoming.id)]
    clock.advance(timedelta(seconds=61))
    after = await people.person("Grace Hopper")
    assert kid_of(after.token) == second
    for person in (before, after):
        assert (await client.get("/v1/me", headers=person.headers)).status_code == 200


async def test_a_process_that_has_not_noticed_yet_signs_and_is_believed(
    client: AsyncClient, people: People, db: AsyncSession, keys: Keychain, clock: FixedClock
) -> None:
    await people.person("Ada Lovelace")
    (first, _) = await kids(client)
    await people.person("Ida Rhodes")
    await turn(db, keys)
    clock.advance(timedelta(seconds=59))
    late = await people.person("Grace Hopper")
    assert kid_of(late.token) == first
    clock.advance(timedelta(minutes=9, seconds=59))
    assert (await client.get("/v1/me", headers=late.headers)).status_code == 200


async def test_a_retired_key_verifies_for_a_quarter_of_an_hour(
    client: AsyncClient, people: People, db: AsyncSession, keys: Keychain, clock: FixedClock
) -> None:
    await people.person("Ada Lovelace")
    first, second = await kids(client)
    await turn(db, keys)
    clock.advance(timedelta(minutes=15))
    third = (await kids(client))[-1]
    assert await kids(client) == [second, third]
    assert first not in await kids(client)


async def test_a_key_that_was_made_elsewhere_is_noticed_within_seconds(
    client: AsyncClient, people: People, db: AsyncSession, keys: Keychain, clock: FixedClock
) -> None:
    ada = await people.person("Ada Lovelace")
    assert (await client.get("/v1/me", headers=ada.headers)).status_code == 200
    for _ in range(2):
        await turn(db, keys)
    fresh = await keys.signing(db)
    claims = await keys.verify(db, ada.token, clock.now())
    token, _ = fresh.issue(
        account_id=ada.account_id,
        client_id="pln",
        scope="*",
        sign_in_id=claims.sign_in_id,
        now=clock.now(),
    )
    headers = {"Authorization": f"Bearer {token}"}
    assert (await client.get("/v1/me", headers=headers)).status_code == 401
    clock.advance(timedelta(seconds=6))
    assert (await client.get("/v1/me", headers=headers)).status_code == 200


async def test_private_keys_lie_in_the_database_sealed(
    people: People, db: AsyncSession, settings: Settings, clock: FixedClock
) -> None:
    ada = await people.person("Ada Lovelace")
    stored = str((await db.execute(text("SELECT signing_keys::text FROM signing_keys"))).all())
    assert "PRIVATE KEY" not in stored
    assert b"PRIVATE KEY".hex() not in stored
    assert '"d"' not in stored
    other = Keychain(settings.model_copy(update={"secret_key": SecretStr("x" * 40)}))
    with pytest.raises(SigningKeysSealed):
        await other.verify(db, ada.token, clock.now())


async def test_under_another_secret_key_it_says_what_is_wrong(
    settled: Database, settled_people: People, settings: Settings
) -> None:
    await settled_people.person("Ada Lovelace")
    other = settings.model_copy(update={"secret_key": SecretStr("x" * 40)})
    async with client_of(create_app(other, clock=settled.clock, database=settled)) as client:
        answer = await client.get("/v1/me", headers={"Authorization": "Bearer a.b.c"})
    assert answer.json()["code"] == "signing_keys_sealed"
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "60")

    address = settled.engine.url.render_as_string(hide_password=False)
    with psycopg.connect(libpq_url(address)) as connection:
        assert secret_key(connection, settings).outcome is Outcome.OK
        found = secret_key(connection, other)
    assert found == Finding(
        "secret_key",
        Outcome.FAULT,
        "signing keys sealed with another PLN_SECRET_KEY, or damaged",
    )


async def test_without_keys_no_token_is_believed(
    people: People, db: AsyncSession, keys: Keychain, clock: FixedClock
) -> None:
    ada = await people.person("Ada Lovelace")
    await db.execute(text("DELETE FROM signing_keys"))
    with pytest.raises(Unauthenticated):
        await keys.verify(db, ada.token, clock.now())


async def test_one_key_is_active_and_one_is_next(db: AsyncSession, keys: Keychain) -> None:
    for _ in range(3):
        await turn(db, keys)
    rows = (await db.scalars(select(SigningKey).order_by(SigningKey.id))).all()
    statuses = [row.status for row in rows]
    retired = KeyStatus.RETIRED
    assert statuses == [retired, retired, KeyStatus.ACTIVE, KeyStatus.NEXT]
    recorded = select(Activity.verb).where(Activity.noun == "signing_key")
    assert (await db.scalars(recorded)).all() == ["signing_key.activated"] * 3
