"""What is due in a cohort."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased, joinedload

from app.funding.grants.lifecycle import NOT_YET_OFFERED, GrantStatus, MilestoneStatus
from app.funding.grants.models import Grant, Milestone
from app.kernel.clock import now
from app.learning.sessions.access import is_for
from app.learning.sessions.lifecycle import TAKES_TIME, LearningSessionStatus
from app.learning.sessions.models import Facilitator, LearningSession
from app.learning.sessions.queries import sessions_of
from app.learning.sessions.sharing.queries import is_shared
from app.network.cohorts.lifecycle import OPEN, TaskStatus
from app.network.cohorts.models import Cohort, Membership, Task
from app.network.collaborations.models import Collaboration
from app.people.identity.access import held


async def open_tasks(db: AsyncSession, cohort_id: UUID) -> list[Task]:
    """What the members of a cohort have still to do, locked, in the order of their ids."""
    statement = (
        select(Task)
        .join(Membership, Membership.id == Task.membership_id)
        .where(
            Membership.cohort_id == cohort_id,
            Membership.status.in_(OPEN),
            Task.status == TaskStatus.OPEN,
        )
        .order_by(Task.id)
        .options(
            joinedload(Task.requirement),
            joinedload(Task.membership).joinedload(Membership.collaboration),
        )
        .with_for_update(key_share=True, of=Task)
        .execution_options(populate_existing=True)
    )
    return list(await db.scalars(statement))


async def not_signed(db: AsyncSession, cohort_id: UUID) -> list[Milestone]:
    """The milestones of a cohort's grants that are not signed yet."""
    statement = (
        select(Milestone)
        .join(Grant, Grant.id == Milestone.grant_id)
        .where(
            Grant.cohort_id == cohort_id,
            Grant.status.in_((*NOT_YET_OFFERED, GrantStatus.OFFERED)),
            Milestone.status == MilestoneStatus.PLANNED,
        )
        .order_by(Milestone.id)
    )
    return list(await db.scalars(statement))


async def sessions_to_come(db: AsyncSession, cohort: Cohort) -> list[LearningSession]:
    """The sessions of a cohort that are planned and have not begun, held, the earliest first."""
    planned = sessions_of(cohort, (LearningSessionStatus.DRAFT, LearningSessionStatus.SCHEDULED))
    to_come = planned.where(LearningSession.starts_at > now(db))
    return list(await db.scalars(held(to_come, LearningSession)))


async def shared_sessions(db: AsyncSession, cohort: Cohort) -> set[UUID]:
    """The sessions of a cohort that are for others too, which do not move."""
    wanted = sessions_of(cohort).where(is_shared(cohort.id))
    return {one.id for one in await db.scalars(wanted)}


async def leads_elsewhere(
    db: AsyncSession, session: LearningSession, starts_at: datetime, ends_at: datetime
) -> bool:
    """Whether somebody who leads a session leads one at that time that does not move with it: of
    another cohort, or shared with one."""
    leads, other = aliased(Facilitator), aliased(LearningSession)
    moves_along = and_(is_for(session.cohort_id, other.id), ~is_shared(session.cohort_id, other.id))
    elsewhere = (
        select(other.id)
        .join(leads, leads.session_id == other.id)
        .where(
            leads.account_id.in_([one.account_id for one in session.facilitators]),
            ~moves_along,
            other.status.in_(TAKES_TIME),
            other.starts_at < ends_at,
            other.ends_at > starts_at,
        )
    )
    return await db.scalar(elsewhere.limit(1)) is not None


async def grantees(db: AsyncSession, cohort_id: UUID) -> dict[UUID, Collaboration]:
    """The collaboration of each grant of a cohort."""
    statement = select(Grant.id, Collaboration).join(
        Collaboration, Collaboration.id == Grant.collaboration_id
    )
    rows = await db.execute(statement.where(Grant.cohort_id == cohort_id))
    return dict(rows.all())
