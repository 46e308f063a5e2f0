"""Milestones: the calendar of obligations, and doing without one."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.funding.grants import access
from app.funding.grants.lifecycle import MILESTONE
from app.funding.grants.milestones.exports import MILESTONES as EXPORT
from app.funding.grants.milestones.schemas import (
    GrantMilestoneQuery,
    MilestoneOut,
    MilestoneQuery,
)
from app.funding.grants.milestones.telling import MILESTONES
from app.funding.grants.models import Milestone
from app.kernel.lifecycle import explain_actions, move
from app.kernel.schemas import ActionsOut
from app.kernel.written import Written
from app.people.identity.access import visible
from app.people.identity.actors import Actor
from app.web.exports import WholeList, whole_list


async def export_milestones(db: AsyncSession, actor: Actor, query: MilestoneQuery) -> WholeList:
    """The milestones that the actor may see, as a table."""
    statement = visible(Milestone, actor, "grant.read").where(*MILESTONES.wanted(query))
    return whole_list(db, EXPORT, statement, query, MILESTONES.sorts, default="due_at")


async def export_grant_milestones(
    db: AsyncSession, actor: Actor, grant_id: UUID, query: GrantMilestoneQuery
) -> WholeList:
    """The milestones of one grant, as a table."""
    grant = await access.grant(db, actor, grant_id)
    statement = visible(Milestone, actor, "grant.read").where(
        Milestone.grant_id == grant.id, *MILESTONES.wanted(query)
    )
    return whole_list(db, EXPORT, statement, query, MILESTONES.sorts, default="due_at")


async def milestones_of(db: AsyncSession, actor: Actor, grant_id: UUID) -> Sequence[Milestone]:
    """The milestones of a grant by due date, for those within the service who go on from them."""
    statement = visible(Milestone, actor, "grant.read").where(Milestone.grant_id == grant_id)
    return (await db.scalars(statement.order_by(Milestone.due_at, Milestone.id))).all()


async def waive_milestone(
    db: AsyncSession, actor: Actor, milestone_id: UUID, *, reason: str, if_match: int | None
) -> Written[MilestoneOut]:
    """Do without a milestone that no money hangs on; it takes two persons.

    Raises SecondPersonRequired (409) for who has endorsed it already.
    """
    milestone = await access.milestone(db, actor, milestone_id, lock=True)
    await move(db, actor, milestone, MILESTONE, "waive", reason=reason, if_match=if_match)
    return await MILESTONES.told_to(db, actor, milestone.id)


async def explain_milestone_actions(
    db: AsyncSession, actor: Actor, milestone_id: UUID
) -> ActionsOut:
    """The moves of a milestone, with what stands in the way of each."""
    milestone = await access.agreed_milestone(db, actor, milestone_id)
    return await explain_actions(db, actor, milestone, MILESTONE)
