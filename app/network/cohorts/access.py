"""Cohorts and memberships, for those who may see them.

The cohort's row is the one lock of all its memberships: whoever changes a membership holds it
first, so that places are counted by one at a time.
"""

from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload, selectinload

from app.kernel.errors import NotFound
from app.network.cohorts.models import Cohort, Membership, Requirement, Task
from app.people.identity.access import Above, Loader, held, reached
from app.people.identity.actors import Actor

MEMBERSHIP_REFS = (
    joinedload(Membership.cohort),
    joinedload(Membership.collaboration),
    selectinload(Membership.pauses),
)


class CohortNotFound(NotFound):
    """There is no such cohort, or none that you may see."""


class MembershipNotFound(NotFound):
    """There is no such membership, or none that you may see."""


class RequirementNotFound(NotFound):
    """There is no such requirement, or none that you may see."""


class TaskNotFound(NotFound):
    """There is no such task, or none that you may see."""


class NoteNotFound(NotFound):
    """There is no such note, or none that you may see."""


async def hold_cohort(
    db: AsyncSession, cohort_id: UUID, *, skip_locked: bool = False
) -> Cohort | None:
    """Lock a cohort's row until the transaction ends, whoever asks, and read it afresh; with
    `skip_locked` None where another holds it."""
    statement = select(Cohort).where(Cohort.id == cohort_id)
    return await db.scalar(held(statement, Cohort, skip_locked=skip_locked))


cohort: Final = Loader(Cohort, "cohort.read", CohortNotFound)
membership: Final = Loader(
    Membership,
    "membership.read",
    MembershipNotFound,
    MEMBERSHIP_REFS,
    above=Above(Membership.cohort_id, hold_cohort),
)
requirement: Final = Loader(
    Requirement,
    "cohort.read",
    RequirementNotFound,
    above=Above(Requirement.cohort_id, hold_cohort),
)
task: Final = Loader(
    Task,
    "membership.read",
    TaskNotFound,
    (joinedload(Task.requirement),),
    above=Above(Membership.cohort_id, hold_cohort, through=Task.membership),
)


async def commons(db: AsyncSession, actor: Actor, cohort_id: UUID, permission: str) -> Cohort:
    """The cohort, for whoever holds `permission` on what it shares: its active members too.

    Raises CohortNotFound for everyone else.
    """
    shared = select(Cohort).where(
        Cohort.id == cohort_id, reached(Cohort.commons_id, actor, permission)
    )
    found = await db.scalar(shared)
    if found is None:
        raise CohortNotFound
    return found
