"""Cohorts and memberships, for those who may see them.

The cohort's row is the one lock of all its memberships: whoever changes a membership holds it
first, so that places are counted by one at a time.
"""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload, selectinload

from app.kernel.errors import NotFound
from app.network.cohorts.models import Cohort, Membership, Requirement, Task
from app.people.identity.access import obtain, reached
from app.people.identity.actors import Actor

COHORT_REFS = (joinedload(Cohort.programme),)
MEMBERSHIP_REFS = (
    joinedload(Membership.cohort),
    joinedload(Membership.collaboration),
    selectinload(Membership.pauses),
)
TASK_REFS = (
    joinedload(Task.requirement),
    joinedload(Task.membership).joinedload(Membership.cohort),
    joinedload(Task.membership).joinedload(Membership.collaboration),
)


class CohortNotFound(NotFound):
    """There is no such cohort, or none that you may see."""


class MembershipNotFound(NotFound):
    """There is no such membership, or none that you may see."""


class RequirementNotFound(NotFound):
    """There is no such requirement, or none that you may see."""


class TaskNotFound(NotFound):
    """There is no such task, or none that you may see."""


async def cohort(
    db: AsyncSession,
    actor: Actor,
    cohort_id: UUID,
    permission: str = "cohort.read",
    *,
    lock: bool = False,
) -> Cohort:
    """The cohort with its programme. Raises CohortNotFound where `actor` may not see it by
    `permission`."""
    return await obtain(
        db,
        actor,
        Cohort,
        cohort_id,
        permission,
        lock=lock,
        missing=CohortNotFound,
        options=COHORT_REFS,
    )


async def commons(db: AsyncSession, actor: Actor, cohort_id: UUID, permission: str) -> Cohort:
    """The cohort, for whoever holds `permission` on what it shares: its active members too.

    Raises CohortNotFound for everyone else.
    """
    shared = select(Cohort).where(
        Cohort.id == cohort_id, reached(Cohort.commons_id, actor, permission)
    )
    found = await db.scalar(shared.options(*COHORT_REFS))
    if found is None:
        raise CohortNotFound
    return found


async def membership(
    db: AsyncSession,
    actor: Actor,
    membership_id: UUID,
    permission: str = "membership.read",
    *,
    lock: bool = False,
) -> Membership:
    """The membership with its cohort, collaboration and pauses; `lock` holds its cohort too.

    Raises MembershipNotFound where `actor` may not see it by `permission`.
    """
    if lock:
        of_membership = select(Membership.cohort_id).where(Membership.id == membership_id)
        await hold_cohort(db, await db.scalar(of_membership))
    return await obtain(
        db,
        actor,
        Membership,
        membership_id,
        permission,
        lock=lock,
        missing=MembershipNotFound,
        options=MEMBERSHIP_REFS,
    )


async def requirement(
    db: AsyncSession,
    actor: Actor,
    requirement_id: UUID,
    permission: str = "cohort.read",
    *,
    lock: bool = False,
) -> Requirement:
    """The requirement. Raises RequirementNotFound where `actor` may not see it by `permission`."""
    if lock:
        of_requirement = select(Requirement.cohort_id).where(Requirement.id == requirement_id)
        await hold_cohort(db, await db.scalar(of_requirement))
    return await obtain(
        db,
        actor,
        Requirement,
        requirement_id,
        permission,
        lock=lock,
        missing=RequirementNotFound,
    )


async def task(
    db: AsyncSession,
    actor: Actor,
    task_id: UUID,
    permission: str = "membership.read",
    *,
    lock: bool = False,
) -> Task:
    """The task with its requirement and membership; with `lock` the cohort is held too.

    Raises TaskNotFound where `actor` may not see it by `permission`.
    """
    if lock:
        of_task = select(Membership.cohort_id).join(Task).where(Task.id == task_id)
        await hold_cohort(db, await db.scalar(of_task))
    return await obtain(
        db,
        actor,
        Task,
        task_id,
        permission,
        lock=lock,
        missing=TaskNotFound,
        options=TASK_REFS,
    )


async def hold_cohort(db: AsyncSession, cohort_id: UUID | None) -> Cohort | None:
    """Lock a cohort's row until the transaction ends, whoever asks, and read it afresh."""
    statement = select(Cohort).where(Cohort.id == cohort_id).options(*COHORT_REFS)
    statement = statement.with_for_update(key_share=True, of=Cohort)
    return await db.scalar(statement.execution_options(populate_existing=True))
