"""Which memberships of a collaboration still stand."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from app.network.cohorts.lifecycle import OPEN
from app.network.cohorts.models import Membership
from app.network.collaborations.models import Collaboration


async def open_memberships(db: AsyncSession, collaboration: Collaboration) -> Sequence[Membership]:
    """The memberships of a collaboration that have not come to their end, with their cohorts."""
    statement = select(Membership).where(
        Membership.collaboration_id == collaboration.id, Membership.status.in_(OPEN)
    )
    statement = statement.options(joinedload(Membership.cohort))
    return (await db.scalars(statement.order_by(Membership.created_at, Membership.id))).all()
