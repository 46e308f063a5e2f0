"""People are reminded of what is due: a week before, on the day, when it is overdue, each once, in
one digest a day at eight where they are; of an offer at half of its time."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import ANY

import pytest
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.background.mail import MailMessage
from app.kernel.clock import FixedClock
from app.kernel.db import Database
from app.overview.desk.reminders import service
from app.overview.desk.reminders.models import Reminder
from app.overview.desk.reminders.service import remind
from app.people.identity.models import Account
from app.people.identity.roles import Role
from tests.answers import refused
from tests.factories import collaboration
from tests.grant_walks import Funding, milestone
from tests.journeys import Json, Network
from tests.people.identity.people import Person

EIGHT = datetime(2026, 5, 24, 8, 0, tzinfo=UTC)
"""A week before the first milestone is due, at eight where the network is."""
HALF = timedelta(hours=36)
"""Half of the time that an offer stands."""


@pytest.fixture
def database(database: Database) -> Database:
    database.info["has_mail"] = True
    return database


async def reminders(funding: Funding) -> list[Json]:
    later = await funding.later()
    return (await later.done(later.lead, "GET", "/me/reminders"))["items"]


async def letters(db: AsyncSession) -> list[tuple[str, str]]:
    found = select(MailMessage.recipient, MailMessage.subject).order_by(MailMessage.queued_at)
    letters = [(recipient, subject) for recipient, subject in await db.execute(found)]
    await db.commit()
    return letters


async def changed(database: Database, who: Person, **fields: Any) -> None:
    async with database.transaction() as db:
        await db.execute(update(Account).where(Account.id == who.account_id).values(**fields))


async def test_each_occasion_once(funding: Funding, database: Database, clock: FixedClock) -> None:
    first, _ = await funding.milestones(await funding.grant("active"))
    counts: dict[str, int] = {}
    for name, at in (
        ("the day before", EIGHT - timedelta(days=1)),
        ("a minute early", EIGHT - timedelta(minutes=1)),
        ("a week before", EIGHT),
        ("again", EIGHT + timedelta(hours=1)),
        ("the next day", EIGHT + timedelta(days=1)),
        ("on the day", datetime(2026, 5, 31, 8, 0, tzinfo=UTC)),
        ("late that day", datetime(2026, 5, 31, 22, 59, tzinfo=UTC)),
        ("when it is over", datetime(2026, 6, 1, 8, 5, tzinfo=UTC)),
        ("later", datetime(2026, 6, 20, 9, 0, tzinfo=UTC)),
    ):
        clock.set(at)
        counts[name] = await remind(database, clock)

    found = await reminders(funding)

    assert counts == {
        "the day before": 0,
        "a minute early": 0,
        "a week before": 2,
        "again": 0,
        "the next day": 0,
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
        "reminded_at": "2026-05-24T08:00:00.000000Z",
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
        f"Dear “{name}”,\n\nthis waits for you:\n\n"
        "- Report the milestone PLN-C1-G01-M1, “Data sharing agreement”: this is due on "
        "31 May 2026 (Europe/London).\n\nIt stands in your list of work until it is done.\n"
    )


async def test_all_of_a_day_is_one_letter(
    funding: Funding, database: Database, db: AsyncSession, clock: FixedClock
) -> None:
    """What is due the same day in two places, and what fell due meanwhile, in the order of days."""
    both = [milestone(f"Part {n}", 1_000_000, "2026-05-31", is_parallel=True) for n in (1, 2)]
    await funding.grant("active", milestones=both)
    clock.set(datetime(2026, 6, 1, 8, 0, tzinfo=UTC))
    assert await remind(database, clock) == 4
    assert Counter(await letters(db)) == {
        (funding.lead.email, "2 things wait for you"): 1,
        (funding.member.email, "2 things wait for you"): 1,
    }


async def test_it_comes_at_eight_where_the_person_is(
    funding: Funding, database: Database, db: AsyncSession, clock: FixedClock
) -> None:
    """Auckland is twelve hours ahead in May, Kathmandu five and three quarters."""
    await funding.grant("active")
    body = {"timezone": "Pacific/Auckland"}
    me = await funding.done(funding.lead, "GET", "/me")
    me = await funding.done(funding.lead, "PATCH", "/me", body, if_match=me["version"])
    assert me["timezone"] == "Pacific/Auckland"
    await changed(database, funding.member, timezone="Asia/Kathmandu")
    told: dict[str, list[str]] = {}
    for at in (
        "2026-05-23T20:00",
        "2026-05-24T02:10",
        "2026-05-24T02:15",
        "2026-05-24T19:55",
        "2026-05-24T20:00",
    ):
        clock.set(datetime.fromisoformat(f"{at}Z"))
        before = await letters(db)
        await remind(database, clock)
        told[at] = [recipient for recipient, _ in (await letters(db))[len(before) :]]
    assert told == {
        "2026-05-23T20:00": [],
        "2026-05-24T02:10": [],
        "2026-05-24T02:15": [funding.member.email],
        "2026-05-24T19:55": [],
        "2026-05-24T20:00": [funding.lead.email],
    }


async def test_there_is_one_digest_a_day_whatever_comes_later(
    funding: Funding, database: Database, db: AsyncSession, clock: FixedClock
) -> None:
    """What falls due after eight waits for the next morning."""
    clock.set(EIGHT)
    assert await remind(database, clock) == 0
    clock.advance(timedelta(hours=2))
    later = await funding.later()
    await later.grant("active")
    assert await remind(database, clock) == 0
    clock.advance(timedelta(hours=22))
    assert await remind(database, clock) == 2
    assert len(await letters(db)) == 2


async def test_a_digest_that_came_late_takes_nothing_from_the_next_morning(
    funding: Funding, database: Database, db: AsyncSession, clock: FixedClock
) -> None:
    """A worker that was away writes shortly before midnight in Auckland; there the next morning is
    on the same day of the network."""
    there = {"timezone": "Pacific/Auckland", "is_parallel": True}
    due = [milestone(f"Part {n}", 1_000_000, f"2026-0{n}", **there) for n in ("5-31", "6-01")]
    await funding.grant("active", milestones=due)
    await changed(database, funding.lead, timezone="Pacific/Auckland")
    for at in ("2026-05-24T11:50", "2026-05-24T20:00"):
        clock.set(datetime.fromisoformat(f"{at}Z"))
        await remind(database, clock)
    hers = [subject for to, subject in await letters(db) if to == funding.lead.email]
    assert hers == [f"Report the milestone PLN-C1-G01-M{number}" for number in (1, 2)]


async def test_whoever_cannot_be_told_is_left_out(
    funding: Funding, database: Database, db: AsyncSession, clock: FixedClock
) -> None:
    await funding.grant("active")
    await changed(database, funding.lead, address_proved_at=None)
    await changed(database, funding.member, disabled_at=clock.now())
    clock.set(EIGHT)
    assert await remind(database, clock) == 0
    assert await letters(db) == []
    database.info["has_mail"] = False
    clock.advance(timedelta(days=1))
    assert await remind(database, clock) == 1, "without mail nothing is asked of an address"


async def test_what_had_passed_when_it_was_brought_in_is_not_reminded_of(
    funding: Funding, database: Database, db: AsyncSession, clock: FixedClock
) -> None:
    """Of what an import brings in, the days that had passed by then are left alone; its later ones
    are reminded of as any."""
    await changed(database, funding.lead, timezone=None)
    database.info["recording"] = FixedClock(datetime(2026, 7, 1, 9, 0, tzinfo=UTC))
    await funding.grant("active")
    del database.info["recording"]
    clock.set(datetime(2026, 7, 2, 8, 0, tzinfo=UTC))
    assert await remind(database, clock) == 0
    assert await letters(db) == []
    clock.set(datetime(2026, 8, 24, 8, 0, tzinfo=UTC))
    assert await remind(database, clock) == 4, "the report, and for the team the end of the grant"
    assert {one["due_on"] for one in await reminders(funding)} == {"2026-08-31"}


async def test_one_that_goes_wrong_stands_in_nobodys_way(
    funding: Funding,
    database: Database,
    db: AsyncSession,
    clock: FixedClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await funding.grant("active")
    clock.set(EIGHT)
    write = service.digest_letter

    def faulty(rows: Any) -> Any:
        if rows[0].email == funding.lead.email:
            raise ZeroDivisionError
        return write(rows)

    monkeypatch.setattr(service, "digest_letter", faulty)
    assert await remind(database, clock) == 1
    monkeypatch.setattr(service, "digest_letter", write)
    assert await remind(database, clock) == 1
    assert sorted(recipient for recipient, _ in await letters(db)) == sorted(
        [funding.lead.email, funding.member.email]
    )


async def test_what_is_done_is_not_reminded_of_and_a_new_date_is(
    funding: Funding, database: Database, clock: FixedClock
) -> None:
    paid = milestone("Data sharing agreement", 2_000_000, "2026-05-31")
    first = (await funding.milestones(await funding.grant("active", milestones=[paid])))[0]
    clock.set(EIGHT)
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
    clock.set(EIGHT)

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
    clock.set(EIGHT)

    assert await remind(database, clock) == 2

    async with database.transaction() as db:
        assert len(list(await db.scalars(select(Reminder)))) == 2
        assert list(await db.scalars(select(MailMessage))) == []


async def test_an_offer_of_three_days_is_reminded_of_once_at_half_of_them(
    network: Network, clock: FixedClock, database: Database, db: AsyncSession
) -> None:
    cohort = await network.cohort("recruiting", announced_capacity=1)
    team = await network.team(1)
    start = clock.now()
    membership = await network.membership(cohort, team, timezone="America/New_York")
    counts = []
    for hours in (1, 23, 35.99, 36, 36.1, 47, 70, 71.9):
        clock.set(start + timedelta(hours=hours))
        counts.append(await remind(database, clock))
    assert counts == [0, 0, 0, 1, 0, 0, 0, 0]
    [letter] = await db.scalars(select(MailMessage))
    await db.commit()
    assert letter.recipient == team.lead.email
    assert letter.subject == f"Answer the offer of a place {team.ref['reference']}"
    assert letter.text == (
        "Dear “Lead 1”,\n\n"
        f"Answer the offer of a place {team.ref['reference']}, “Collaboration 1”: half of the time "
        "for this has passed. It can be done until 5 March 2026, 04:00 (America/New_York).\n\n"
        "It stands in your list of work until then.\n"
    )
    history = await network.seen(network.coordinator, f"/memberships/{membership['id']}/history")
    assert [(row["verb"], row["detail"]) for row in history["items"][1:]] == [
        (
            "membership.reminded",
            {"kind": "answer_offer", "account_ids": [str(team.lead.account_id)]},
        )
    ]


async def test_an_offer_that_is_made_again_is_another(
    network: Network, clock: FixedClock, database: Database, db: AsyncSession
) -> None:
    cohort, team = await network.cohort("recruiting"), await network.team(1)
    membership = await network.membership(cohort, team)
    clock.advance(HALF)
    assert await remind(database, clock) == 1
    await network.done(team.lead, f"/memberships/{membership['id']}/decline")
    again = {"reason": "They rang.", "offer_expires_at": "2026-03-05T21:00:00Z"}
    await network.done(network.coordinator, f"/memberships/{membership['id']}/offer", again)
    assert await remind(database, clock) == 0
    clock.set(datetime(2026, 3, 5, 9, 0, tzinfo=UTC))
    assert await remind(database, clock) == 1
    assert len(await letters(db)) == 2


async def test_nobody_is_reminded_of_an_offer_that_is_answered_or_over(
    network: Network, clock: FixedClock, database: Database, db: AsyncSession
) -> None:
    cohort = await network.cohort("recruiting", announced_capacity=2)
    await network.membership(cohort, await network.team(1), "accepted")
    await network.membership(cohort, await network.team(2))
    await network.membership(cohort, await network.team(3), "waitlisted")
    clock.advance(timedelta(days=3))
    assert await remind(database, clock) == 0, "at the deadline it is too late"
    assert await letters(db) == []


async def test_an_offer_that_nobody_can_answer_is_reminded_of_when_somebody_can(
    network: Network, clock: FixedClock, database: Database
) -> None:
    cohort = await network.cohort("recruiting")
    made = await collaboration(network.client, network.coordinator)
    body = {"collaboration_id": made["id"]}
    await network.done(network.coordinator, f"/cohorts/{cohort['id']}/memberships", body)
    clock.advance(timedelta(days=2))
    assert await remind(database, clock) == 0
    await network.people.person("Lea Late", (Role.COLLABORATION_LEAD, made["id"]))
    assert await remind(database, clock) == 1
