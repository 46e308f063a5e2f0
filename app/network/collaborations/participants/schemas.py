"""What crosses the wire about the organisations in a collaboration."""

from uuid import UUID

from pydantic import Field

from app.kernel.paging import Page, PageQuery
from app.kernel.schemas import Day, InstantOut, Ref, Request, Response
from app.network.collaborations.models import ParticipantRole


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


class ParticipantsOfOneQuery(PageQuery):
    """Which participants of a collaboration."""

    role: ParticipantRole | None = None
    is_current: bool | None = Field(None, description="Those who take part now, or no more.")


class ParticipantQuery(ParticipantsOfOneQuery):
    """Which participants."""

    collaboration_id: UUID | None = None
    organisation_id: UUID | None = None
