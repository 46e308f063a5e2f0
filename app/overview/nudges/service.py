"""Reminding by hand. These letters are somebody's act: they neither take the place of a digest nor
are counted against it."""

from collections.abc import Iterable
from itertools import groupby
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, Select
from sqlalchemy.ext.asyncio import AsyncSession

from app.background import mail
from app.background.mail import MailMessage
from app.kernel.activity import record
from app.kernel.clock import now
from app.kernel.db import new_id
from app.kernel.errors import Conflict
from app.kernel.schemas import Ref
from app.network.cohorts import access
from app.network.cohorts.models import Cohort, Membership
from app.overview.desk.reminders.letters import listed
from app.overview.desk.reminders.queries import waiting_for_members
from app.overview.nudges.schemas import Nudge, NudgedOut, NudgeOut
from app.people.identity.actors import SignedIn
from app.people.identity.models import Account

_LETTER: Final = """\
Dear {person},

{sender} reminds you of what waits for you in {cohort}:

{items}
{message}
It stands in your list of work until it is done.
"""
_MESSAGE: Final = """
{sender} writes:

{message}
"""


class NoMailServer(Conflict):
    """This network sends no mail. Tell them another way, or announce it: they find it when they
    sign in."""


class NothingWaits(Conflict):
    """Nothing waits for anybody there: all is done, or its day is still to come."""


class NobodyReached(Conflict):
    """Nobody for whom something waits has proved that their address is theirs. Tell them another
    way, and ask them to sign in and prove it."""


async def remind_membership(
    db: AsyncSession, actor: SignedIn, membership_id: UUID, body: Nudge
) -> NudgeOut:
    """Remind the people of a member now of all that waits for them, due or not.

    Raises NotAllowed (403), NoMailServer, NothingWaits, NobodyReached (409).
    """
    membership = await access.membership.allowing(db, actor, membership_id, "membership.remind")
    waiting, wanted = waiting_for_members()
    wanted = wanted.where(
        waiting.c.cohort_id == membership.cohort_id,
        waiting.c.collaboration_id == membership.collaboration_id,
    )
    return await _remind(db, actor, membership, membership.cohort, wanted, body)


async def remind_cohort(
    db: AsyncSession, actor: SignedIn, cohort_id: UUID, body: Nudge
) -> NudgeOut:
    """Remind those in a cohort who are late of what they are late with.

    Raises NotAllowed (403), NoMailServer, NothingWaits, NobodyReached (409).
    """
    cohort = await access.cohort.allowing(db, actor, cohort_id, "membership.remind")
    waiting, wanted = waiting_for_members()
    wanted = wanted.where(waiting.c.cohort_id == cohort.id, waiting.c.due_at <= now(db))
    return await _remind(db, actor, cohort, cohort, wanted, body)


async def _remind(
    db: AsyncSession,
    actor: SignedIn,
    thing: Membership | Cohort,
    cohort: Cohort,
    wanted: Select[Any],
    body: Nudge,
) -> NudgeOut:
    if not db.info["has_mail"]:
        raise NoMailServer
    found = sorted(
        (await db.execute(wanted, {"at": now(db)})).all(), key=lambda row: row.account_id
    )
    if not found:
        raise NothingWaits
    sender = await db.get_one(Account, actor.account_id)
    everyone = [(person, list(rows)) for person, rows in groupby(found, lambda row: row.account_id)]
    each = [(person, rows) for person, rows in everyone if rows[0].is_reached]
    if not each:
        raise NobodyReached
    letters = [await _write_to(db, sender, thing, cohort, rows, body) for _, rows in each]
    detail = {"account_ids": [str(account_id) for account_id, _ in each]}
    record(db, actor, f"{thing.__noun__}.reminded", thing, detail=detail)
    await db.flush()
    return NudgeOut(
        items=[
            NudgedOut(
                person=Ref(id=account_id, reference=None, name=rows[0].person),
                work_count=len(rows),
                delivery=letter.delivery,
            )
            for (account_id, rows), letter in zip(each, letters, strict=True)
        ],
        unreached=[
            Ref(id=account_id, reference=None, name=rows[0].person)
            for account_id, rows in everyone
            if not rows[0].is_reached
        ],
    )


async def _write_to(
    db: AsyncSession,
    sender: Account,
    thing: Membership | Cohort,
    cohort: Cohort,
    rows: Iterable[Row[Any]],
    body: Nudge,
) -> MailMessage:
    ordered = sorted(rows, key=lambda row: (row.sorted_at, row.work, row.subject_id))
    said = mail.said(sender.name)
    quoted = mail.quoted(body.message or "")
    letter = _LETTER.format(
        person=mail.said(ordered[0].person),
        sender=said,
        cohort=mail.said(cohort.name),
        items=listed(ordered),
        message=_MESSAGE.format(sender=said, message=quoted) if quoted else "",
    )
    subject = f"What waits for you in {mail.said(cohort.name)}"
    mail_id = await mail.send(
        db,
        to=ordered[0].email,
        subject=subject,
        text=letter,
        key=f"nudge:{new_id()}",
        about=thing,
        sender_id=sender.id,
        recipient_id=ordered[0].account_id,
    )
    return await db.get_one(MailMessage, mail_id)
