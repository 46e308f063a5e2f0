"""People are reminded of what is due: a week before, on the day, when it is overdue, each once."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from unittest.mock import ANY

import pytest
from sqlalchemy import select

from app.background.mail import MailMessage
from app.kernel.clock import FixedClock
from app.kernel.db import Database
from app.overview.desk.reminders.models import Reminder
from app.overview.desk.reminders.service import remind
from tests.answers import refused
from tests.grant_walks import Funding, milestone
from tests.journeys import Json

WEEK_BEFORE = datetime(2026, 5, 23, 23, 0, tzinfo=UTC)
"""When 24 May begins in London."""


@pytest.fixture
def database(database: Database) -> Database:
    database.info["has_mail"] = True
    return database


async def reminders(funding: Funding) -> list[Json]:
    later = await funding.later()
    return (await later.done(later.lead, "GET", "/me/reminders"))["items"]


async def test_each_occasion_once(funding: Funding, database: Database, clock: FixedClock) -> None:
    first, _ = await funding.milestones(await funding.grant("active"))
    counts: dict[str, int] = {}
    for name, at in (
        ("a minute early", WEEK_BEFORE - timedelta(minutes=1)),
        ("a week before", WEEK_BEFORE),
        ("again", WEEK_BEFORE + timedelta(hours=1)),
        ("on the day", datetime(2026, 5, 31, 0, 30, tzinfo=UTC)),
        ("late that day", datetime(2026, 5, 31, 22, 59, tzinfo=UTC)),
        ("when it is over", datetime(2026, 5, 31, 23, 0, tzinfo=UTC)),
        ("later", datetime(2026, 6, 20, tzinfo=UTC)),
    ):
        clock.set(at)
        counts[name] = await remind(database, clock)

    found = await reminders(funding)

    assert counts == {
        "a minute early": 0,
        "a week before": 2,
        "again": 0,
        "on the day": 2,
        "late that day": 0,
        "when it is over": 2,
        "later": 0,
    }
    assert [one["kind"] for one in found] == ["overdue", "on_the_day", "week_before"]
    assert found[2] == {
        "id": ANY,
        "kind": "week_before",
        "work": "report_milestone",
        "noun": "milestone",
        "subject": {key: first[key] for key in ("id", "reference")} | {"name": first["title"]},
        "due_at": first["due_at"],
        "due_on": "2026-05-31",
        "timezone": "Europe/London",
        "reminded_at": "2026-05-23T23:00:00.000000Z",
        "is_open": True,
    }
    async with database.transaction() as db:
        mails = list(await db.scalars(select(MailMessage).order_by(MailMessage.queued_at)))
    assert Counter(mail.recipient for mail in mails) == {
        funding.lead.email: 3,
        funding.member.email: 3,
    }
    assert mails[0].subject == "Report the milestone PLN-C1-G01-M1"
    name = funding.lead.name if mails[0].recipient == funding.lead.email else "Member 1"
    assert mails[0].text == (
        f"Dear “{name}”,\n\n"
        "Report the milestone PLN-C1-G01-M1, “Data sharing agreement”: this is due on 31 May 2026 "
        "(Europe/London).\n\nIt stands in your list of work until it is done.\n"
    )


async def test_what_is_done_is_not_reminded_of_and_a_new_date_is(
    funding: Funding, database: Database, clock: FixedClock
) -> None:
    paid = milestone("Data sharing agreement", 2_000_000, "2026-05-31")
    first = (await funding.milestones(await funding.grant("active", milestones=[paid])))[0]
    clock.set(WEEK_BEFORE)
    await remind(database, clock)
    later = await funding.later()
    await later.done(
        later.coordinator,
        "POST",
        f"/milestones/{first['id']}/extend",
        {"due_on": "2026-06-02", "reason": "The annex comes late."},
        if_match=first["version"],
    )
    clock.set(datetime(2026, 5, 26, 12, 0, tzinfo=UTC))
    moved = await remind(database, clock)
    after_moving = await reminders(funding)
    clock.advance(timedelta(minutes=10))
    later = await funding.later()
    await later.report("submitted", first)
    clock.set(datetime(2026, 6, 2, 12, 0, tzinfo=UTC))
    done = await remind(database, clock)

    assert moved == 2
    assert sorted((one["kind"], one["due_on"], one["is_open"]) for one in after_moving) == [
        ("week_before", "2026-05-31", False),
        ("week_before", "2026-06-02", True),
    ]
    assert done == 0
    assert [one["is_open"] for one in await reminders(funding)] == [False, False]


async def test_whoever_runs_the_cohort_is_reminded_of_what_is_asked(
    funding: Funding, database: Database, clock: FixedClock
) -> None:
    first, _ = await funding.milestones(await funding.grant("active"))
    asked = {"due_on": "2026-07-15", "reason": "The annex comes late."}
    await funding.done(funding.lead, "POST", f"/milestones/{first['id']}/extensions", asked)
    clock.set(WEEK_BEFORE)

    await remind(database, clock)

    later = await funding.later()
    told = {
        who.name: [one["work"] for one in (await later.done(who, "GET", "/me/reminders"))["items"]]
        for who in (later.lead, later.coordinator, later.manager)
    }
    assert told == {
        later.lead.name: ["report_milestone"],
        later.coordinator.name: ["decide_extension"],
        later.manager.name: ["decide_extension"],
    }
    other = await later.call(later.coordinator, "GET", "/me/reminders?kind=overdue")
    assert other.json()["items"] == []
    assert refused(await later.call(None, "GET", "/me/reminders"), "unauthenticated", 401)


async def test_without_a_mail_server_they_are_only_written_down(
    funding: Funding, database: Database, clock: FixedClock
) -> None:
    await funding.grant("active")
    database.info["has_mail"] = False
    clock.set(WEEK_BEFORE)

    assert await remind(database, clock) == 2

    async with database.transaction() as db:
        assert len(list(await db.scalars(select(Reminder)))) == 2
        assert list(await db.scalars(select(MailMessage))) == []
