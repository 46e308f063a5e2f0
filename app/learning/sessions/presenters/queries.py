"""Who presents in which session of a series, and who may."""

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import contains_eager, joinedload

from app.learning.sessions.models import LearningSession, SessionSeries, SittingMember
from app.learning.sessions.presenters.models import Presenter
from app.network.cohorts.lifecycle import MembershipStatus
from app.network.cohorts.models import Membership
from app.people.identity.access import held


async def presenters_of(db: AsyncSession, session_series_id: UUID) -> Sequence[Presenter]:
    """Who presents in the sessions of a series, the earliest first."""
    statement = (
        select(Presenter)
        .join(Presenter.session)
        .where(LearningSession.series_id == session_series_id)
        .order_by(LearningSession.starts_at, LearningSession.id)
        .options(
            contains_eager(Presenter.session),
            joinedload(Presenter.membership).joinedload(Membership.collaboration),
        )
    )
    return list(await db.scalars(statement))


async def who_may_present(db: AsyncSession, cohort_id: UUID) -> Sequence[UUID]:
    """The members of a cohort that are active, the first to join first."""
    statement = (
        select(Membership.id)
        .where(Membership.cohort_id == cohort_id, Membership.status == MembershipStatus.ACTIVE)
        .order_by(Membership.activated_at, Membership.id)
    )
    return list(await db.scalars(statement))


async def who_sits_elsewhere(
    db: AsyncSession, session_ids: Collection[UUID]
) -> Mapping[UUID, Collection[UUID]]:
    """Of each of these sessions the members that attend another of its sittings."""
    statement = select(SittingMember.sitting_of_id, SittingMember.membership_id).where(
        SittingMember.sitting_of_id.in_(session_ids)
    )
    found: dict[UUID, set[UUID]] = {}
    for session_id, membership_id in await db.execute(statement):
        found.setdefault(session_id, set()).add(membership_id)
    return found


async def series_to_present_anew(
    db: AsyncSession, session: LearningSession
) -> SessionSeries | None:
    """The series of a session, held, where who is to present in it attends another sitting."""
    statement = (
        select(SessionSeries)
        .join(Presenter, Presenter.session_id == session.id)
        .join(SittingMember, SittingMember.membership_id == Presenter.membership_id)
        .where(SessionSeries.id == session.series_id, SittingMember.sitting_of_id == session.id)
    )
    return await db.scalar(held(statement, SessionSeries))


async def series_presented_by(db: AsyncSession, membership: Membership) -> Sequence[SessionSeries]:
    """The series in which a member presents, held."""
    presented = select(LearningSession.series_id).join(
        Presenter, Presenter.session_id == LearningSession.id
    )
    presented = presented.where(Presenter.membership_id == membership.id)
    statement = select(SessionSeries).where(SessionSeries.id.in_(presented))
    return list(await db.scalars(held(statement.order_by(SessionSeries.id), SessionSeries)))
