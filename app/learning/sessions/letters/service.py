"""Writing to the people of sessions, once for each change that their calendars show, and once when
they take no part any more."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from email.utils import parseaddr
from typing import Any, Final
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.background import mail
from app.background.jobs import each, every
from app.kernel import activity
from app.kernel.clock import Clock, now
from app.kernel.db import Database
from app.kernel.listing import listed
from app.learning.sessions.calendars.icalendars import (
    Event,
    EventStatus,
    Invited,
    Method,
    written,
)
from app.learning.sessions.calendars.queries import event_of
from app.learning.sessions.letters.models import SessionInvitee, SessionLetter
from app.learning.sessions.letters.queries import (
    Recipient,
    due,
    hold_if_due,
    hold_if_unsettled,
    recipients,
    to_be_told,
    uninvited,
    unsettled,
)
from app.learning.sessions.lifecycle import LearningSessionStatus
from app.learning.sessions.models import LearningSession
from app.learning.sessions.service import next_sequence
from app.learning.sessions.sharing.queries import shared_with
from app.learning.sessions.wall_clocks import on_the_wall
from app.network.cohorts.models import Cohort
from app.people.identity.actors import scheduler

_S = LearningSessionStatus
WORDS: Final[Mapping[LearningSessionStatus, str]] = {
    _S.SCHEDULED: "takes place",
    _S.POSTPONED: "has been put off; it was to be",
    _S.CANCELLED: "has been cancelled; it was to be",
}

_WITHOUT_YOU: Final = "takes place without you"
"""What is said to who takes no part any more."""

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
    await _note(db, session, [one.account_id for one in to])
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


async def _note(db: AsyncSession, session: LearningSession, account_ids: Sequence[UUID]) -> None:
    """Write down who has the session in the calendar now; nobody where it was cancelled."""
    if not account_ids:
        return
    is_off = session.status == _S.CANCELLED
    told = {"sequence": session.sequence, "withdrawn_at": now(db) if is_off else None}
    rows = [{"session_id": session.id, "account_id": one, **told} for one in account_ids]
    known = [SessionInvitee.session_id, SessionInvitee.account_id]
    written_down = insert(SessionInvitee).values(rows)
    await db.execute(written_down.on_conflict_do_update(index_elements=known, set_=told))


@every("*/5 * * * *", "write_of_who_takes_part")
async def write_of_who_takes_part(database: Database, clock: Clock) -> int:
    """Let whoever takes no part in a session any more have it out of the calendar, and in it who
    does by now, or does again; how many letters there were."""
    if not database.info["has_mail"]:
        return 0
    async with database.transaction() as db:
        ids = list(await db.scalars(unsettled(clock.now())))
    return await each(database, ids, _settle)


async def _settle(db: AsyncSession, session_id: UUID) -> int:
    session = await hold_if_unsettled(db, session_id)
    if session is None:
        return 0
    gone = await to_be_told(db, session, is_gone=True)
    back = await to_be_told(db, session, is_gone=False)
    come = await uninvited(db, session)
    invitees = [one for of in (gone, back) for told in of.values() for one in told]
    if any(one.sequence >= session.sequence for one in invitees):
        session.sequence = next_sequence(session)
        detail = {"left": len(gone), "returned": len(back)}
        activity.record(db, scheduler(), "learning_session.people_changed", session, detail=detail)
        await db.flush()
    event, cohorts = event_of(session, takes_part=True), await shared_with(db, session)
    off = replace(event, status=EventStatus.CANCELLED, place=None, link=None)
    for to in gone:
        await _send(db, session, off, cohorts, to)
    for to in (*back, *come):
        await _send(db, session, event, cohorts, to)
    await _note(db, session, [one.account_id for one in come])
    for one in invitees:
        one.sequence = session.sequence
        one.withdrawn_at = now(db) if one.withdrawn_at is None else None
    return len(gone) + len(back) + len(come)


async def _send(
    db: AsyncSession,
    session: LearningSession,
    event: Event,
    cohorts: Sequence[Cohort],
    to: Recipient,
) -> None:
    is_off = event.status == EventStatus.CANCELLED
    takes_part = not is_off or session.status == _S.CANCELLED
    name, address = parseaddr(db.info["mail_from"])
    invited = Invited(to.name, to.email, name or session.cohort.name, address)
    method = Method.CANCEL if is_off else Method.REQUEST
    at = on_the_wall(session.starts_at, session.timezone)
    letter = _LETTER.format(
        name=mail.said(to.name),
        title=mail.said(session.title),
        cohort=listed([mail.said(one.name) for one in cohorts]),
        what=WORDS[session.status] if takes_part else _WITHOUT_YOU,
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
