"""Which sessions calendars show, and how much of each."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.clock import now
from app.learning.sessions.access import is_for
from app.learning.sessions.calendars.icalendars import Event, EventStatus
from app.learning.sessions.letters.models import SessionInvitee
from app.learning.sessions.lifecycle import LearningSessionStatus
from app.learning.sessions.models import Facilitator, LearningSession, SessionCohort
from app.learning.sessions.rsvps.lifecycle import RsvpStatus
from app.learning.sessions.rsvps.models import Rsvp
from app.learning.sessions.sittings.queries import is_in_sittings, whose_sitting_is_another
from app.network.cohorts.models import Cohort
from app.people.identity.access import reached, seen
from app.people.identity.actors import Actor
from app.people.identity.models import RoleAssignment

CANCELLED_FOR: Final = timedelta(days=30)
"""How long what was cancelled is still told, so that everybody's calendar has heard of it."""

PAST_FOR: Final = timedelta(days=366)
"""How long what is over is still told."""

_S = LearningSessionStatus
_AS: Final = {
    _S.SCHEDULED: EventStatus.CONFIRMED,
    _S.POSTPONED: EventStatus.TENTATIVE,
    _S.LIVE: EventStatus.CONFIRMED,
    _S.HELD: EventStatus.CONFIRMED,
    _S.CANCELLED: EventStatus.CANCELLED,
}


def is_told(at: datetime) -> ColumnElement[bool]:
    """Whether a session was announced, and is neither long over nor cancelled long ago."""
    return and_(
        LearningSession.announced_at.is_not(None),
        LearningSession.ends_at > at - PAST_FOR,
        or_(
            LearningSession.cancelled_at.is_(None),
            LearningSession.cancelled_at > at - CANCELLED_FOR,
        ),
    )


async def events_of(
    db: AsyncSession, actor: Actor, *, cohort_id: UUID | None = None
) -> list[Event]:
    """The sessions that somebody may see, of one cohort if one is named; with where they are, as
    far as they take part in them. Of several sittings of a session their own alone, unless they are
    asked about a cohort."""
    takes_part = reached(LearningSession.id, actor, "learning_session.attend")
    statement = seen(LearningSession, actor, "learning_session.read").where(is_told(now(db)))
    if cohort_id is not None:
        statement = statement.where(is_for(cohort_id))
    else:
        statement = statement.where(~_is_of_another_sitting(actor, now(db)))
    return _events(await db.execute(statement.add_columns(takes_part)))


def _is_of_another_sitting(actor: Actor, at: datetime) -> ColumnElement[bool]:
    """Whether the members for which the actor acts attend another sitting of a session, which they
    neither lead nor run. One that was cancelled is told to those who were to attend it."""
    own = RoleAssignment.account_id.in_(actor.persons)
    elsewhere = whose_sitting_is_another(at).where(own).exists()
    runs = reached(LearningSession.id, actor, "learning_session.edit")
    return and_(is_in_sittings(), elsewhere, ~runs, ~_leads(actor), ~_was_theirs(actor))


def _was_theirs(actor: Actor) -> ColumnElement[bool]:
    """Whether a session that was cancelled is in the actor's calendar by letter, or replied to."""
    invited = exists().where(
        SessionInvitee.session_id == LearningSession.id,
        SessionInvitee.account_id.in_(actor.persons),
    )
    replied = exists().where(
        Rsvp.session_id == LearningSession.id,
        Rsvp.account_id.in_(actor.persons),
        Rsvp.status != RsvpStatus.NO,
    )
    either = or_(invited.correlate_except(SessionInvitee), replied.correlate_except(Rsvp))
    return and_(LearningSession.status == LearningSessionStatus.CANCELLED, either)


def _leads(actor: Actor) -> ColumnElement[bool]:
    leads = exists().where(
        Facilitator.session_id == LearningSession.id, Facilitator.account_id.in_(actor.persons)
    )
    return leads.correlate_except(Facilitator)


async def public_events_of(db: AsyncSession, programme_id: UUID) -> list[Event]:
    """The sessions of a programme of which anybody is told, without where they are."""
    in_programme = (
        select(SessionCohort.session_id)
        .join(Cohort, Cohort.id == SessionCohort.cohort_id)
        .where(Cohort.programme_id == programme_id)
    )
    statement = select(LearningSession, literal(value=False)).where(
        LearningSession.id.in_(in_programme),
        LearningSession.is_public,
        is_told(now(db)),
    )
    return _events(await db.execute(statement))


def _events(rows: Iterable[Any]) -> list[Event]:
    return [event_of(session, takes_part=takes_part) for session, takes_part in rows]


def event_of(session: LearningSession, *, takes_part: bool) -> Event:
    """A session as calendars show it; where it is, for who takes part."""
    return Event(
        uid=str(session.id),
        sequence=session.sequence,
        status=_AS[session.status],
        starts_at=session.starts_at,
        ends_at=session.ends_at,
        timezone=session.timezone,
        title=session.title,
        purpose=session.purpose,
        kind=session.kind,
        place=session.place if takes_part else None,
        link=session.link if takes_part else None,
        created_at=session.created_at,
        updated_at=session.updated_at,
    )
