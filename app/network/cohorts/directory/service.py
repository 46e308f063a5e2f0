"""Reading the directory of a cohort."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.paging import Key, paginate
from app.kernel.schemas import Ref
from app.network.cohorts import access
from app.network.cohorts.directory.queries import Person, members, people_of
from app.network.cohorts.directory.schemas import (
    DirectoryEntryOut,
    DirectoryPage,
    DirectoryPersonOut,
    DirectoryQuery,
)
from app.network.cohorts.lifecycle import MembershipStatus
from app.network.cohorts.models import Membership
from app.people.identity.actors import Actor

SORTS: Final[dict[str, Sequence[Key]]] = {"activated_at": (Membership.activated_at, Membership.id)}


async def get_cohort_directory(
    db: AsyncSession, actor: Actor, cohort_id: UUID, query: DirectoryQuery
) -> DirectoryPage:
    """The members of the cohort and their people, for whoever reaches its commons."""
    cohort = await access.commons(db, actor, cohort_id, "directory.read")
    page = await paginate(
        db, members(cohort), query, SORTS, default="activated_at", bound=cohort.id
    )
    people = await people_of(db, [member.collaboration_id for member in page.rows])
    return DirectoryPage(
        items=[_entry(member, people.get(member.collaboration_id, [])) for member in page.rows],
        next_cursor=page.next_cursor,
        total_count=page.total_count,
    )


def _entry(membership: Membership, people: Sequence[Person]) -> DirectoryEntryOut:
    assert membership.activated_at is not None
    collaboration = membership.collaboration
    return DirectoryEntryOut(
        membership_id=membership.id,
        collaboration=Ref.model_validate(collaboration),
        topic=collaboration.topic,
        summary=collaboration.summary,
        country=collaboration.country,
        timezone=membership.timezone,
        active_since=membership.activated_at,
        is_on_leave=membership.status == MembershipStatus.PAUSED,
        people=[DirectoryPersonOut.model_validate(person) for person in people],
    )
