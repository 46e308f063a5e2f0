"""What a cohort knows of a member now: of memberships that the caller holds or has obtained."""

from typing import Any, Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload, selectinload

from app.kernel.clock import now
from app.network.cohorts.last_known.models import LastKnown, LastKnownPerson
from app.network.cohorts.models import Membership
from app.network.collaborations.access import people
from app.network.collaborations.learnings.models import Learning
from app.network.collaborations.models import Participant
from app.people.erasures.personal import Personal, forgets
from app.people.identity.models import RoleAssignment
from app.people.identity.roles import COLLABORATION

forgets(
    Personal(
        "last_known_people",
        LastKnownPerson,
        lambda who: LastKnownPerson.account_id.in_(who.account_ids),
    )
)

LEARNT: Final = ("id", "title", "summary", "url", "licence", "audience", "shared_on")


async def kept(db: AsyncSession, membership_id: UUID) -> LastKnown | None:
    """What was kept when a membership last ended, with the people of then; None for nothing."""
    statement = select(LastKnown).where(LastKnown.membership_id == membership_id)
    return await db.scalar(statement.options(selectinload(LastKnown.people)))


async def participants(db: AsyncSession, membership: Membership) -> list[dict[str, Any]]:
    """The organisations that take part or took part, those that came first at the top."""
    statement = (
        select(Participant)
        .where(Participant.collaboration_id == membership.collaboration_id)
        .options(joinedload(Participant.organisation))
        .order_by(Participant.since_on, Participant.id)
    )
    return [
        {
            "organisation": {
                "id": str(one.organisation_id),
                "reference": None,
                "name": one.organisation.name,
            },
            "role": one.role.value,
            "since_on": one.since_on.isoformat(),
            "ended_on": one.ended_on and one.ended_on.isoformat(),
        }
        for one in await db.scalars(statement)
    ]


async def learnings(db: AsyncSession, membership: Membership) -> list[dict[str, Any]]:
    """What it has shared of what it learnt, the first first."""
    statement = (
        select(Learning)
        .where(Learning.collaboration_id == membership.collaboration_id)
        .order_by(Learning.shared_on, Learning.id)
    )
    return [
        {
            name: value if value is None or isinstance(value, str) else str(value)
            for name in LEARNT
            for value in (getattr(one, name),)
        }
        for one in await db.scalars(statement)
    ]


async def leads_and_members(db: AsyncSession, membership: Membership) -> list[RoleAssignment]:
    """Who leads it or works in it now, with their accounts."""
    statement = people(membership.collaboration, at=now(db))
    return list(await db.scalars(statement.where(RoleAssignment.role.in_(COLLABORATION))))
