"""However many workers remind at once, everybody is told once: the unique key is what holds it."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime

import httpx
import psycopg
import pytest
from sqlalchemy import func, select

from app.background.mail import MailMessage
from app.kernel.clock import FixedClock
from app.kernel.db import Database
from app.overview.desk.reminders.models import Reminder
from app.overview.desk.reminders.service import remind
from tests.grant_walks import Funding
from tests.journeys import Network
from tests.people.identity.people import People
from tests.server import Urls

WORKERS = 10


def _as_it_is(_owner: psycopg.Connection) -> None:
    pass


def _without_the_key(owner: psycopg.Connection) -> None:
    """The planted fault."""
    owner.execute(
        "ALTER TABLE reminders DROP CONSTRAINT uq_reminders_account_id_work_subject_id_due_at_kind"
    )


@pytest.mark.parametrize(
    ("prepare", "is_once"), [(_as_it_is, True), (_without_the_key, False)], ids=["held", "planted"]
)
async def test_ten_workers_remind_at_once(
    settled: Database,
    settled_client: httpx.AsyncClient,
    settled_people: People,
    urls: Urls,
    clock: FixedClock,
    prepare: Callable[[psycopg.Connection], None],
    *,
    is_once: bool,
) -> None:
    funding = await Funding.begin(await Network.begin(settled_client, settled_people))
    await funding.grant("active")
    url = urls.owner(settled.engine.url.database or "").replace("+psycopg", "")
    with psycopg.connect(url, autocommit=True) as owner:
        prepare(owner)
    settled.info["has_mail"] = True
    clock.set(datetime(2026, 5, 31, 12, 0, tzinfo=UTC))

    told = await asyncio.gather(*(remind(settled, clock) for _ in range(WORKERS)))

    async with settled.transaction() as db:
        written = await db.scalar(select(func.count()).select_from(Reminder)) or 0
        mailed = await db.scalar(select(func.count()).select_from(MailMessage)) or 0
    assert sum(told) == written == mailed
    assert (written == 2) is is_once
