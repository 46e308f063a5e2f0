"""Which memberships a list holds, read page by page or as a table, and which still stand."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from app.kernel.paging import Key
from app.network.cohorts.lifecycle import OPEN
from app.network.cohorts.memberships.schemas import MembershipFilters
from app.network.cohorts.models import Membership
from app.network.collaborations.models import Collaboration
from app.people.identity.access import visible
from app.people.identity.actors import Actor

SORTS: Final[dict[str, tuple[Key, ...]]] = {"created_at": (Membership.created_at, Membership.id)}


def wanted(actor: Actor, query: MembershipFilters, cohort_id: UUID | None) -> Select[Membership]:
    """The memberships that the actor may see and the query asks for, of one cohort or of any."""
    statement = visible(Membership, actor, "membership.read")
    if cohort_id is not None:
        statement = statement.where(Membership.cohort_id == cohort_id)
    if query.collaboration_id is not None:
        statement = statement.where(Membership.collaboration_id == query.collaboration_id)
    if query.status is not None:
        statement = statement.where(Membership.status == query.status)
    if query.is_returning is not None:
        statement = statement.where(Membership.is_returning == query.is_returning)
    return statement


async def open_memberships(db: AsyncSession, collaboration: Collaboration) -> Sequence[Membership]:
    """The memberships of a collaboration that have not come to their end, with their cohorts."""
    statement = select(Membership).where(
        Membership.collaboration_id == collaboration.id, Membership.status.in_(OPEN)
    )
    statement = statement.options(joinedload(Membership.cohort))
    return (await db.scalars(statement.order_by(Membership.created_at, Membership.id))).all()
