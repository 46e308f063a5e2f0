"""Who is to be told, as that stands now."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import Select, literal, or_, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.clock import now
from app.network.cohorts.announcements.lifecycle import AnnouncementStatus
from app.network.cohorts.announcements.models import Announcement, Audience
from app.network.cohorts.lifecycle import MembershipStatus
from app.network.cohorts.models import Cohort, Membership
from app.people.identity.models import Account, RoleAssignment
from app.people.identity.role_assignments.access import is_valid
from app.people.identity.roles import Role

TOLD: Final = {
    Audience.MEMBERS: (Role.COLLABORATION_LEAD, Role.COLLABORATION_MEMBER),
    Audience.LEADS: (Role.COLLABORATION_LEAD,),
    Audience.JOINING: (Role.COLLABORATION_LEAD, Role.COLLABORATION_MEMBER),
}
_TAKING_PART: Final = (MembershipStatus.ACTIVE, MembershipStatus.PAUSED)
STANDING: Final = {
    Audience.MEMBERS: _TAKING_PART,
    Audience.LEADS: _TAKING_PART,
    Audience.JOINING: (MembershipStatus.ACCEPTED, MembershipStatus.ONBOARDING),
}


@dataclass(frozen=True)
class Recipient:
    """Somebody who is to be told."""

    account_id: UUID
    name: str
    email: str
    membership_id: UUID


def scheduled(cohort: Cohort) -> Select[Announcement]:
    """The announcements of a cohort that are still to be sent, the next first."""
    statement = select(Announcement).where(
        Announcement.cohort_id == cohort.id, Announcement.status == AnnouncementStatus.SCHEDULED
    )
    return statement.order_by(Announcement.publish_at, Announcement.id)


async def recipients(db: AsyncSession, announcement: Announcement) -> list[Recipient]:
    """Everyone of the audience now, each once, in however many members they work."""
    statement = (
        select(Account.id, Account.name, Account.email, Membership.id)
        .ext(distinct_on(Account.id))
        .join(RoleAssignment, RoleAssignment.account_id == Account.id)
        .join(Membership, Membership.collaboration_id == RoleAssignment.scope_id)
        .where(
            Membership.cohort_id == announcement.cohort_id,
            Membership.status.in_(STANDING[announcement.audience]),
            or_(
                literal(announcement.membership_id is None),
                Membership.id == announcement.membership_id,
            ),
            RoleAssignment.role.in_(TOLD[announcement.audience]),
            is_valid(now(db)),
            Account.email.is_not(None),
            Account.disabled_at.is_(None),
        )
        .order_by(Account.id, Membership.id)
    )
    return [Recipient(*row) for row in await db.execute(statement)]
