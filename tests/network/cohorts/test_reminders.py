"""The leads of a collaboration are reminded once of an offer that nobody has answered."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.background.mail import MailMessage
from app.kernel.clock import FixedClock
from app.kernel.db import Database
from app.network.cohorts.models import Reminder
from app.network.cohorts.reminders.service import remind_of_offers
from app.people.identity.roles import Role
from tests.factories import collaboration
from tests.journeys import Network

LETTER = """\
Dear “Lead 1”,

“Collaboration 1” has been offered a place in “Cohort 1”. The offer stands until 05 March 2026, \
04:00 (America/New_York);
nobody has answered it yet. Please accept or decline it by then: afterwards the place goes to
whoever waits for one.
"""


async def letters(db: AsyncSession) -> list[tuple[str, str, str | None]]:
    found = select(MailMessage.recipient, MailMessage.subject, MailMessage.text)
    rows = await db.execute(found.order_by(MailMessage.recipient))
    return [(recipient, subject, text) for recipient, subject, text in rows]


@pytest.fixture
def with_mail(database: Database) -> None:
    database.info["has_mail"] = True


@pytest.mark.usefixtures("with_mail")
async def test_at_half_of_the_window_and_once(
    network: Network, clock: FixedClock, database: Database, db: AsyncSession
) -> None:
    cohort = await network.cohort("recruiting", announced_capacity=1)
    team = await network.team(1)
    membership = await network.membership(cohort, team, timezone="America/New_York")
    clock.set(datetime(2026, 3, 3, 20, 59, 59, tzinfo=UTC))
    assert await remind_of_offers(database, clock) == 0
    clock.advance(timedelta(seconds=1))
    assert await remind_of_offers(database, clock) == 1
    assert await remind_of_offers(database, clock) == 0
    assert await letters(db) == [
        (team.lead.email, "A place is offered to your collaboration", LETTER)
    ]
    history = await network.seen(network.coordinator, f"/memberships/{membership['id']}/history")
    assert [(row["verb"], row["detail"]) for row in history["items"][1:]] == [
        (
            "membership.reminded",
            {"kind": "answer_offer", "account_ids": [str(team.lead.account_id)]},
        )
    ]

    await network.done(team.lead, f"/memberships/{membership['id']}/decline")
    again = {"reason": "They rang.", "offer_expires_at": "2026-03-04T21:00:00Z"}
    await network.done(network.coordinator, f"/memberships/{membership['id']}/offer", again)
    clock.set(datetime(2026, 3, 4, 9, 0, tzinfo=UTC))
    assert await remind_of_offers(database, clock) == 1, "an offer that is made again is another"
    assert len(await letters(db)) == 2


@pytest.mark.usefixtures("with_mail")
async def test_nobody_is_reminded_of_what_is_answered_or_over(
    network: Network, clock: FixedClock, database: Database, db: AsyncSession
) -> None:
    cohort = await network.cohort("recruiting", announced_capacity=2)
    await network.membership(cohort, await network.team(1), "accepted")
    await network.membership(cohort, await network.team(2))
    await network.membership(cohort, await network.team(3), "waitlisted")
    clock.advance(timedelta(days=3))
    assert await remind_of_offers(database, clock) == 0, "at the deadline it is too late"
    assert await letters(db) == []


async def test_an_offer_that_nobody_can_answer_is_reminded_of_when_somebody_can(
    network: Network, clock: FixedClock, database: Database, db: AsyncSession
) -> None:
    """Without a mail server the reminder is written down all the same."""
    cohort = await network.cohort("recruiting")
    made = await collaboration(network.client, network.coordinator)
    body = {"collaboration_id": made["id"]}
    await network.done(network.coordinator, f"/cohorts/{cohort['id']}/memberships", body)
    clock.advance(timedelta(days=2))
    assert await remind_of_offers(database, clock) == 0
    await network.people.person("Lea Late", (Role.COLLABORATION_LEAD, made["id"]))
    assert await remind_of_offers(database, clock) == 1
    assert await db.scalar(select(func.count()).select_from(Reminder)) == 1
    assert await letters(db) == []
