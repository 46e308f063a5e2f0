"""Refresh tokens: each works once, a lost answer can be asked for again, a stolen one ends all."""

import asyncio
import base64
import json
from datetime import timedelta
from typing import Any

import httpx
import psycopg
import pytest
from httpx import AsyncClient
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.activity import Activity
from app.kernel.clock import FixedClock, now
from app.kernel.db import Database
from app.people.identity.clients import Client
from app.people.identity.keys import Keychain
from app.people.identity.models import Account, RefreshToken, SignIn
from app.people.identity.sign_ins import service
from app.people.identity.sign_ins.schemas import WithRefreshToken
from app.people.identity.sign_ins.service import RefreshTokenRefused
from app.people.identity.tokens import SecretKind, new_secret, secret_digest
from app.settings import Settings
from tests.answers import refused
from tests.people.identity.people import PASSWORD, People
from tests.server import Urls

Tokens = dict[str, Any]


async def signed_in(client: AsyncClient, people: People) -> Tokens:
    await people.person("Ada Lovelace", password=PASSWORD)
    body = {"email": "ada.lovelace@example.org", "password": PASSWORD}
    return (await client.post("/v1/auth/login", json=body)).json()


async def refresh(client: AsyncClient, token: str) -> httpx.Response:
    return await client.post("/v1/auth/refresh", json={"refresh_token": token})


def claims(tokens: Tokens) -> dict[str, Any]:
    payload = tokens["access_token"].split(".")[1]
    return json.loads(base64.urlsafe_b64decode(payload + "=="))


def is_refused(answer: httpx.Response) -> bool:
    challenge = 'Bearer realm="pln", error="invalid_token"'
    return (
        refused(answer, "refresh_token_refused", 401)
        and answer.headers["WWW-Authenticate"] == challenge
    )


async def is_in(client: AsyncClient, tokens: Tokens) -> bool:
    headers = {"Authorization": f"Bearer {tokens['access_token']}"}
    answer = await client.get("/v1/me", headers=headers)
    assert answer.status_code in (200, 401)
    return answer.status_code == 200


async def test_a_refresh_token_gives_its_successor_and_a_new_access_token(
    client: AsyncClient, people: People, clock: FixedClock
) -> None:
    first = await signed_in(client, people)
    clock.advance(timedelta(minutes=9))
    answer = await refresh(client, first["refresh_token"])
    second = answer.json()
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert second == {
        "access_token": second["access_token"],
        "token_type": "Bearer",
        "expires_in": 600,
        "refresh_token": second["refresh_token"],
        "refresh_expires_at": "2026-04-01T09:09:00.000000Z",
    }
    assert second["refresh_token"] != first["refresh_token"]
    before, after = claims(first), claims(second)
    assert {name for name in before if before[name] != after[name]} == {"jti", "iat", "exp"}
    clock.advance(timedelta(minutes=2))
    assert not await is_in(client, first)
    assert await is_in(client, second)


async def test_for_a_minute_a_lost_answer_can_be_asked_for_again(
    client: AsyncClient, people: People, clock: FixedClock
) -> None:
    first = await signed_in(client, people)
    second = (await refresh(client, first["refresh_token"])).json()
    clock.advance(timedelta(seconds=60))
    again = (await refresh(client, first["refresh_token"])).json()
    assert again["refresh_token"] == second["refresh_token"]
    assert again["refresh_expires_at"] == second["refresh_expires_at"]
    assert (await refresh(client, again["refresh_token"])).status_code == 200


async def test_after_a_minute_an_old_one_ends_the_family(
    client: AsyncClient, people: People, clock: FixedClock, db: AsyncSession
) -> None:
    first = await signed_in(client, people)
    second = (await refresh(client, first["refresh_token"])).json()
    clock.advance(timedelta(seconds=61))
    assert await is_in(client, second)
    assert is_refused(await refresh(client, first["refresh_token"]))
    assert is_refused(await refresh(client, second["refresh_token"]))
    assert not await is_in(client, second), "its access tokens are dead too"
    ended = select(Activity).where(Activity.verb == "sign_in.ended")
    assert [row.detail for row in await db.scalars(ended)] == [{"because": "reuse"}]


async def test_an_old_one_ends_the_family_once_its_successor_was_used(
    client: AsyncClient, people: People
) -> None:
    first = await signed_in(client, people)
    second = (await refresh(client, first["refresh_token"])).json()
    third = (await refresh(client, second["refresh_token"])).json()
    assert is_refused(await refresh(client, first["refresh_token"]))
    assert is_refused(await refresh(client, third["refresh_token"]))
    assert not await is_in(client, third)


async def test_one_family_dies_alone(client: AsyncClient, people: People) -> None:
    first = await signed_in(client, people)
    body = {"email": "ada.lovelace@example.org", "password": PASSWORD}
    other = (await client.post("/v1/auth/login", json=body)).json()
    second = (await refresh(client, first["refresh_token"])).json()
    await refresh(client, second["refresh_token"])
    assert is_refused(await refresh(client, first["refresh_token"]))
    assert await is_in(client, other)
    assert (await refresh(client, other["refresh_token"])).status_code == 200


@pytest.mark.parametrize(
    "token",
    ["pln_rt_", "x", "pln_rt_" + "0" * 49, new_secret(SecretKind.REFRESH_TOKEN)],
    ids=["no bits", "no secret", "wrong checksum", "never given out"],
)
async def test_an_unknown_token_is_refused(client: AsyncClient, token: str) -> None:
    assert is_refused(await refresh(client, token))


async def test_an_access_token_is_no_refresh_token(client: AsyncClient, people: People) -> None:
    first = await signed_in(client, people)
    answer = await refresh(client, first["access_token"])
    assert answer.status_code == 422, "it is longer than any refresh token"


async def test_an_unused_token_lives_thirty_days_and_a_family_ninety(
    client: AsyncClient, people: People, clock: FixedClock
) -> None:
    tokens = await signed_in(client, people)
    for _ in range(3):
        clock.advance(timedelta(days=29))
        tokens = (await refresh(client, tokens["refresh_token"])).json()
    assert tokens["refresh_expires_at"] == "2026-05-31T09:00:00.000000Z"
    clock.advance(timedelta(days=3))
    assert is_refused(await refresh(client, tokens["refresh_token"]))
    again = await client.post(
        "/v1/auth/login", json={"email": "ada.lovelace@example.org", "password": PASSWORD}
    )
    clock.advance(timedelta(days=30))
    assert is_refused(await refresh(client, again.json()["refresh_token"]))


async def test_signing_out_ends_every_token_of_the_family(
    client: AsyncClient, people: People
) -> None:
    first = await signed_in(client, people)
    second = (await refresh(client, first["refresh_token"])).json()
    for _ in range(2):
        answer = await client.post(
            "/v1/auth/logout", json={"refresh_token": first["refresh_token"]}
        )
        assert (answer.status_code, answer.content) == (204, b"")
    assert not await is_in(client, second)
    assert is_refused(await refresh(client, second["refresh_token"]))
    unknown = {"refresh_token": new_secret(SecretKind.REFRESH_TOKEN)}
    assert (await client.post("/v1/auth/logout", json=unknown)).status_code == 204
    assert (await client.post("/v1/auth/logout", json={})).status_code == 422


async def test_nothing_stored_can_be_presented(
    client: AsyncClient, people: People, db: AsyncSession
) -> None:
    first = await signed_in(client, people)
    second = (await refresh(client, first["refresh_token"])).json()
    stored = str((await db.execute(text("SELECT refresh_tokens::text FROM refresh_tokens"))).all())
    for secret in (first["refresh_token"], second["refresh_token"]):
        assert secret not in stored
        digest = secret_digest(SecretKind.REFRESH_TOKEN, secret)
        assert digest is not None
        assert digest.hex() in stored, "where the secret were stored, this would find it"


async def test_expired_tokens_are_forgotten_and_the_others_work_on(
    client: AsyncClient, people: People, clock: FixedClock, db: AsyncSession
) -> None:
    tokens = await signed_in(client, people)
    clock.advance(timedelta(days=20))
    tokens = (await refresh(client, tokens["refresh_token"])).json()
    clock.advance(timedelta(days=15))
    assert await service.forget_old(db) == 2, "the first of the client, and that of the fixture"
    await db.commit()
    assert (await refresh(client, tokens["refresh_token"])).status_code == 200
    assert await service.forget_old(db) == 0


# --- with commits that are real -----------------------------------------------------------------


async def family(people: People, database: Database, settings: Settings) -> str:
    """A refresh token of a new sign-in."""
    ada = await people.person("Ada Lovelace")
    async with database.transaction() as db:
        account = await db.get_one(Account, ada.account_id)
        client = Client(address=None, user_agent=None)
        keys = Keychain(settings)
        return (await service.begin(db, account, keys=keys, client=client)).refresh_token


async def successors(database: Database) -> int:
    followed = select(func.count()).where(RefreshToken.predecessor_id.is_not(None))
    async with database.read() as connection:
        return await connection.scalar(followed) or 0


async def test_fifty_at_once_get_one_successor(
    settled: Database, settled_client: AsyncClient, settled_people: People, settings: Settings
) -> None:
    token = await family(settled_people, settled, settings)
    answers = await asyncio.gather(*(refresh(settled_client, token) for _ in range(50)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.json()["refresh_token"] for answer in answers}) == 1
    assert await successors(settled) == 1


async def test_the_naive_way_gives_ten_at_once_several_successors(
    settled: Database, settled_people: People, settings: Settings
) -> None:
    """The planted fault: read, look, write, with nothing held in between."""
    token = await family(settled_people, settled, settings)
    digest = secret_digest(SecretKind.REFRESH_TOKEN, token)
    all_have_looked = asyncio.Barrier(10)

    async def naive() -> str | None:
        async with settled.transaction() as db:
            statement = select(RefreshToken).where(RefreshToken.digest == digest)
            presented = await db.scalar(statement)
            assert presented is not None
            await all_have_looked.wait()
            if presented.rotated_at is not None:
                return None
            secret = new_secret(SecretKind.REFRESH_TOKEN)
            presented.rotated_at = now(db)
            sign_in = await db.get_one(SignIn, presented.sign_in_id)
            db.add(service._link(sign_in, secret, at=now(db), predecessor=None))
            return secret

    given = await asyncio.gather(*(naive() for _ in range(10)))
    assert len({secret for secret in given if secret}) > 1


async def test_a_family_that_was_ended_stays_so_in_another_process(
    settled: Database, settled_client: AsyncClient, settled_people: People, settings: Settings
) -> None:
    first = await family(settled_people, settled, settings)
    second = (await refresh(settled_client, first)).json()["refresh_token"]
    third = (await refresh(settled_client, second)).json()["refresh_token"]
    assert is_refused(await refresh(settled_client, first))
    restarted = Database.connect(
        settings.model_copy(update={"database_url": settled.engine.url.render_as_string(False)}),
        settled.clock,
    )
    for token in (first, second, third):
        body = WithRefreshToken(refresh_token=token)
        with pytest.raises(RefreshTokenRefused):
            await service.refresh_tokens(restarted, body, keys=Keychain(settings))
    await restarted.dispose()


BREAK = """
CREATE FUNCTION break_refreshing() RETURNS trigger LANGUAGE plpgsql
AS $$ BEGIN RAISE EXCEPTION 'the disk is full' USING ERRCODE = '53100'; END $$;
CREATE CONSTRAINT TRIGGER break_refreshing AFTER INSERT ON refresh_tokens
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION break_refreshing();
"""
MEND = "DROP FUNCTION break_refreshing CASCADE"


async def test_a_commit_that_fails_leaves_the_token_as_it_was(
    settled: Database,
    settled_client: AsyncClient,
    settled_people: People,
    settings: Settings,
    urls: Urls,
) -> None:
    token = await family(settled_people, settled, settings)
    address = urls.owner(settled.engine.url.database or "").replace("+psycopg", "")
    with psycopg.connect(address, autocommit=True) as owner:
        owner.execute(BREAK)
        assert refused(await refresh(settled_client, token), "internal", 500)
        assert await successors(settled) == 0
        owner.execute(MEND)
    assert (await refresh(settled_client, token)).status_code == 200
    assert await successors(settled) == 1
