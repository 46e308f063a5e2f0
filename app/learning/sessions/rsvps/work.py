"""What waits among RSVPs: sessions to reply to, seats that are offered, and what begins soon."""

from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    and_,
    any_,
    case,
    false,
    func,
    literal,
    null,
    or_,
    select,
    union,
)

from app.kernel.db import Instant
from app.kernel.schemas import ActionOut
from app.learning.sessions.lifecycle import LearningSessionStatus
from app.learning.sessions.models import Facilitator, LearningSession
from app.learning.sessions.rsvps.lifecycle import RSVP, RsvpStatus
from app.learning.sessions.rsvps.models import Rsvp
from app.learning.sessions.rsvps.telling import is_asked_again
from app.learning.sessions.sittings.queries import whose_sitting_is_another
from app.people.identity.models import Account, RoleAssignment
from app.people.obligations.register import Branch, Kind, Making, Moving, Side, work
from app.people.obligations.rows import NEVER, Reach, Row, When

_DAY: Final = timedelta(days=1)
_COMES: Final = (RsvpStatus.YES, RsvpStatus.TENTATIVE)


def _unanswered(reach: Reach, waits: Branch) -> Row:
    """Sessions to which the actor has not replied, or not since they were moved; for reminders,
    to which somebody has not."""
    mine = reach.is_mine(LearningSession.id, waits.permission)
    wanted: list[ColumnElement[bool]] = []
    if reach.actor is not None:
        mine = and_(
            mine,
            ~_of(Facilitator, reach).exists(),
            ~_of(Rsvp, reach).where(~is_asked_again()).exists(),
            ~_sit_elsewhere(reach).exists(),
        )
        wanted = [mine]
    row = reach.row(
        (LearningSession.id, null(), LearningSession.title),
        {"cohort_id": LearningSession.cohort_id},
        When(LearningSession.timezone, LearningSession.replies_due_at),
        (LearningSession.id, mine),
        done_by=_who_need_not_reply() if reach.actor is None else None,
    )
    return row.select_from(LearningSession).where(
        LearningSession.status == LearningSessionStatus.SCHEDULED,
        LearningSession.replies_due_at > reach.at,
        *wanted,
    )


def _who_need_not_reply() -> ColumnElement[Any]:
    """The people who lead a session, have replied to it or attend another of its sittings, by the
    accounts that they have now."""
    leads = _people(Facilitator)
    replied = _people(Rsvp).where(~is_asked_again())
    elsewhere = whose_sitting_is_another(Reach.at)
    return func.array(union(leads, replied, elsewhere).scalar_subquery())


def _sit_elsewhere(reach: Reach) -> Any:
    """The actor's accounts whose members attend another sitting of a session."""
    assert reach.actor is not None
    own = RoleAssignment.account_id == any_(reach.actor.persons)
    return whose_sitting_is_another(reach.at).where(own)


def _people(model: Any) -> Any:
    """Whose rows of a session there are."""
    person = func.coalesce(Account.merged_into_id, Account.id)
    rows = select(person).select_from(model).join(Account, Account.id == model.account_id)
    return rows.where(model.session_id == LearningSession.id).correlate(LearningSession)


def _of(model: Any, reach: Reach) -> Any:
    """The actor's rows of a session."""
    assert reach.actor is not None
    own = model.account_id == any_(reach.actor.persons)
    return (
        select(model.id)
        .where(model.session_id == LearningSession.id, own)
        .correlate(LearningSession)
    )


def _offered(reach: Reach, waits: Branch) -> Row:
    """Seats that are offered, while the offer stands."""
    mine: ColumnElement[bool] = false()
    if reach.actor is not None:
        own = Rsvp.account_id == any_(reach.actor.persons)
        mine = and_(own, reach.is_mine(Rsvp.session_id, waits.permission))
    row = reach.row(
        (Rsvp.id, null(), LearningSession.title),
        {"cohort_id": LearningSession.cohort_id},
        When(LearningSession.timezone, Rsvp.offer_expires_at, moment_at=Rsvp.offered_at),
        (Rsvp.session_id, mine),
        person_id=Rsvp.account_id,
    )
    is_shown = or_(mine, reach.sees(Rsvp.session_id, "rsvp.read"))
    return (
        row.select_from(Rsvp)
        .join(LearningSession, LearningSession.id == Rsvp.session_id)
        .where(
            Rsvp.status == RsvpStatus.OFFERED,
            Rsvp.offer_expires_at > reach.at,
            LearningSession.status == LearningSessionStatus.SCHEDULED,
            is_shown,
        )
    )


def _joins(reach: Reach, waits: Branch, *, model: Any) -> Row:
    """Sessions that begin within a day, for who comes or leads: by their rows of `model`."""
    mine: ColumnElement[bool] = false()
    if reach.actor is not None:
        own = model.account_id == any_(reach.actor.persons)
        mine = and_(own, reach.is_mine(LearningSession.id, waits.permission))
    row = reach.row(
        (LearningSession.id, null(), LearningSession.title),
        {"cohort_id": LearningSession.cohort_id},
        When(
            LearningSession.timezone,
            LearningSession.starts_at,
            moment_at=_when_to_remind(model),
        ),
        (LearningSession.id, mine),
        person_id=func.coalesce(Account.merged_into_id, Account.id),
    )
    comes = [Rsvp.status.in_(_COMES), ~is_asked_again()] if model is Rsvp else []
    return (
        row.select_from(model)
        .join(LearningSession, LearningSession.id == model.session_id)
        .join(Account, Account.id == model.account_id)
        .where(
            LearningSession.status == LearningSessionStatus.SCHEDULED,
            LearningSession.starts_at > reach.at,
            LearningSession.starts_at <= reach.at + literal(_DAY),
            *comes,
            *([mine] if reach.actor is not None else []),
        )
    )


def _when_to_remind(model: Any) -> ColumnElement[Any]:
    """A day before, unless whoever comes said so later than that, and knows."""
    day_before = LearningSession.starts_at - literal(_DAY)
    if model is not Rsvp:
        return day_before
    return case((Rsvp.replied_at > day_before, literal(NEVER, Instant)), else_=day_before)


@dataclass(frozen=True)
class _Whereabouts:
    """What waits is to be there: where that is, is read."""

    noun: str = "learning_session"

    def action(self, subject_id: UUID) -> ActionOut:
        return ActionOut(
            name="join",
            operation_id="get_whereabouts",
            method="GET",
            href=f"/v1/learning-sessions/{subject_id}/whereabouts",
            needs_reason=False,
            needs_if_match=False,
        )


_JOINING: Final = Kind(
    "join_session", _Whereabouts(), "Take part in", is_personal=True, is_an_event=True
)

work(
    Branch(_JOINING, "learning_session.attend", Side.GRANTEE, partial(_joins, model=Rsvp)),
    Branch(_JOINING, "learning_session.attend", Side.GRANTEE, partial(_joins, model=Facilitator)),
    Branch(
        Kind(
            "reply_to_session",
            Making("learning_session", "reply", "reply_to_session", "reply"),
            "Say whether you come to",
            is_personal=True,
        ),
        "rsvp.reply",
        Side.GRANTEE,
        _unanswered,
    ),
    Branch(
        Kind("accept_offered_seat", Moving(RSVP, "accept"), "Take the seat that is offered to you"),
        "rsvp.reply",
        Side.GRANTEE,
        _offered,
    ),
)
