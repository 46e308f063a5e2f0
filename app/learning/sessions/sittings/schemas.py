"""What crosses the wire about sittings."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from app.kernel.schemas import Request, TimeZone
from app.learning.sessions.schemas import Capacity, FacilitatorIds, Link, LocalStart, Place

MembershipIds = Annotated[
    list[UUID],
    Field(
        max_length=500,
        description="The members that attend this sitting, and no other of the session. One that "
        "is left out attends the first.",
    ),
]


class CreateSitting(Request):
    """Another time of a session. Its kind, title, purpose, length, agenda and materials are those
    of the first, and whom that is for it is for too."""

    timezone: TimeZone | None = Field(None, description="That of the first sitting unless said.")
    local_start: LocalStart
    capacity: Capacity | None = None
    place: Place | None = None
    link: Link | None = None
    facilitator_ids: FacilitatorIds = Field(default_factory=list[UUID])
    membership_ids: MembershipIds = Field(default_factory=list[UUID])


class PlaceSittingMembers(Request):
    """Who attends a sitting."""

    membership_ids: MembershipIds
