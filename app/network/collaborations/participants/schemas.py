"""What crosses the wire about the organisations in a collaboration."""

from enum import StrEnum
from uuid import UUID

from pydantic import Field

from app.kernel.filters import Several
from app.kernel.paging import Page, PageQuery
from app.kernel.schemas import Day, InstantOut, Ref, Reference, Request, Response, Search
from app.network.collaborations.models import ParticipantRole
from app.network.collaborations.schemas import BelowCohort
from app.network.programmes.schemas import BelowProgramme


class AddParticipant(Request):
    """An organisation, and the part it takes."""

    organisation_id: UUID
    role: ParticipantRole
    since_on: Day | None = Field(None, description="From which day; today unless said.")


class ParticipantOut(Response):
    """An organisation in a role of a collaboration."""

    id: UUID
    collaboration: Ref
    organisation: Ref
    role: ParticipantRole
    since_on: Day
    ended_on: Day | None = Field(description="The last day; null while it takes part.")
    version: int
    created_at: InstantOut
    updated_at: InstantOut


class ParticipantPage(Page[ParticipantOut]):
    """Some of the participants."""


class ParticipantSort(StrEnum):
    SINCE = "since_on"
    SINCE_DESCENDING = "-since_on"
    UPDATED = "updated_at"
    UPDATED_DESCENDING = "-updated_at"


class ParticipantsOfOneQuery(PageQuery):
    """Which participants of a collaboration, in which order."""

    q: Search | None = None
    role: ParticipantRole | None = None
    is_current: bool | None = Field(None, description="Those who take part now, or no more.")
    organisation_id: Several[UUID] | None = None
    since_from: Day | None = None
    since_until: Day | None = None
    ended_from: Day | None = None
    ended_until: Day | None = None
    sort: ParticipantSort = ParticipantSort.SINCE


class ParticipantQuery(ParticipantsOfOneQuery, BelowProgramme, BelowCohort):
    """Which participants, in which order."""

    collaboration_id: Several[UUID] | None = None
    collaboration_reference: Several[Reference] | None = None
