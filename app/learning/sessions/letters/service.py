"""Writing to the people of sessions, once for each change that their calendars show."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from email.utils import parseaddr
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.background import mail
from app.background.jobs import each, every
from app.kernel.clock import Clock, now
from app.kernel.db import Database
from app.kernel.listing import listed
from app.learning.sessions.calendars.icalendars import Event, Invited, Method, written
from app.learning.sessions.calendars.queries import event_of
from app.learning.sessions.letters.models import SessionLetter
from app.learning.sessions.letters.queries import Recipient, due, hold_if_due, recipients
from app.learning.sessions.lifecycle import LearningSessionStatus
from app.learning.sessions.models import LearningSession
from app.learning.sessions.sharing.queries import shared_with
from app.learning.sessions.wall_clocks import on_the_wall
from app.network.cohorts.models import Cohort

_S = LearningSessionStatus
WORDS: Final[Mapping[LearningSessionStatus, str]] = {
    _S.SCHEDULED: "takes place",
    _S.POSTPONED: "has been put off; it was to be",
    _S.CANCELLED: "has been cancelled; it was to be",
}

_LETTER: Final = """\
Dear {name},

{title}, a session of {cohort}, {what} on {when} ({zone}).

The calendar that comes with this letter says the same to your calendar program.
"""


@every("* * * * *", "write_of_sessions")
async def write_of_sessions(database: Database, clock: Clock) -> int:
    """Write to the people of each session that has changed; how many letters there were.

    Several changes since the last round are one letter. However many rounds run at once, a person
    has one letter for each session and sequence.
    """
    if not database.info["has_mail"]:
        return 0
    async with database.transaction() as db:
        ids = list(await db.scalars(due(clock.now())))
    return await each(database, ids, _write)


async def _write(db: AsyncSession, session_id: UUID) -> int:
    """Write of one session, unless another round holds it or has done so."""
    session = await hold_if_due(db, session_id)
    if session is None:
        return 0
    known = await db.get(SessionLetter, session_id)
    last = known.said if known else None
    event = event_of(session, takes_part=True)
    cohorts = await shared_with(db, session)
    said = _said(event, cohorts)
    is_news = said != last and (last is not None or session.status == _S.SCHEDULED)
    to = await recipients(db, session) if is_news else []
    for one in to:
        await _send(db, session, event, cohorts, one)
    letter = known or SessionLetter(session_id=session_id)
    letter.sequence, letter.told_at = session.sequence, now(db)
    letter.said = said if is_news else last
    db.add(letter)
    return len(to)


def _said(event: Event, cohorts: Sequence[Cohort]) -> str:
    """What a calendar shows of a session, and not how often that changed; with whom it is shared,
    where it is."""
    shown: Any = replace(event, sequence=0, updated_at=event.created_at)
    if len(cohorts) > 1:
        shown = (shown, [one.reference for one in cohorts])
    return hashlib.sha256(repr(shown).encode()).hexdigest()


async def _send(
    db: AsyncSession,
    session: LearningSession,
    event: Event,
    cohorts: Sequence[Cohort],
    to: Recipient,
) -> None:
    is_off = session.status == _S.CANCELLED
    name, address = parseaddr(db.info["mail_from"])
    invited = Invited(to.name, to.email, name or session.cohort.name, address)
    method = Method.CANCEL if is_off else Method.REQUEST
    at = on_the_wall(session.starts_at, session.timezone)
    letter = _LETTER.format(
        name=mail.said(to.name),
        title=mail.said(session.title),
        cohort=listed([mail.said(one.name) for one in cohorts]),
        what=WORDS[session.status],
        when=f"{at.day} {at:%B %Y, %H:%M}",
        zone=session.timezone,
    )
    await mail.send(
        db,
        to=to.email,
        subject=f"{'Cancelled' if is_off else 'Session'}: {mail.said(session.title)}",
        text=letter,
        key=f"session:{session.id}:{session.sequence}:{to.account_id}",
        about=session,
        calendar=written(session.title, [event], method=method, invited=invited).decode(),
    )
