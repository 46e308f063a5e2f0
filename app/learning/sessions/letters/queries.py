"""Of which sessions letters are due, to whom they go, and who has them in a calendar and takes no
part any more."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select, union
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased, joinedload

from app.kernel.clock import now
from app.learning.sessions.access import cohorts_of
from app.learning.sessions.letters.models import SessionInvitee, SessionLetter
from app.learning.sessions.lifecycle import LearningSessionStatus
from app.learning.sessions.models import Facilitator, LearningSession, SessionCohort
from app.learning.sessions.rsvps.lifecycle import RsvpStatus
from app.learning.sessions.rsvps.models import Rsvp
from app.learning.sessions.sharing.queries import open_to_completed
from app.learning.sessions.sittings.queries import sits_elsewhere, whose_sitting_is_another
from app.network.cohorts.lifecycle import MembershipStatus
from app.network.cohorts.models import Membership
from app.people.erasures.personal import Personal, forgets
from app.people.identity.access import held
from app.people.identity.models import Account, RoleAssignment
from app.people.identity.role_assignments.access import is_valid
from app.people.identity.roles import COLLABORATION
from app.people.identity.scopes import ScopeClosure

forgets(
    Personal(
        "session_invitees",
        SessionInvitee,
        lambda who: SessionInvitee.account_id.in_(who.account_ids),
    )
)

TOLD_OF = (
    LearningSessionStatus.SCHEDULED,
    LearningSessionStatus.POSTPONED,
    LearningSessionStatus.CANCELLED,
)


def due(at: datetime) -> Select[UUID]:
    """The sessions that are still to come and have changed since their people had a letter."""
    return (
        select(LearningSession.id)
        .outerjoin(SessionLetter, SessionLetter.session_id == LearningSession.id)
        .where(
            LearningSession.announced_at.is_not(None),
            LearningSession.status.in_(TOLD_OF),
            LearningSession.ends_at > at,
            LearningSession.sequence > func.coalesce(SessionLetter.sequence, -1),
        )
        .order_by(LearningSession.starts_at, LearningSession.id)
    )


async def hold_if_due(db: AsyncSession, session_id: UUID) -> LearningSession | None:
    """One of these sessions, held, whoever asks; None where another holds it, or has written."""
    statement = select(LearningSession).where(
        LearningSession.id == session_id, LearningSession.id.in_(due(now(db)))
    )
    statement = statement.options(joinedload(LearningSession.cohort))
    return await db.scalar(held(statement, LearningSession, skip_locked=True))


@dataclass(frozen=True)
class Recipient:
    """Somebody who takes part, and can be written to."""

    account_id: UUID
    name: str
    email: str


async def recipients(db: AsyncSession, session: LearningSession) -> list[Recipient]:
    """Who leads the session, the people of the members that are active and attend it rather than
    another of its sittings, and of those that have completed where it is for them too, each once;
    nobody who lets a colleague come instead."""
    leads = select(Facilitator.account_id).where(Facilitator.session_id == session.id)
    acts = (
        select(RoleAssignment.account_id)
        .join(Membership, Membership.collaboration_id == RoleAssignment.scope_id)
        .join(LearningSession, LearningSession.id == session.id)
        .where(
            ~sits_elsewhere(Membership.id),
            or_(
                and_(
                    Membership.cohort_id.in_(cohorts_of(session.id)),
                    Membership.status == MembershipStatus.ACTIVE,
                ),
                Membership.id.in_(open_to_completed(session)),
            ),
            RoleAssignment.role.in_(COLLABORATION),
            is_valid(now(db)),
        )
    )
    statement = (
        select(Account.id, Account.name, Account.email)
        .where(
            Account.id.in_(union(leads, acts)),
            ~_is_represented(Account.id, session.id),
            _can_be_written_to(Account),
        )
        .order_by(Account.id)
    )
    return [Recipient(*row) for row in await db.execute(statement)]


def _can_be_written_to(account: Any) -> ColumnElement[bool]:
    return and_(
        account.email.is_not(None),
        account.disabled_at.is_(None),
        account.address_proved_at.is_not(None),
    )


def _is_represented(account_id: Any, session_id: Any) -> ColumnElement[bool]:
    """Whether somebody has let a colleague have their seat."""
    delegated = exists().where(
        Rsvp.session_id == session_id,
        Rsvp.account_id == account_id,
        Rsvp.status == RsvpStatus.DELEGATED,
    )
    return delegated.correlate_except(Rsvp)


_account, _person = aliased(Account), aliased(Account)


def _is_expected(at: datetime) -> ColumnElement[bool]:
    """Whether the person of an invitee leads the session, or acts for a member, as it stands in the
    graph, that takes part in it or is on leave, and attends no other of its sittings."""
    leads = exists().where(
        Facilitator.session_id == SessionInvitee.session_id, Facilitator.account_id == _person.id
    )
    acts = (
        select(RoleAssignment.id)
        .join(ScopeClosure, ScopeClosure.ancestor_id == RoleAssignment.scope_id)
        .where(
            RoleAssignment.account_id == _person.id,
            RoleAssignment.role.in_(COLLABORATION),
            is_valid(at),
            ScopeClosure.descendant_id == SessionInvitee.session_id,
        )
        .correlate_except(RoleAssignment, ScopeClosure)
        .exists()
    )
    represented = _is_represented(_person.id, SessionInvitee.session_id)
    attends = and_(acts, ~represented, _person.id.not_in(whose_sitting_is_another(at)))
    return or_(leads.correlate_except(Facilitator), attends)


def _is_to_be_told(at: datetime, *, is_gone: bool) -> ColumnElement[bool]:
    """Whether an invitee has a session in the calendar in which the person takes no part any more;
    or the other way round."""
    off = LearningSession.status == LearningSessionStatus.CANCELLED
    if is_gone:
        return and_(SessionInvitee.withdrawn_at.is_(None), or_(off, ~_is_expected(at)))
    return and_(SessionInvitee.withdrawn_at.is_not(None), ~off, _is_expected(at))


def _invitees(*columns: Any) -> Select[*tuple[Any, ...]]:
    """Those whose persons can be written to, of sessions that people have letters of."""
    return (
        select(*columns)
        .join(LearningSession, LearningSession.id == SessionInvitee.session_id)
        .join(_account, _account.id == SessionInvitee.account_id)
        .join(_person, _person.id == func.coalesce(_account.merged_into_id, _account.id))
        .where(LearningSession.status.in_(TOLD_OF), _can_be_written_to(_person))
    )


def _newcomers(at: datetime) -> Select[UUID]:
    """The sessions still to come of which their people have letters, and in which somebody takes
    part by now who has none: who joined since, or whose member attends another sitting than it
    did."""
    invited = aliased(Account)
    has_letter = (
        select(SessionInvitee.session_id)
        .join(invited, invited.id == SessionInvitee.account_id)
        .where(
            SessionInvitee.session_id == LearningSession.id,
            func.coalesce(invited.merged_into_id, invited.id) == Account.id,
        )
        .correlate(LearningSession, Account)
        .exists()
    )
    return (
        select(LearningSession.id)
        .join(SessionLetter, SessionLetter.session_id == LearningSession.id)
        .join(SessionCohort, SessionCohort.session_id == LearningSession.id)
        .join(Membership, Membership.cohort_id == SessionCohort.cohort_id)
        .join(RoleAssignment, RoleAssignment.scope_id == Membership.collaboration_id)
        .join(Account, Account.id == RoleAssignment.account_id)
        .where(
            LearningSession.status == LearningSessionStatus.SCHEDULED,
            LearningSession.ends_at > at,
            SessionLetter.said.is_not(None),
            Membership.status == MembershipStatus.ACTIVE,
            ~sits_elsewhere(Membership.id),
            RoleAssignment.role.in_(COLLABORATION),
            is_valid(at),
            _can_be_written_to(Account),
            ~_is_represented(Account.id, LearningSession.id),
            ~has_letter,
        )
    )


def unsettled(at: datetime) -> Select[UUID]:
    """The sessions still to come that somebody has in the calendar who takes no part any more, or
    has not who does by now, or does again."""
    either = (_is_to_be_told(at, is_gone=one) for one in (True, False))
    found = _invitees(SessionInvitee.session_id).where(LearningSession.ends_at > at, or_(*either))
    either_way = union(found, _newcomers(at)).subquery()
    return select(either_way.c.session_id).order_by(either_way.c.session_id)


async def hold_if_unsettled(db: AsyncSession, session_id: UUID) -> LearningSession | None:
    """One of these sessions, held; None where another holds it, or has written."""
    statement = select(LearningSession).where(
        LearningSession.id == session_id, LearningSession.id.in_(unsettled(now(db)).order_by(None))
    )
    statement = statement.options(joinedload(LearningSession.cohort))
    return await db.scalar(held(statement, LearningSession, skip_locked=True))


async def to_be_told(
    db: AsyncSession, session: LearningSession, *, is_gone: bool
) -> dict[Recipient, list[SessionInvitee]]:
    """Who is to hear that they take no part any more, or do again, and as whom they had letters."""
    statement = _invitees(SessionInvitee, _person.id, _person.name, _person.email).where(
        SessionInvitee.session_id == session.id, _is_to_be_told(now(db), is_gone=is_gone)
    )
    found: dict[Recipient, list[SessionInvitee]] = {}
    for invitee, *person in await db.execute(statement.order_by(_person.id)):
        found.setdefault(Recipient(*person), []).append(invitee)
    return found


async def uninvited(db: AsyncSession, session: LearningSession) -> list[Recipient]:
    """Who takes part in a session that takes place, and never had a letter of it."""
    if session.status != LearningSessionStatus.SCHEDULED:
        return []
    statement = (
        select(func.coalesce(Account.merged_into_id, Account.id))
        .join(SessionInvitee, SessionInvitee.account_id == Account.id)
        .where(SessionInvitee.session_id == session.id)
    )
    invited = set(await db.scalars(statement))
    return [one for one in await recipients(db, session) if one.account_id not in invited]
