"""Whoever is asked is reminded of what they have still to say, and nobody else is told."""

from datetime import datetime

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.clock import FixedClock
from app.kernel.db import Database
from app.overview.desk.reminders.service import remind
from tests.learning.trust.askings import Asking


@pytest.mark.parametrize("confidentiality", ["attributed", "anonymous"])
async def test_whoever_has_not_answered_is_reminded(
    asking: Asking, database: Database, clock: FixedClock, db: AsyncSession, confidentiality: str
) -> None:
    made = await asking.round("open", confidentiality=confidentiality, perspectives=["self"])
    about = await asking.assessment(made, asking.first)
    if confidentiality == "anonymous":
        await asking.sent(asking.first.lead, about)
    else:
        await asking.sheet(asking.first.lead, about, "submitted")
    for day in (6, 7, 8, 9):
        clock.set(datetime.fromisoformat(f"2026-03-0{day}T08:30:00+00:00"))
        await remind(database, clock)
    told = await db.execute(
        text("SELECT DISTINCT work, account_id FROM reminders WHERE work LIKE '%sheet'")
    )
    kind = "send_anonymous_sheet" if confidentiality == "anonymous" else "begin_sheet"
    others = {asking.first.member, asking.second.lead, asking.second.member}
    assert {tuple(row) for row in told} == {(kind, one.account_id) for one in others}
    recorded = text("SELECT count(*) FROM activity WHERE verb LIKE '%reminded'")
    assert await db.scalar(recorded) == 0


@pytest.mark.parametrize("ends", ["close", "cancel"])
async def test_what_reminds_of_an_anonymous_round_ends_with_it(
    asking: Asking, database: Database, clock: FixedClock, db: AsyncSession, ends: str
) -> None:
    """Whoever was reminded had not answered: it is kept of others, and of an attributed round."""
    made = await asking.round("open", confidentiality="anonymous", perspectives=["self"])
    await asking.round("open", perspectives=["self"])
    clock.set(datetime.fromisoformat("2026-03-06T08:30:00+00:00"))
    await remind(database, clock)
    count = text(
        "SELECT work, count(*) FROM reminders WHERE work LIKE '%sheet' GROUP BY work ORDER BY work"
    )
    before = [tuple(row) for row in await db.execute(count)]
    assert before == [("begin_sheet", 4), ("send_anonymous_sheet", 4)]
    if ends == "close":
        clock.set(datetime.fromisoformat("2026-03-09T09:00:00+00:00"))
    await asking.moved(made, ends)
    assert [tuple(row) for row in await db.execute(count)] == [("begin_sheet", 4)]
