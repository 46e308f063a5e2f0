"""What crosses the wire about conflicts of interest."""

from enum import StrEnum
from typing import Self
from uuid import UUID

from pydantic import MISSING, Field, model_validator

from app.kernel.filters import Several
from app.kernel.paging import Page
from app.kernel.schemas import Day, InstantIn, InstantOut, Reason, Ref, Reference, Request, Response
from app.web.exports import ExportableQuery


class DeclareConflictOfInterest(Request):
    """Whose interest it is, in whom, and since when."""

    account_id: UUID | None = Field(
        default=None,
        description="The person in conflict: you unless said. Of somebody else it takes "
        "`conflict_of_interest.impose`.",
    )
    organisation_id: UUID | None = Field(default=None, description="The organisation it is about.")
    collaboration_id: UUID | None = Field(
        default=None, description="The collaboration it is about."
    )
    person_id: UUID | None = Field(
        default=None, description="The account of the person it is about."
    )
    from_on: Day | None = Field(default=None, description="Its first day; today unless said.")
    until_on: Day | None = Field(default=None, description="Its last day; null while it lasts.")
    reason: Reason

    @model_validator(mode="after")
    def _about_one(self) -> Self:
        about = (self.organisation_id, self.collaboration_id, self.person_id)
        if sum(one is not None for one in about) != 1:
            raise ValueError("name one of organisation_id, collaboration_id and person_id")
        return self


class CorrectConflictOfInterest(Request):
    """What was entered wrongly."""

    from_on: Day | MISSING = MISSING
    until_on: Day | MISSING | None = MISSING
    reason: Reason | MISSING = MISSING


class EndConflictOfInterest(Request):
    """From when on there is no interest any more."""

    until_on: Day | None = Field(
        default=None, description="The last day, which is not before today; today unless said."
    )


class ConflictOfInterestOut(Response):
    """Somebody's interest in an organisation, a collaboration or a person. Its holder decides
    about nothing that concerns those and lived while it was held."""

    id: UUID
    account: Ref = Field(description="The person in conflict.")
    organisation: Ref | None
    collaboration: Ref | None
    person: Ref | None = Field(description="One of these three is what it is about.")
    from_on: Day
    until_on: Day | None = Field(description="The last day; null while it lasts.")
    reason: str
    is_imposed: bool = Field(description="Entered by somebody else than the person in conflict.")
    entered_by: Ref
    withdrawn_at: InstantOut | None = Field(
        description="When it was found to have been entered by mistake; it counts for nothing."
    )
    version: int
    created_at: InstantOut
    updated_at: InstantOut


class ConflictOfInterestPage(Page[ConflictOfInterestOut]):
    """Some of the conflicts of interest, the latest first."""


class ConflictOfInterestSort(StrEnum):
    FROM = "from_on"
    FROM_DESCENDING = "-from_on"
    UPDATED = "updated_at"
    UPDATED_DESCENDING = "-updated_at"


class ConflictsOfOneQuery(ExportableQuery):
    """Which conflicts of one person."""

    organisation_id: Several[UUID] | None = None
    collaboration_id: Several[UUID] | None = None
    person_id: Several[UUID] | None = Field(default=None, description="About this person.")
    is_current: bool | None = Field(
        default=None, description="Those that last today and were not withdrawn, or the others."
    )
    collaboration_reference: Several[Reference] | None = None
    begins_from: Day | None = None
    begins_until: Day | None = None
    ends_from: Day | None = None
    ends_until: Day | None = None
    withdrawn_from: InstantIn | None = None
    withdrawn_until: InstantIn | None = None
    sort: ConflictOfInterestSort = ConflictOfInterestSort.FROM_DESCENDING


class ConflictOfInterestQuery(ConflictsOfOneQuery):
    """Which conflicts of interest."""

    account_id: Several[UUID] | None = Field(default=None, description="Of this person.")
