"""However many workers remind at once, everybody is told once, and nobody waits for whom another
holds."""

import asyncio
from collections.abc import Callable, Collection, Sequence
from contextlib import AsyncExitStack
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import psycopg
import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from structlog.testing import capture_logs

from app.background.mail import MailMessage
from app.kernel.clock import FixedClock, now
from app.kernel.db import Database
from app.network.cohorts.access import hold_cohort
from app.overview.desk.reminders import service
from app.overview.desk.reminders.models import Reminder
from app.overview.desk.reminders.service import remind
from app.people.identity.models import Account
from tests.grant_walks import Funding
from tests.journeys import Network
from tests.people.identity.people import People
from tests.server import Urls

WORKERS = 10
THE_DAY = datetime(2026, 5, 31, 12, 0, tzinfo=UTC)

Prepare = Callable[[psycopg.Connection, pytest.MonkeyPatch], None]


def _as_it_is(_owner: psycopg.Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    """All come to each person at the same time."""
    barrier, held = asyncio.Barrier(WORKERS), service._held

    async def together(db: AsyncSession, account_ids: Sequence[UUID]) -> set[UUID]:
        await barrier.wait()
        return await held(db, account_ids)

    monkeypatch.setattr(service, "_held", together)


def _with_nothing_held(owner: psycopg.Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    """The planted fault: neither the person, nor the digest of the day, nor the unique key holds
    them back, once all have seen what is to be written."""
    owner.execute(
        "ALTER TABLE reminders DROP CONSTRAINT uq_reminders_account_id_work_subject_id_due_at_kind"
    )
    barrier, write = asyncio.Barrier(WORKERS), service._write

    async def everybody(_db: AsyncSession, account_ids: Sequence[UUID]) -> set[UUID]:
        return set(account_ids)

    async def unmarked(db: AsyncSession, _account_ids: Collection[UUID]) -> list[date]:
        return [now(db).date()]

    async def together(db: AsyncSession, found: Any) -> Any:
        await barrier.wait()
        return await write(db, found)

    monkeypatch.setattr(service, "_held", everybody)
    monkeypatch.setattr(service, "_gathered", unmarked)
    monkeypatch.setattr(service, "_write", together)


@pytest.mark.parametrize(
    ("prepare", "is_once"),
    [(_as_it_is, True), (_with_nothing_held, False)],
    ids=["held", "planted"],
)
async def test_ten_workers_remind_at_once(
    settled: Database,
    settled_client: httpx.AsyncClient,
    settled_people: People,
    urls: Urls,
    clock: FixedClock,
    monkeypatch: pytest.MonkeyPatch,
    prepare: Prepare,
    *,
    is_once: bool,
) -> None:
    funding = await Funding.begin(await Network.begin(settled_client, settled_people))
    await funding.grant("active")
    url = urls.owner(settled.engine.url.database or "").replace("+psycopg", "")
    with psycopg.connect(url, autocommit=True) as owner:
        prepare(owner, monkeypatch)
    settled.info["has_mail"] = True
    clock.set(THE_DAY)
    async with AsyncExitStack() as opened:
        for _ in range(WORKERS):  # or they come one by one, each held up by what the others compute
            await opened.enter_async_context(settled.engine.connect())

    told = await asyncio.gather(*(remind(settled, clock) for _ in range(WORKERS)))

    written, mailed = await counted(settled)
    assert sum(told) == written
    assert (written, mailed) == ((2, 2) if is_once else (2 * WORKERS, 2))


async def counted(database: Database) -> tuple[int, int]:
    """How many reminders there are, and how many letters."""
    async with database.transaction() as db:
        written = await db.scalar(select(func.count()).select_from(Reminder)) or 0
        mailed = await db.scalar(select(func.count()).select_from(MailMessage)) or 0
    return written, mailed


async def test_whom_another_holds_is_told_next_time(
    settled: Database,
    settled_client: httpx.AsyncClient,
    settled_people: People,
    clock: FixedClock,
) -> None:
    funding = await Funding.begin(await Network.begin(settled_client, settled_people))
    await funding.grant("active")
    settled.info["has_mail"] = True
    clock.set(THE_DAY)
    with capture_logs() as logged:
        async with settled.transaction() as long:
            held = select(Account).where(Account.id == funding.lead.account_id)
            await long.scalar(held.with_for_update(key_share=True))
            assert await remind(settled, clock) == 1, "the member is told without waiting"
            assert await remind(settled, clock) == 0
    assert logged == []
    assert await remind(settled, clock) == 1
    assert await counted(settled) == (2, 2)


async def test_an_offer_is_reminded_of_whoever_holds_its_cohort(
    settled: Database,
    settled_client: httpx.AsyncClient,
    settled_people: People,
    clock: FixedClock,
) -> None:
    network = await Network.begin(settled_client, settled_people)
    first, second = await network.team(1), await network.team(2)
    cohort = await network.cohort("recruiting")
    for team in (first, second):
        await network.membership(cohort, team)
    settled.info["has_mail"] = True
    clock.set(clock.now() + timedelta(hours=36))
    async with settled.transaction() as long:
        await hold_cohort(long, UUID(cohort["id"]))
        held = select(Account).where(Account.id == first.lead.account_id)
        await long.scalar(held.with_for_update(key_share=True))
        assert await remind(settled, clock) == 1
    assert await remind(settled, clock) == 1
    assert await remind(settled, clock) == 0
