"""What crosses the wire about collaborations."""

from enum import StrEnum
from uuid import UUID

from pydantic import MISSING, Field

from app.kernel.filters import Several
from app.kernel.naming import FormerNameOut
from app.kernel.paging import Page, Paging
from app.kernel.schemas import (
    ActionOut,
    Country,
    Day,
    InstantIn,
    InstantOut,
    Line,
    Name,
    Prose,
    Ref,
    Reference,
    Request,
    Response,
    Search,
    WithReason,
)
from app.network.collaborations.lifecycle import CollaborationStatus
from app.network.collaborations.models import Origin
from app.network.programmes.schemas import BelowProgramme
from app.people.identity.roles import Role
from app.web.exports import ExportableQuery


class CreateCollaboration(Request):
    """A collaboration; it gets a reference such as `DC-0042` unless it is given one."""

    reference: Reference | None = None
    name: Name
    challenge: Prose | None = Field(
        default=None, description="The societal, economic or environmental challenge it addresses."
    )
    topic: Line | None = None
    summary: Prose | None = None
    country: Country | None = None
    origin: Origin
    programme_id: UUID | None = Field(
        default=None, description="The programme towards whose targets it counts."
    )
    strand_id: UUID | None = Field(
        default=None, description="The strand of that programme that it belongs to."
    )
    priority_area_id: UUID | None = Field(
        default=None,
        description="The area of that programme that it comes from, if its origin is one.",
    )


class EditCollaboration(Request):
    """What is to change."""

    name: Name | MISSING = MISSING
    challenge: Prose | MISSING | None = MISSING
    topic: Line | MISSING | None = MISSING
    summary: Prose | MISSING | None = MISSING
    country: Country | MISSING | None = MISSING
    origin: Origin | MISSING = MISSING
    programme_id: UUID | MISSING | None = MISSING
    strand_id: UUID | MISSING | None = MISSING
    priority_area_id: UUID | MISSING | None = MISSING


class HoldCollaboration(WithReason):
    """Why it rests, and when to look at it again."""

    review_on: Day


class CollaborationOut(Response):
    """A collaboration."""

    id: UUID
    dossier_id: UUID = Field(
        description="The scope of what its people and its cohorts see; where an adviser is held."
    )
    reference: str
    name: str
    former_names: list[FormerNameOut] = Field(description="Names that it had, the oldest first.")
    challenge: str | None
    topic: str | None
    summary: str | None
    country: str | None
    origin: Origin
    programme: Ref | None = Field(description="The programme towards whose targets it counts.")
    strand: Ref | None = Field(description="The strand of the programme that it belongs to.")
    priority_area: Ref | None = Field(description="The area of the programme that it comes from.")
    status: CollaborationStatus
    launched_at: InstantOut | None = Field(description="When it was launched, whatever came after.")
    held_from: CollaborationStatus | None = Field(
        description="The status that it goes back to when it is resumed."
    )
    review_on: Day | None = Field(description="When to look again at a collaboration on hold.")
    is_held_by_team: bool = Field(
        description="Whether those who run the network put it on hold: they alone resume it then."
    )
    learning_waiver: str | None = Field(
        description="Why it may conclude without sharing what it learnt."
    )
    merged_into_id: UUID | None = Field(
        description="The collaboration that this one turned out to be; null for one of its own."
    )
    available_actions: list[ActionOut]
    version: int
    created_at: InstantOut
    updated_at: InstantOut


class DocumentOut(Response):
    """A file, as much of it as is needed to offer it for download."""

    id: UUID
    name: str
    media_type: str
    size: int = Field(description="In bytes.")


class CollaborationPage(Page[CollaborationOut]):
    """Some of the collaborations."""


class CollaborationRefPage(Page[Ref]):
    """Some of the collaborations, by reference and name."""


class CollaborationSort(StrEnum):
    NAME = "name"
    NAME_DESCENDING = "-name"
    REFERENCE = "reference"
    REFERENCE_DESCENDING = "-reference"
    CREATED = "created_at"
    CREATED_DESCENDING = "-created_at"
    UPDATED = "updated_at"
    UPDATED_DESCENDING = "-updated_at"


class TakenPartIn(Request):
    """Which organisations take part in what the rows of a list lie in."""

    organisation_id: Several[UUID] | None = Field(
        None,
        description="Only those of collaborations in which one of these organisations takes part "
        "now.",
    )


class BelowCohort(Request):
    """Which cohorts the rows of a list lie in."""

    cohort_id: Several[UUID] | None = None
    cohort_reference: Several[Reference] | None = None


class BelowCollaboration(BelowProgramme, BelowCohort, TakenPartIn):
    """Which collaborations the rows of a list are of, and in what these lie."""

    collaboration_id: Several[UUID] | None = None
    collaboration_reference: Several[Reference] | None = None


class CollaborationQuery(BelowProgramme, BelowCohort, TakenPartIn, ExportableQuery):
    """Which collaborations, in which order."""

    q: Search | None = None
    reference: Several[Reference] | None = None
    status: Several[CollaborationStatus] | None = None
    origin: Origin | None = None
    country: Country | None = None
    strand_id: Several[UUID] | None = None
    priority_area_id: Several[UUID] | None = None
    launched_from: InstantIn | None = None
    launched_until: InstantIn | None = None
    review_from: Day | None = None
    review_until: Day | None = None
    sort: CollaborationSort = CollaborationSort.NAME


class RegisterQuery(Paging):
    """Which collaborations to name."""

    q: Search | None = None
    reference: Several[Reference] | None = None


class CollaboratorOut(Response):
    """A person of a collaboration."""

    id: UUID = Field(description="The role assignment.")
    account: Ref = Field(description="The person's account.")
    role: Role
    valid_from: InstantOut
    valid_until: InstantOut | None


class CollaboratorPage(Page[CollaboratorOut]):
    """Some of the people of a collaboration."""


class CollaboratorQuery(Paging):
    """A page of the people of a collaboration."""

    begins_from: InstantIn | None = None
    begins_until: InstantIn | None = None
    ends_from: InstantIn | None = None
    ends_until: InstantIn | None = None
