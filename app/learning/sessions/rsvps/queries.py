"""Who replies to sessions, for whom, and who takes part no more."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import Select, and_, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import contains_eager, joinedload

from app.kernel.clock import now
from app.kernel.permissions import PERMISSIONS
from app.learning.sessions.access import cohorts_of, is_for
from app.learning.sessions.lifecycle import LearningSessionStatus
from app.learning.sessions.models import LearningSession
from app.learning.sessions.rsvps.lifecycle import MAY_COME
from app.learning.sessions.rsvps.models import Rsvp
from app.learning.sessions.sittings.queries import sits_elsewhere
from app.network.cohorts.lifecycle import MembershipStatus
from app.network.cohorts.models import Membership
from app.people.erasures.personal import Personal, forgets
from app.people.identity.models import Account, RoleAssignment
from app.people.identity.role_assignments.access import held_at
from app.people.identity.roles import COLLABORATION
from app.people.identity.scopes import ScopeClosure

_SAID: Final = (Rsvp.reason, Rsvp.access_needs, Rsvp.dietary_needs)

forgets(
    Personal(
        "rsvps",
        Rsvp,
        lambda who: and_(
            Rsvp.account_id.in_(who.account_ids), or_(*(one.is_not(None) for one in _SAID))
        ),
        lambda _who: {one.key: None for one in _SAID} | {"version": Rsvp.version + 1},
    )
)

TAKES_PART: Final = (MembershipStatus.ACTIVE, MembershipStatus.PAUSED)
"""A member that is one of these takes part in what its cohort shares."""


@dataclass(frozen=True)
class ActsFor:
    """That somebody acts for a member."""

    account_id: UUID
    membership_id: UUID
    collaboration_id: UUID


async def acting_for(
    db: AsyncSession, session: LearningSession, account_ids: Collection[UUID]
) -> Sequence[ActsFor]:
    """For which members that attend a session each of these accounts acts now, the first to join
    first."""
    statement = (
        select(RoleAssignment.account_id, Membership.id, Membership.collaboration_id)
        .distinct()
        .select_from(RoleAssignment)
        .join(Membership, Membership.collaboration_id == RoleAssignment.scope_id)
        .join(Account, Account.id == RoleAssignment.account_id)
        .join(LearningSession, LearningSession.id == session.id)
        .where(
            Account.disabled_at.is_(None),
            Membership.cohort_id.in_(cohorts_of(session.id)),
            ~sits_elsewhere(Membership.id),
            Membership.status.in_(TAKES_PART),
            RoleAssignment.account_id.in_(account_ids),
            RoleAssignment.role.in_(COLLABORATION),
            held_at(RoleAssignment, now(db)),
        )
        .order_by(RoleAssignment.account_id, Membership.id)
    )
    return [ActsFor(*row) for row in await db.execute(statement)]


async def of_person(
    db: AsyncSession, session: LearningSession, account_ids: Collection[UUID]
) -> Rsvp | None:
    """What somebody replied to a session, of which the caller holds the row."""
    statement = select(Rsvp).where(Rsvp.session_id == session.id, Rsvp.account_id.in_(account_ids))
    statement = statement.options(joinedload(Rsvp.session), joinedload(Rsvp.account))
    statement = statement.order_by(Rsvp.created_at).limit(1)
    return await db.scalar(statement.execution_options(populate_existing=True))


def gone(db: AsyncSession) -> Select[Rsvp]:
    """Who said that they may come, and takes part no more: the member that they act for left, a
    role ended, an account was disabled, its cohort is no longer asked, or it attends another
    sitting."""
    person_id = func.coalesce(Account.merged_into_id, Account.id)
    reaches = (
        select(RoleAssignment.id)
        .join(ScopeClosure, ScopeClosure.ancestor_id == RoleAssignment.scope_id)
        .where(
            RoleAssignment.account_id == person_id,
            RoleAssignment.role.in_(PERMISSIONS["rsvp.reply"].held_by),
            held_at(RoleAssignment, now(db)),
            ScopeClosure.descendant_id == Rsvp.session_id,
        )
        .correlate(Rsvp, Account)
        .exists()
    )
    is_disabled = and_(Account.disabled_at.is_not(None), Account.merged_into_id.is_(None))
    has_left = exists().where(
        Membership.id == Rsvp.membership_id,
        LearningSession.id == Rsvp.session_id,
        or_(
            Membership.status.not_in(TAKES_PART),
            ~is_for(Membership.cohort_id, Rsvp.session_id),
            sits_elsewhere(Membership.id),
        ),
    )
    return (
        select(Rsvp)
        .join(Rsvp.account)
        .where(Rsvp.status.in_(MAY_COME), or_(~reaches, is_disabled, has_left))
    )


def coming_for(db: AsyncSession, membership: Membership) -> Select[Rsvp]:
    """Those who said that they may come, for a member, to sessions that are still to come."""
    is_to_come = or_(
        LearningSession.status == LearningSessionStatus.POSTPONED,
        and_(
            LearningSession.status == LearningSessionStatus.SCHEDULED,
            LearningSession.starts_at > now(db),
        ),
    )
    return (
        select(Rsvp)
        .join(Rsvp.session)
        .where(Rsvp.membership_id == membership.id, Rsvp.status.in_(MAY_COME), is_to_come)
        .order_by(LearningSession.starts_at, Rsvp.id)
        .options(contains_eager(Rsvp.session))
    )


async def with_needs(db: AsyncSession, session: LearningSession) -> Sequence[Rsvp]:
    """Those who may come to a session and said what they need, by name."""
    statement = (
        select(Rsvp)
        .join(Rsvp.account)
        .where(
            Rsvp.session_id == session.id,
            Rsvp.status.in_(MAY_COME),
            func.num_nonnulls(Rsvp.access_needs, Rsvp.dietary_needs) > 0,
        )
        .order_by(Account.name_folded, Account.id)
        .options(joinedload(Rsvp.account))
    )
    return list(await db.scalars(statement))
