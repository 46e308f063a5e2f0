"""Whoever may not see a thing neither holds it nor waits for it; a twin that locks first does."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID, uuid4

import httpx
import psycopg
import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.db import Database
from app.network.cohorts import access
from app.network.cohorts.models import Membership
from app.people.identity.actors import Actor, HeldRole
from app.people.identity.roles import Role
from app.people.identity.scopes import NETWORK_ID
from tests.journeys import Network
from tests.people.identity.people import People

SEES_ALL = Actor(uuid4(), uuid4(), roles=[HeldRole(Role.AUDITOR, NETWORK_ID)])
STRANGER = Actor(uuid4(), uuid4(), roles=[HeldRole(Role.COORDINATOR, uuid4())])


@pytest.fixture
async def place(
    settled: Database, settled_client: httpx.AsyncClient, settled_people: People
) -> AsyncIterator[tuple[UUID, UUID]]:
    """The ids of a cohort and of a membership of it, both held by somebody else."""
    network = await Network.begin(settled_client, settled_people)
    cohort = await network.cohort("running")
    joined = await network.membership(cohort, await network.team(1), "active")
    cohort_id, membership_id = UUID(cohort["id"]), UUID(joined["id"])
    async with settled.transaction() as db:
        await access.membership(db, SEES_ALL, membership_id, lock=True)
        yield cohort_id, membership_id


@asynccontextmanager
async def impatient(database: Database) -> AsyncIterator[AsyncSession]:
    """A transaction that gives up where it would have to wait."""
    async with database.transaction() as db:
        await db.execute(text("SET LOCAL lock_timeout = '100ms'"))
        yield db


async def test_a_stranger_is_told_at_once(settled: Database, place: tuple[UUID, UUID]) -> None:
    cohort_id, membership_id = place
    async with impatient(settled) as db:
        with pytest.raises(access.CohortNotFound):
            await access.cohort(db, STRANGER, cohort_id, lock=True)
        with pytest.raises(access.MembershipNotFound):
            await access.membership(db, STRANGER, membership_id, lock=True)


async def test_who_sees_it_waits(settled: Database, place: tuple[UUID, UUID]) -> None:
    cohort_id, membership_id = place
    for load, thing_id in ((access.cohort, cohort_id), (access.membership, membership_id)):
        with pytest.raises(OperationalError) as waited:
            async with impatient(settled) as db:
                await load(db, SEES_ALL, thing_id, lock=True)
        assert isinstance(waited.value.orig, psycopg.errors.LockNotAvailable)


async def test_a_stranger_waits_for_nobody_over_http(
    settled: Database,
    settled_client: httpx.AsyncClient,
    settled_people: People,
    place: tuple[UUID, UUID],
) -> None:
    """Every row that a stranger may name is held by somebody else, and the answer comes at once."""
    cohort_id, membership_id = place
    owner = await settled_people.person("Olive Owner", Role.ADMINISTRATOR)
    service = await settled_people.service("Dashboard", owner)
    held_role = (Role.OBSERVER, cohort_id)
    observer = await settled_people.person("Oscar Observer", held_role)
    stranger = await settled_people.person("Stranger Danger")
    async with settled.transaction() as db:
        role_id = await db.scalar(
            text("SELECT id FROM role_assignments WHERE account_id = :id"),
            {"id": observer.account_id},
        )
        for table, row_id in (
            ("accounts", service.account_id),
            ("accounts", observer.account_id),
            ("role_assignments", role_id),
        ):
            await db.execute(text(f"SELECT FROM {table} WHERE id = :id FOR UPDATE"), {"id": row_id})
        why = {"reason": "Why not."}
        for path, body in (
            (f"memberships/{membership_id}/withdraw", {"departure": "capacity", **why}),
            (f"service-accounts/{service.account_id}/disable", why),
            (f"service-accounts/{service.account_id}/rotate-secret", {}),
            (f"service-accounts/{service.account_id}/take", {}),
            (f"accounts/{observer.account_id}/disable", why),
            (f"role-assignments/{role_id}/end", why),
            (f"role-assignments/{role_id}/renew", {}),
        ):
            headers = {"If-Match": "*", **stranger.headers}
            asked = settled_client.post(f"/v1/{path}", headers=headers, json=body)
            answer = await asyncio.wait_for(asked, timeout=5)
            assert answer.status_code == 404, (path, answer.text)


async def test_the_naive_twin_lets_a_stranger_wait(
    settled: Database, place: tuple[UUID, UUID]
) -> None:
    _, membership_id = place

    async def locked_first(db: AsyncSession) -> None:
        found = select(Membership.cohort_id).where(Membership.id == membership_id)
        cohort_id = await db.scalar(found)
        assert cohort_id is not None
        await access.hold_cohort(db, cohort_id)
        await access.membership(db, STRANGER, membership_id, lock=True)

    with pytest.raises(OperationalError) as waited:
        async with impatient(settled) as db:
            await locked_first(db)
    assert isinstance(waited.value.orig, psycopg.errors.LockNotAvailable)
