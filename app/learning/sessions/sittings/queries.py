"""Which member attends which sitting of a session."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload, selectinload

from app.learning.sessions.access import cohorts_of
from app.learning.sessions.lifecycle import LearningSessionStatus
from app.learning.sessions.models import LearningSession, SittingMember
from app.network.cohorts.lifecycle import LIVE
from app.network.cohorts.models import Membership
from app.people.identity.access import held
from app.people.identity.models import RoleAssignment
from app.people.identity.role_assignments.access import is_valid
from app.people.identity.roles import COLLABORATION
from app.people.identity.scopes import ScopeClosure


def sits_elsewhere(membership_id: Any, session: Any = LearningSession) -> ColumnElement[bool]:
    """Whether a member attends another sitting of a session: of the first, where it was placed in
    one of the others; of those, unless it was placed in this."""
    its = exists().where(SittingMember.membership_id == membership_id)
    is_placed = its.where(SittingMember.sitting_of_id == session.id)
    is_here = its.where(SittingMember.session_id == session.id)
    return case(
        (session.sitting_of_id.is_(None), is_placed.correlate_except(SittingMember)),
        else_=~is_here.correlate_except(SittingMember),
    )


def whose_sitting_is_another(at: Any) -> Select[UUID]:
    """The accounts that act for members of a session which attend another of its sittings, and for
    none that attends this one; of the session of the statement around it."""
    acts = (
        select(RoleAssignment.account_id)
        .join(Membership, Membership.collaboration_id == RoleAssignment.scope_id)
        .join(ScopeClosure, ScopeClosure.ancestor_id == Membership.id)
        .where(
            RoleAssignment.role.in_(COLLABORATION),
            is_valid(at),
            ScopeClosure.descendant_id == LearningSession.id,
        )
    )
    elsewhere = acts.where(sits_elsewhere(Membership.id))
    here = acts.where(~sits_elsewhere(Membership.id)).correlate(LearningSession)
    return elsewhere.where(RoleAssignment.account_id.not_in(here)).correlate(LearningSession)


def is_in_sittings() -> ColumnElement[bool]:
    """Whether a session has more than one sitting."""
    placed = exists().where(SittingMember.sitting_of_id == LearningSession.id)
    return or_(LearningSession.sitting_of_id.is_not(None), placed.correlate_except(SittingMember))


async def is_of_another(
    db: AsyncSession, session_id: UUID, account_ids: Collection[UUID], at: Any
) -> bool:
    """Whether somebody acts for members of a session that attend another of its sittings alone."""
    statement = select(LearningSession.id).where(
        LearningSession.id == session_id,
        and_(is_in_sittings(), _is_one_of(account_ids, at)),
    )
    return await db.scalar(statement) is not None


def _is_one_of(account_ids: Collection[UUID], at: Any) -> ColumnElement[bool]:
    theirs = whose_sitting_is_another(at).where(RoleAssignment.account_id.in_(account_ids))
    return theirs.exists()


async def sittings_of(db: AsyncSession, first_id: UUID) -> Sequence[LearningSession]:
    """Every sitting of a session, the first too, held in one order."""
    statement = (
        select(LearningSession)
        .where(or_(LearningSession.id == first_id, LearningSession.sitting_of_id == first_id))
        .order_by(LearningSession.id)
        .options(joinedload(LearningSession.cohort), selectinload(LearningSession.facilitators))
    )
    return list(await db.scalars(held(statement, LearningSession)))


async def other_sittings_of(
    db: AsyncSession, session: LearningSession, statuses: Collection[LearningSessionStatus]
) -> Sequence[LearningSession]:
    """The other sittings of a session that are one of these, held in one order."""
    first_id = session.sitting_of_id or session.id
    is_sitting = or_(LearningSession.id == first_id, LearningSession.sitting_of_id == first_id)
    statement = (
        select(LearningSession)
        .where(is_sitting, LearningSession.id != session.id, LearningSession.status.in_(statuses))
        .order_by(LearningSession.id)
        .options(joinedload(LearningSession.cohort), selectinload(LearningSession.facilitators))
    )
    return list(await db.scalars(held(statement, LearningSession)))


async def placed_in(db: AsyncSession, first_id: UUID) -> dict[UUID, SittingMember]:
    """Where each member was placed that attends another sitting than the first."""
    rows = await db.scalars(select(SittingMember).where(SittingMember.sitting_of_id == first_id))
    return {one.membership_id: one for one in rows}


async def members_to_place(
    db: AsyncSession, session: LearningSession, wanted: Sequence[UUID]
) -> dict[UUID, Membership]:
    """Those of these members that take part in a session, or will; or that did, of one that was
    held."""
    takes_part: ColumnElement[bool] = Membership.status.in_(LIVE)
    if session.status == LearningSessionStatus.HELD:
        takes_part = or_(takes_part, Membership.ended_at > session.starts_at)
    statement = (
        select(Membership)
        .where(
            Membership.id.in_(wanted),
            Membership.cohort_id.in_(cohorts_of(session.id)),
            takes_part,
        )
        .options(joinedload(Membership.collaboration))
    )
    return {one.id: one for one in await db.scalars(statement)}


async def references_of(db: AsyncSession, membership_ids: Collection[UUID]) -> list[str]:
    """The references of the collaborations of these members, by the alphabet."""
    statement = (
        select(Membership)
        .where(Membership.id.in_(membership_ids))
        .options(joinedload(Membership.collaboration))
    )
    return sorted(one.collaboration.reference for one in await db.scalars(statement))
