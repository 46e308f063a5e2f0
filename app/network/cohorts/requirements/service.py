"""What is done with requirements."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel import activity
from app.kernel.editing import amend
from app.kernel.errors import Conflict, constraint
from app.kernel.written import Written
from app.network.cohorts import access
from app.network.cohorts.lifecycle import CohortStatus
from app.network.cohorts.models import Requirement
from app.network.cohorts.queries import has_been_given, members_at_stage
from app.network.cohorts.requirements.schemas import (
    CreateRequirement,
    EditRequirement,
    RequirementOut,
)
from app.network.cohorts.requirements.telling import REQUIREMENTS
from app.network.cohorts.service import CohortEnded
from app.network.cohorts.tasks.service import give_task
from app.people.identity.actors import Actor


class RequirementKeyTaken(Conflict):
    """Another requirement of the cohort has this key."""


class RequirementInUse(Conflict):
    """Members have been given this requirement. Make it `is_required: false`, or waive it."""


constraint("uq_cohort_requirements_cohort_id_key", RequirementKeyTaken, "/key")


async def create_requirement(
    db: AsyncSession, actor: Actor, cohort_id: UUID, body: CreateRequirement
) -> Written[RequirementOut]:
    """Ask something of every member: of those at the stage at once, of others when they come."""
    cohort = await access.cohort.allowing(db, actor, cohort_id, "cohort.edit", lock=True)
    if cohort.status in (CohortStatus.CLOSED, CohortStatus.CANCELLED):
        raise CohortEnded
    requirement = Requirement(cohort_id=cohort.id, **body.model_dump())
    db.add(requirement)
    await db.flush()
    activity.record(db, actor, "requirement.created", requirement)
    await db.flush()
    await _give_to_those_at_stage(db, actor, requirement)
    return await REQUIREMENTS.told_to(db, actor, requirement.id)


async def _give_to_those_at_stage(db: AsyncSession, actor: Actor, requirement: Requirement) -> None:
    members = await members_at_stage(db, requirement)
    await actor.reach(db, [membership.id for membership in members])
    for membership in members:
        await give_task(db, actor, membership, requirement)


async def edit_requirement(
    db: AsyncSession,
    actor: Actor,
    requirement_id: UUID,
    body: EditRequirement,
    *,
    if_match: int | None,
) -> Written[RequirementOut]:
    """Change what is asked; the due dates that members were given stay."""
    requirement = await access.requirement.to_change(
        db, actor, requirement_id, "cohort.edit", if_match=if_match
    )
    changed = amend(requirement, body.model_dump())
    if changed:
        activity.record(db, actor, "requirement.edited", requirement, detail=changed)
    return await REQUIREMENTS.told_to(db, actor, requirement.id)


async def delete_requirement(
    db: AsyncSession, actor: Actor, requirement_id: UUID, *, if_match: int | None
) -> None:
    """Take back a requirement that no member has been given."""
    requirement = await access.requirement.to_change(
        db, actor, requirement_id, "cohort.edit", if_match=if_match
    )
    if await has_been_given(db, requirement):
        raise RequirementInUse
    activity.record(db, actor, "requirement.deleted", requirement)
    await db.delete(requirement)
    await db.flush()
