"""Who is told that a cohort is cancelled."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.clock import now
from app.network.cohorts.lifecycle import OPEN, MembershipStatus
from app.network.cohorts.models import Cohort, Membership
from app.people.identity.models import Account, RoleAssignment
from app.people.identity.role_assignments.access import is_valid
from app.people.identity.roles import COLLABORATION


@dataclass(frozen=True)
class Told:
    """Somebody who is told."""

    account_id: UUID
    name: str
    email: str


async def everyone(db: AsyncSession, cohort: Cohort) -> list[Told]:
    """Leads and members of whoever has a place, was offered one, waits for one or has completed,
    each once."""
    return [Told(*row) for row in await db.execute(_people(db, cohort))]


def _people(db: AsyncSession, cohort: Cohort) -> Select[UUID, str, str | None]:
    return (
        select(Account.id, Account.name, Account.email)
        .ext(distinct_on(Account.id))
        .join(RoleAssignment, RoleAssignment.account_id == Account.id)
        .join(Membership, Membership.collaboration_id == RoleAssignment.scope_id)
        .where(
            Membership.cohort_id == cohort.id,
            Membership.status.in_(OPEN | {MembershipStatus.COMPLETED}),
            RoleAssignment.role.in_(COLLABORATION),
            is_valid(now(db)),
            Account.email.is_not(None),
            Account.disabled_at.is_(None),
        )
        .order_by(Account.id)
    )
