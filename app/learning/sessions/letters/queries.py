"""Of which sessions letters are due, and to whom they go."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, and_, func, or_, select, union
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from app.kernel.clock import now
from app.learning.sessions.access import cohorts_of
from app.learning.sessions.letters.models import SessionLetter
from app.learning.sessions.lifecycle import LearningSessionStatus
from app.learning.sessions.models import Facilitator, LearningSession
from app.learning.sessions.sharing.queries import open_to_completed
from app.network.cohorts.lifecycle import MembershipStatus
from app.network.cohorts.models import Membership
from app.people.identity.access import held
from app.people.identity.models import Account, RoleAssignment
from app.people.identity.role_assignments.access import is_valid
from app.people.identity.roles import COLLABORATION

TOLD_OF = (
    LearningSessionStatus.SCHEDULED,
    LearningSessionStatus.POSTPONED,
    LearningSessionStatus.CANCELLED,
)


def due(at: datetime) -> Select[UUID]:
    """The sessions that are still to come and have changed since their people had a letter."""
    return (
        select(LearningSession.id)
        .outerjoin(SessionLetter, SessionLetter.session_id == LearningSession.id)
        .where(
            LearningSession.announced_at.is_not(None),
            LearningSession.status.in_(TOLD_OF),
            LearningSession.ends_at > at,
            LearningSession.sequence > func.coalesce(SessionLetter.sequence, -1),
        )
        .order_by(LearningSession.starts_at, LearningSession.id)
    )


async def hold_if_due(db: AsyncSession, session_id: UUID) -> LearningSession | None:
    """One of these sessions, held, whoever asks; None where another holds it, or has written."""
    statement = select(LearningSession).where(
        LearningSession.id == session_id, LearningSession.id.in_(due(now(db)))
    )
    statement = statement.options(joinedload(LearningSession.cohort))
    return await db.scalar(held(statement, LearningSession, skip_locked=True))


@dataclass(frozen=True)
class Recipient:
    """Somebody who takes part, and can be written to."""

    account_id: UUID
    name: str
    email: str


async def recipients(db: AsyncSession, session: LearningSession) -> list[Recipient]:
    """Who leads the session, the people of the members that are active, and of those that have
    completed where it is for them too, each once."""
    leads = select(Facilitator.account_id).where(Facilitator.session_id == session.id)
    acts = (
        select(RoleAssignment.account_id)
        .join(Membership, Membership.collaboration_id == RoleAssignment.scope_id)
        .where(
            or_(
                and_(
                    Membership.cohort_id.in_(cohorts_of(session.id)),
                    Membership.status == MembershipStatus.ACTIVE,
                ),
                Membership.id.in_(open_to_completed(session)),
            ),
            RoleAssignment.role.in_(COLLABORATION),
            is_valid(now(db)),
        )
    )
    statement = (
        select(Account.id, Account.name, Account.email)
        .where(
            Account.id.in_(union(leads, acts)),
            Account.email.is_not(None),
            Account.disabled_at.is_(None),
            Account.address_proved_at.is_not(None),
        )
        .order_by(Account.id)
    )
    return [Recipient(*row) for row in await db.execute(statement)]
