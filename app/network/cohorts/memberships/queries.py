"""Which memberships a list holds, whether it is read page by page or as a table."""

from typing import Final
from uuid import UUID

from sqlalchemy import Select

from app.kernel.paging import Key
from app.network.cohorts.memberships.schemas import MembershipFilters
from app.network.cohorts.models import Membership
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
