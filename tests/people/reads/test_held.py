"""The rule in SQL says what `Actor` says: roles, scopes, owners and narrowing, at random."""

import random
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, true
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.asking import ask_within
from app.kernel.clock import FixedClock
from app.kernel.db import new_id
from app.kernel.statements import Statement
from app.people.identity.actors import Actor
from app.people.identity.models import Account, AccountKind, ApiToken, ClientSecret
from app.people.identity.queries import actor_of
from app.people.identity.roles import everyone_holds, read_only
from app.people.identity.scopes import Scope
from app.people.reads.held import By, Held
from tests.people.identity.test_derived_authority import PERMISSIONS, Above, case, graph, roles_of

Found = Mapping[str, set[UUID]]


async def found(
    db: AsyncSession, by: By, above: Above, values: Mapping[str, Any], narrowed: Any, actor: Actor
) -> dict[str, Found] | None:
    """Where each permission is held by each way of asking; None where nobody is found."""
    held = Held(by, PERMISSIONS)
    here = held.at(Scope.id)
    columns = [
        way.label(f"{name} {permission}")
        for permission in PERMISSIONS
        for name, way in (
            ("holds", held.holds(permission, here)),
            ("reaches", held.reaches(permission, Scope.id)),
            ("probed", held.probed(permission, Scope.id)),
        )
    ]
    rows = select(Scope.id, *columns).join(here, true()).where(Scope.id.in_(list(above)))
    told = rows.subquery("told")
    account = None if by is By.ACTOR else held.account().subquery("account")
    whole: Any = rows if account is None else select(told).join(account, true())
    given = {**values, **held.of_actor(actor), "carried": held.carried(narrowed)}
    statement = Statement.of(whole)
    answered = await ask_within(await db.connection(), statement.sql, statement.ordered(given))
    if not answered:
        return None
    ways: dict[str, dict[str, set[UUID]]] = {}
    for node, *said in answered:
        for column, is_so in zip(columns, said, strict=True):
            way, permission = column.name.split(" ")
            nodes = ways.setdefault(way, {}).setdefault(permission, set())
            nodes.update({node} if is_so else ())
    return dict(ways)


async def proofs(
    db: AsyncSession, account_id: UUID, narrowed: frozenset[str] | None, clock: FixedClock
) -> dict[By, dict[str, Any]]:
    """By what each way of proving an account is looked up."""
    secret = ClientSecret(account_id=account_id, digest=new_id().bytes, created_at=clock.now())
    token = ApiToken(
        account_id=account_id,
        name="Excel",
        digest=new_id().bytes,
        permissions=sorted(PERMISSIONS if narrowed is None else narrowed),
        expires_at=clock.now() + timedelta(days=1),
    )
    db.add_all([secret, token])
    await db.flush()
    at = {"at": clock.now()}
    return {
        By.ACCESS_TOKEN: {**at, "proved_account_id": account_id, "credential_id": secret.id},
        By.API_TOKEN: {**at, "digest": token.digest},
        By.ACTOR: at,
    }


async def agree(
    db: AsyncSession, above: Above, account_id: UUID, narrowed: frozenset[str] | None, clock: Any
) -> None:
    actor = await actor_of(db, account_id, narrowed)
    for by, values in (await proofs(db, account_id, narrowed, clock)).items():
        if actor is None:
            assert by is By.ACTOR or not await found(db, by, above, values, None, Actor(None, None))
            continue
        carried = read_only().intersection(PERMISSIONS if narrowed is None else narrowed)
        one = await actor_of(db, account_id, carried) if by is By.API_TOKEN else actor
        assert one is not None
        await one.reach(db, above)
        said = {
            permission: {node for node in above if one.holds(permission, node)}
            for permission in PERMISSIONS
        }
        ways = await found(db, by, above, values, narrowed, one)
        assert ways == {"holds": said, "reaches": said, "probed": said}, by


@pytest.mark.parametrize("seed", range(6))
async def test_a_service_holds_in_sql_what_it_holds(
    db: AsyncSession, clock: FixedClock, seed: int
) -> None:
    chance = random.Random(seed)
    above = await graph(db, chance)
    for _ in range(4):
        asked = await case(db, chance, above, clock)
        await agree(db, above, asked.service_id, asked.narrowed_to, clock)


@pytest.mark.parametrize("narrowed", [None, frozenset(PERMISSIONS[:3]), frozenset[str]()])
@pytest.mark.parametrize("seed", range(3))
async def test_a_person_holds_in_sql_what_they_hold(
    db: AsyncSession, clock: FixedClock, seed: int, narrowed: frozenset[str] | None
) -> None:
    chance = random.Random(seed)
    above = await graph(db, chance)
    person = Account(kind=AccountKind.PERSON, name="Pat", email=f"{new_id()}@example.org")
    db.add(person)
    await db.flush()
    await roles_of(db, chance, person, list(above), clock)
    assert everyone_holds().intersection(PERMISSIONS), "what everybody holds is among it"
    await agree(db, above, person.id, narrowed, clock)
