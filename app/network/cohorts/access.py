"""Cohorts and memberships, for those who may see them.

The cohort's row is the one lock of all its memberships: whoever changes a membership holds it
first, so that places are counted by one at a time.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload, selectinload

from app.kernel.errors import NotFound
from app.network.cohorts.models import Cohort, Membership, Requirement, Task
from app.people.identity.access import Loader, Model, held, reached
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


@dataclass(frozen=True)
class InCohort(Loader[Model]):
    """How something of a cohort is obtained: with `lock` its cohort is held first."""

    cohort_of: Callable[[Select[Any]], Select[UUID]] = field(kw_only=True)
    """The id of the cohort that what was selected lies in."""

    async def hold_above(self, db: AsyncSession, wanted: Select[Model]) -> None:
        cohort_id = await db.scalar(self.cohort_of(wanted))
        if cohort_id is None:
            raise self.missing
        await hold_cohort(db, cohort_id)


async def hold_cohort(
    db: AsyncSession, cohort_id: UUID, *, skip_locked: bool = False
) -> Cohort | None:
    """Lock a cohort's row until the transaction ends, whoever asks, and read it afresh; with
    `skip_locked` None where another holds it."""
    statement = select(Cohort).where(Cohort.id == cohort_id)
    return await db.scalar(held(statement, Cohort, skip_locked=skip_locked))


cohort: Final = Loader(Cohort, "cohort.read", CohortNotFound)
membership: Final = InCohort(
    Membership,
    "membership.read",
    MembershipNotFound,
    MEMBERSHIP_REFS,
    cohort_of=lambda seen: seen.with_only_columns(Membership.cohort_id),
)
requirement: Final = InCohort(
    Requirement,
    "cohort.read",
    RequirementNotFound,
    cohort_of=lambda seen: seen.with_only_columns(Requirement.cohort_id),
)
task: Final = InCohort(
    Task,
    "membership.read",
    TaskNotFound,
    (joinedload(Task.requirement),),
    cohort_of=lambda seen: seen.join(Task.membership).with_only_columns(Membership.cohort_id),
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
