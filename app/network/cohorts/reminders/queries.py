"""What is to be reminded of, and who speaks for a member."""

from datetime import datetime

from sqlalchemy import Select, exists, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.clock import now
from app.kernel.db import Instant
from app.network.cohorts.access import MEMBERSHIP_REFS
from app.network.cohorts.lifecycle import MembershipStatus
from app.network.cohorts.models import Membership, Reminder, ReminderKind
from app.people.identity.models import Account, RoleAssignment
from app.people.identity.role_assignments.access import is_valid
from app.people.identity.roles import Role


def unanswered_offers(at: datetime) -> Select[Membership]:
    """Offers that have stood half of their time at this instant, of which nobody was reminded
    since they were made (research: cohorts 2.2)."""
    instant = literal(at, Instant)
    reminded = exists().where(
        Reminder.membership_id == Membership.id,
        Reminder.kind == ReminderKind.ANSWER_OFFER,
        Reminder.occasion_at == Membership.offered_at,
    )
    return (
        select(Membership)
        .where(
            Membership.status == MembershipStatus.OFFERED,
            Membership.offer_expires_at > instant,
            instant - Membership.offered_at >= Membership.offer_expires_at - instant,
            ~reminded,
        )
        .options(*MEMBERSHIP_REFS)
    )


async def leads_of(db: AsyncSession, membership: Membership) -> list[Account]:
    """Who speaks for the collaboration now."""
    statement = (
        select(Account)
        .join(RoleAssignment, RoleAssignment.account_id == Account.id)
        .where(
            RoleAssignment.scope_id == membership.collaboration_id,
            RoleAssignment.role == Role.COLLABORATION_LEAD,
            is_valid(now(db)),
            Account.email.is_not(None),
            Account.disabled_at.is_(None),
        )
        .order_by(Account.id)
    )
    return list(await db.scalars(statement))
