"""Proving who calls: at the door of every operation, in one statement."""

import base64
import random
from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID, uuid4

import httpx
import pytest
from httpx import AsyncClient
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.clock import FixedClock
from app.people.identity.keys import Keychain
from app.people.identity.models import Account, RoleAssignment
from app.people.identity.roles import Role
from app.people.identity.scopes import NETWORK_ID, ScopeKind
from app.people.identity.tokens import AccessClaims, PrivateKey
from app.settings import Settings
from tests.answers import refused
from tests.counting import statements
from tests.people.identity.people import People, Person
from tests.people.identity.test_tokens import FORGERIES


@pytest.fixture
async def ada(people: People) -> Person:
    return await people.person("Ada Lovelace", Role.ADMINISTRATOR)


async def me(client: AsyncClient, *headers: str) -> httpx.Response:
    return await client.get("/v1/me", headers=[("Authorization", value) for value in headers])


def is_refused(answer: httpx.Response, challenge: str) -> bool:
    return (
        refused(answer, "unauthenticated", 401)
        and answer.headers["WWW-Authenticate"] == f'Bearer realm="pln"{challenge}'
        and answer.headers["Cache-Control"] == "no-store"
    )


INVALID = ', error="invalid_token"'


async def test_without_a_credential_one_is_told_how_to_sign_in(client: AsyncClient) -> None:
    assert is_refused(await me(client), "")


async def test_one_credential_at_a_time(client: AsyncClient, ada: Person) -> None:
    bearer = f"Bearer {ada.token}"
    assert (await me(client, bearer)).status_code == 200
    assert (await me(client, f"bEARER {ada.token} ")).status_code == 200
    assert is_refused(await me(client, bearer, bearer), "")


def basic(pair: str) -> str:
    return "Basic " + base64.b64encode(pair.encode()).decode()


def wrong_headers(token: str) -> Iterator[str]:
    yield from ("", " ", "Bearer", "Bearer ", "Bearer null", token, f"Token {token}")
    yield from (f"Bearer {token} {token}", f"Bearer {token},", f"Bearer  {token} x")
    yield from ("Basic", "Basic ", "Basic !", "Basic /w==", basic(""), basic(":"))
    yield from (basic(f"ada:{token}"), basic(token), "Negotiate x", "Bearer\u00e9 x")


async def test_every_other_header_is_refused(client: AsyncClient, ada: Person) -> None:
    for header in wrong_headers(ada.token):
        value = header.encode("latin-1")
        answer = await client.get("/v1/me", headers=[(b"Authorization", value)])
        assert is_refused(answer, INVALID), header


async def test_every_forgery_is_refused_at_the_door_too(client: AsyncClient, ada: Person) -> None:
    for kind, token in FORGERIES.items():
        if len(token) > 60_000 or not token.isprintable():
            continue
        value = b"Bearer " + token.encode("utf-8", "surrogatepass")
        answer = await client.get("/v1/me", headers=[(b"Authorization", value)])
        assert is_refused(answer, INVALID), kind


async def test_changed_bytes_are_refused_at_the_door_too(client: AsyncClient, ada: Person) -> None:
    chance = random.Random(7022)
    for place in chance.sample(range(len(ada.token)), 100):
        other = "A" if ada.token[place] != "A" else "B"
        changed = ada.token[:place] + other + ada.token[place + 1 :]
        assert is_refused(await me(client, f"Bearer {changed}"), INVALID)


async def test_it_takes_one_statement(client: AsyncClient, people: People) -> None:
    cohort = await people.scope(ScopeKind.COHORT)
    ada = await people.person(
        "Ada Lovelace", (Role.COORDINATOR, cohort), (Role.REVIEWER, cohort), Role.AUDITOR
    )
    await client.get("/v1/roles", headers=ada.headers)
    with statements() as sent:
        answer = await client.get("/v1/roles", headers=ada.headers)
    assert answer.status_code == 200
    assert len(sent) == 1
    assert sent[0].startswith("SELECT accounts.id")


async def test_a_token_lives_ten_minutes(
    client: AsyncClient, ada: Person, clock: FixedClock
) -> None:
    clock.advance(timedelta(minutes=9, seconds=59))
    assert (await me(client, f"Bearer {ada.token}")).status_code == 200
    clock.advance(timedelta(seconds=1))
    assert is_refused(await me(client, f"Bearer {ada.token}"), INVALID)


async def test_a_token_of_an_account_that_is_not_there_is_refused(
    client: AsyncClient, ada: Person, people: People, db: AsyncSession, settings: Settings
) -> None:
    keys = Keychain(settings)
    claims = await claims_of(keys, db, ada)
    ring = await keys.signing(db)

    async def answer_to(account_id: UUID, sign_in_id: UUID | None) -> httpx.Response:
        token, _ = ring.issue(
            account_id=account_id,
            client_id="pln",
            scope="*",
            sign_in_id=sign_in_id,
            now=claims.issued_at,
        )
        return await me(client, f"Bearer {token}")

    assert (await answer_to(ada.account_id, claims.sign_in_id)).status_code == 200
    grace = await people.person("Grace Hopper")
    for account_id, sign_in_id in (
        (uuid4(), claims.sign_in_id),
        (ada.account_id, uuid4()),
        (ada.account_id, None),
        (grace.account_id, claims.sign_in_id),
    ):
        assert is_refused(await answer_to(account_id, sign_in_id), INVALID)


async def claims_of(keys: Keychain, db: AsyncSession, person: Person) -> AccessClaims:
    clock: FixedClock = db.info["clock"]
    return await keys.verify(db, person.token, clock.now())


async def test_a_key_of_another_installation_signs_nothing_here(
    client: AsyncClient, ada: Person, db: AsyncSession, settings: Settings
) -> None:
    claims = await claims_of(Keychain(settings), db, ada)
    theirs = PrivateKey.generate(ada.token.partition(".")[0])
    token = theirs.sign({"sub": str(claims.account_id)})
    assert is_refused(await me(client, f"Bearer {token}"), INVALID)


async def test_a_role_counts_from_its_first_instant_to_before_its_last(
    client: AsyncClient, people: People, db: AsyncSession, clock: FixedClock
) -> None:
    ida = await people.person("Ida Rhodes")
    db.add(
        RoleAssignment(
            account_id=ida.account_id,
            role=Role.AUDITOR,
            scope_id=NETWORK_ID,
            valid_from=clock.now() + timedelta(minutes=1),
            valid_until=clock.now() + timedelta(minutes=2),
        )
    )
    await db.commit()
    other = f"/v1/accounts/{(await people.person('Joan Clarke')).account_id}"
    seen: list[int] = []
    tick = timedelta(microseconds=1)
    for step in (timedelta(minutes=1) - tick, tick) * 2:
        clock.advance(step)
        seen.append((await client.get(other, headers=ida.headers)).status_code)
    assert seen == [404, 200, 200, 404], "before the first, at it, before the last, at it"


async def test_what_was_taken_away_is_gone_on_the_next_request(
    client: AsyncClient, people: People, db: AsyncSession, clock: FixedClock
) -> None:
    """A hundred changes in any order, with one and the same token."""
    ida = await people.person("Ida Rhodes", Role.AUDITOR)
    joan = await people.person("Joan Clarke")
    chance = random.Random(11)
    assignment = (
        await db.scalars(select(RoleAssignment).where(RoleAssignment.account_id == ida.account_id))
    ).one()
    account = await db.get_one(Account, ida.account_id)
    for _ in range(100):
        held, enabled = chance.random() < 0.5, chance.random() < 0.7
        assignment.valid_until = None if held else clock.now()
        account.disabled_at = None if enabled else clock.now()
        await db.commit()
        answer = await client.get(f"/v1/accounts/{joan.account_id}", headers=ida.headers)
        expected = 401 if not enabled else 200 if held else 404
        assert answer.status_code == expected
