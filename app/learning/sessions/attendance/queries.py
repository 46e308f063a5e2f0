"""Who was expected at sessions, and what is known of who came."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.schemas import Ref
from app.learning.sessions.access import cohorts_of
from app.learning.sessions.attendance.expected import people_expected
from app.learning.sessions.attendance.models import Evidence
from app.learning.sessions.models import LearningSession
from app.network.cohorts.models import Cohort, Membership
from app.people.erasures.personal import Personal, forgets
from app.people.identity.models import Account, RoleAssignment
from app.people.identity.roles import COLLABORATION

forgets(
    Personal(
        "attendance",
        Evidence,
        lambda who: and_(Evidence.account_id.in_(who.account_ids), Evidence.reason.is_not(None)),
        lambda _who: {"reason": None},
    )
)


def evidence_of(session_ids: Collection[UUID]) -> Select[Evidence]:
    """What is known of who came, the earliest first."""
    statement = select(Evidence).where(Evidence.session_id.in_(session_ids))
    return statement.order_by(Evidence.joined_at, Evidence.id)


@dataclass(frozen=True)
class Expected:
    """Somebody of whom it was expected that they come, for a member; or a member without people."""

    session_id: UUID
    membership_id: UUID
    collaboration: Ref
    account: Ref | None


async def expected_at(
    db: AsyncSession, session_ids: Collection[UUID], cohort: Cohort
) -> list[Expected]:
    """Who was expected at each session for the members of a cohort, in the order in which these
    joined and by name."""
    statement = people_expected().where(
        LearningSession.id.in_(session_ids), Membership.cohort_id == cohort.id
    )
    statement = statement.order_by(
        Membership.activated_at, Membership.id, Account.name_folded, Account.id
    )
    return [_expected(*row) for row in await db.execute(statement)]


def _expected(session_id: UUID, membership_id: UUID, _activated_at: Any, *named: Any) -> Expected:
    collaboration_id, reference, name, _folded, account_id, account_name = named
    return Expected(
        session_id,
        membership_id,
        Ref(id=collaboration_id, reference=reference, name=name),
        Ref(id=account_id, reference=None, name=account_name) if account_id else None,
    )


async def members_of(
    db: AsyncSession, session: LearningSession, account_ids: Collection[UUID]
) -> Mapping[UUID, UUID]:
    """For which member each of these accounts took part while the session was on: the one that was
    active first. Whoever acted for none is left out."""
    statement = (
        select(RoleAssignment.account_id, Membership.id)
        .ext(distinct_on(RoleAssignment.account_id))
        .select_from(RoleAssignment)
        .join(Membership, Membership.collaboration_id == RoleAssignment.scope_id)
        .where(
            Membership.cohort_id.in_(cohorts_of(session.id)),
            RoleAssignment.account_id.in_(account_ids),
            RoleAssignment.role.in_(COLLABORATION),
            RoleAssignment.voided_at.is_(None),
            RoleAssignment.is_to_come.is_(False),
            _overlaps(session, RoleAssignment.valid_from, RoleAssignment.valid_until),
            _overlaps(session, Membership.activated_at, Membership.ended_at),
        )
        .order_by(RoleAssignment.account_id, Membership.activated_at, Membership.id)
    )
    return dict((await db.execute(statement)).all())


def _overlaps(session: LearningSession, begins: Any, ends: Any) -> ColumnElement[bool]:
    return and_(begins < session.ends_at, or_(ends.is_(None), ends > session.starts_at))
