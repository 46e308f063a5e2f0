"""Reminding the leads of a collaboration that has not answered its offer."""

from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from app.background import mail
from app.background.jobs import every
from app.kernel import activity
from app.kernel.clock import Clock, now
from app.kernel.db import Database
from app.network.cohorts.access import hold_cohort
from app.network.cohorts.models import Membership, Reminder, ReminderKind
from app.network.cohorts.reminders.queries import leads_of, unanswered_offers
from app.people.identity.actors import scheduler
from app.people.identity.models import Account

_LETTER: Final = """\
Dear {name},

{collaboration} has been offered a place in {cohort}. The offer stands until {until} ({zone});
nobody has answered it yet. Please accept or decline it by then: afterwards the place goes to
whoever waits for one.
"""


@every("2-59/5 * * * *", "remind_of_offers")
async def remind_of_offers(database: Database, clock: Clock) -> int:
    """Remind of each offer that has stood half of its time, once; returns of how many.

    One that nobody leads yet is looked at again each time.
    """
    due = unanswered_offers(clock.now())
    async with database.transaction() as db:
        found = [(one.id, one.cohort_id) for one in await db.scalars(due)]
    reminded = 0
    for membership_id, cohort_id in found:
        async with database.transaction() as db:
            await hold_cohort(db, cohort_id)
            membership = await db.scalar(due.where(Membership.id == membership_id))
            reminded += await _remind(db, membership) if membership else 0
    return reminded


async def _remind(db: AsyncSession, membership: Membership) -> int:
    """Write down that the leads were reminded, and mail each; 0 where there is none."""
    leads = await leads_of(db, membership)
    if not leads:
        return 0
    assert membership.offered_at is not None
    reminder = Reminder(
        membership_id=membership.id,
        kind=ReminderKind.ANSWER_OFFER,
        occasion_at=membership.offered_at,
        reminded_at=now(db),
    )
    db.add(reminder)
    detail = {"kind": reminder.kind.value, "account_ids": [str(lead.id) for lead in leads]}
    activity.record(db, scheduler(), "membership.reminded", membership, detail=detail)
    await db.flush()
    for lead in leads:
        await _write_to(db, membership, reminder, lead)
    return 1


async def _write_to(
    db: AsyncSession, membership: Membership, reminder: Reminder, lead: Account
) -> None:
    assert membership.offer_expires_at is not None
    assert lead.email is not None
    until = membership.offer_expires_at.astimezone(ZoneInfo(membership.timezone))
    letter = _LETTER.format(
        name=mail.said(lead.name),
        collaboration=mail.said(membership.collaboration.name),
        cohort=mail.said(membership.cohort.name),
        until=f"{until:%d %B %Y, %H:%M}",
        zone=membership.timezone,
    )
    await mail.send(
        db,
        to=lead.email,
        subject="A place is offered to your collaboration",
        text=letter,
        key=f"reminder:{reminder.id}:{lead.id}",
    )
