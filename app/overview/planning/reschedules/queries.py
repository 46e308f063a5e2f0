"""What is due in a cohort."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from app.funding.grants.lifecycle import NOT_YET_OFFERED, GrantStatus, MilestoneStatus
from app.funding.grants.models import Grant, Milestone
from app.network.cohorts.lifecycle import OPEN, TaskStatus
from app.network.cohorts.models import Membership, Task
from app.network.collaborations.models import Collaboration


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


async def grantees(db: AsyncSession, cohort_id: UUID) -> dict[UUID, Collaboration]:
    """The collaboration of each grant of a cohort."""
    statement = select(Grant.id, Collaboration).join(
        Collaboration, Collaboration.id == Grant.collaboration_id
    )
    rows = await db.execute(statement.where(Grant.cohort_id == cohort_id))
    return dict(rows.all())
