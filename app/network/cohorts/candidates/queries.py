"""Who takes part in a candidate that the caller has obtained, as its own people say, and who leads
it."""

from collections.abc import Sequence

from sqlalchemy import Text, cast, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from app.kernel.activity import Activity
from app.kernel.clock import now
from app.network.cohorts.models import Membership
from app.network.collaborations.models import Participant
from app.people.identity.models import Account, RoleAssignment
from app.people.identity.role_assignments.access import is_valid
from app.people.identity.roles import COLLABORATION, Role


async def own_participants(db: AsyncSession, membership: Membership) -> Sequence[Participant]:
    """The organisations that take part now and were written down by somebody who led or worked in
    the collaboration at that time: what other cohorts wrote is theirs."""
    by_its_people = (
        select(Activity.position)
        .join(RoleAssignment, RoleAssignment.account_id == Activity.account_id)
        .where(
            Activity.subject_id == membership.collaboration_id,
            Activity.verb == "collaboration.participant_added",
            Activity.detail["participant_id"].astext == cast(Participant.id, Text),
            RoleAssignment.scope_id == membership.collaboration_id,
            RoleAssignment.role.in_(COLLABORATION),
            RoleAssignment.valid_from <= Activity.occurred_at,
            or_(
                RoleAssignment.valid_until.is_(None),
                RoleAssignment.valid_until > Activity.occurred_at,
            ),
        )
    )
    statement = (
        select(Participant)
        .where(
            Participant.collaboration_id == membership.collaboration_id,
            Participant.ended_on.is_(None),
            by_its_people.exists(),
        )
        .order_by(Participant.since_on, Participant.id)
    )
    return (await db.scalars(statement.options(joinedload(Participant.organisation)))).all()


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
