"""The people of the members of a cohort that the caller has obtained."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from app.kernel.clock import now
from app.network.cohorts.lifecycle import MembershipStatus
from app.network.cohorts.models import Cohort, Membership
from app.people.identity.models import Account, RoleAssignment
from app.people.identity.role_assignments.access import is_valid
from app.people.identity.roles import Role


@dataclass(frozen=True)
class Person:
    """Somebody's part in a collaboration."""

    id: UUID
    name: str
    role: Role


def members(cohort: Cohort) -> Select[Membership]:
    """The members that take part in the cohort or are on leave from it."""
    return (
        select(Membership)
        .where(
            Membership.cohort_id == cohort.id,
            Membership.status.in_((MembershipStatus.ACTIVE, MembershipStatus.PAUSED)),
        )
        .options(joinedload(Membership.collaboration))
    )


async def people_of(
    db: AsyncSession, collaboration_ids: Collection[UUID]
) -> Mapping[UUID, list[Person]]:
    """Who holds a role on each of these collaborations now, by name, in one statement."""
    at = now(db)
    statement = (
        select(RoleAssignment.scope_id, Account.id, Account.name, RoleAssignment.role)
        .join(Account, Account.id == RoleAssignment.account_id)
        .where(
            RoleAssignment.scope_id.in_(collaboration_ids),
            RoleAssignment.role.in_((Role.COLLABORATION_LEAD, Role.COLLABORATION_MEMBER)),
            is_valid(at),
            Account.disabled_at.is_(None),
        )
        .order_by(Account.name_folded, Account.id, RoleAssignment.role)
    )
    found: dict[UUID, list[Person]] = defaultdict(list)
    for collaboration_id, account_id, name, role in await db.execute(statement):
        found[collaboration_id].append(Person(account_id, name, role))
    return found
