"""The milestones whose due dates move together."""

from datetime import date
from uuid import UUID

from sqlalchemy import and_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.funding.grants.lifecycle import IN_FORCE, MilestoneStatus
from app.funding.grants.models import Grant, GrantVersion, Milestone, MilestoneExtension, is_current

EXTENDABLE = (MilestoneStatus.PLANNED, MilestoneStatus.CHANGES_REQUESTED)
"""While a milestone is one of these a report on it is awaited."""


async def to_be_reported(
    db: AsyncSession, *, membership_id: UUID | None = None, cohort_id: UUID | None = None
) -> list[tuple[Milestone, date]]:
    """The milestones of the grants in force of one member, or of a cohort, that a report is awaited
    on, each with the last day of its grant's period; locked, in the order of their ids."""
    of_grant = and_(GrantVersion.grant_id == Grant.id, is_current())
    statement = (
        select(Milestone, GrantVersion.ends_on)
        .join(Grant, Grant.id == Milestone.grant_id)
        .join(GrantVersion, of_grant)
        .where(Grant.status.in_(IN_FORCE), Milestone.status.in_(EXTENDABLE))
        .order_by(Milestone.id)
        .with_for_update(key_share=True, of=Milestone)
        .execution_options(populate_existing=True)
    )
    if membership_id is not None:
        statement = statement.where(Grant.membership_id == membership_id)
    if cohort_id is not None:
        statement = statement.where(Grant.cohort_id == cohort_id)
    return [(milestone, ends_on) for milestone, ends_on in await db.execute(statement)]


async def moved_by(db: AsyncSession, leave_id: UUID) -> set[UUID]:
    """The milestones that a leave has moved."""
    moved = select(MilestoneExtension.milestone_id).where(MilestoneExtension.leave_id == leave_id)
    return set(await db.scalars(moved))
