"""What crosses the wire about assessments and those who are asked for them."""

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field

from app.kernel.filters import Several
from app.kernel.paging import Page, PageQuery
from app.kernel.schemas import (
    Email,
    InstantIn,
    InstantOut,
    Name,
    Ref,
    Request,
    Response,
)
from app.learning.trust.framework import Perspective
from app.network.collaborations.schemas import BelowCohort, BelowCollaboration
from app.network.programmes.schemas import BelowProgramme
from app.people.identity.emails import normalised


class AssessmentOut(Response):
    """One member of a cohort, looked at from one side in one round."""

    id: UUID
    round: Ref
    membership_id: UUID = Field(description="The member that it is about.")
    collaboration: Ref = Field(description="The collaboration that it is about.")
    perspective: Perspective = Field(description="From which side.")
    voided_at: InstantOut | None = Field(
        description="Since when it counts for nothing: its subject left while it was answered."
    )
    version: int
    created_at: InstantOut
    updated_at: InstantOut


class AssessmentPage(Page[AssessmentOut]):
    """Some of the assessments."""


class AssessmentSort(StrEnum):
    OLDEST = "created_at"
    NEWEST = "-created_at"
    UPDATED = "updated_at"
    UPDATED_DESCENDING = "-updated_at"


class AssessmentFilters(PageQuery):
    """Which assessments of a round, in which order."""

    perspective: Several[Perspective] | None = None
    membership_id: Several[UUID] | None = Field(None, description="About these members.")
    voided_from: InstantIn | None = None
    voided_until: InstantIn | None = None
    sort: AssessmentSort = AssessmentSort.OLDEST


class AssessmentQuery(BelowCollaboration, AssessmentFilters):
    """Which assessments, in which order."""

    round_id: Several[UUID] | None = Field(None, description="Of these rounds.")


class InviteStakeholder(Request):
    """Who is asked from outside."""

    name: Name
    email: Email
    organisation_id: UUID | None = Field(
        None, description="For which organisation they answer; null: for none."
    )


class NewStakeholderOut(Response):
    """A stakeholder who was just asked."""

    id: UUID
    link: str | None = Field(
        description="The link that is theirs, shown this once; null where it is mailed to them."
    )


class RespondentOut(Response):
    """Somebody who is asked for an assessment."""

    id: UUID
    round: Ref
    assessment_id: UUID = Field(description="The assessment.")
    account: Ref | None = Field(description="The person; null for a stakeholder.")
    membership_id: UUID | None = Field(
        description="The member for whom they answer; null: none, as stakeholders."
    )
    name: str | None = Field(description="Of a stakeholder; null for who has an account.")
    email: str | None = Field(description="Of a stakeholder; null for who has an account.")
    has_answered: bool | None = Field(
        description="Whether there is a sheet of theirs; null in an anonymous round, where nobody "
        "is told."
    )
    excused_at: InstantOut | None = Field(description="Since when they are not asked any more.")
    excuse: str | None = Field(description="Why.")
    version: int
    created_at: InstantOut
    updated_at: InstantOut


class RespondentPage(Page[RespondentOut]):
    """Some of those who are asked."""


class RespondentSort(StrEnum):
    OLDEST = "created_at"
    NEWEST = "-created_at"
    UPDATED = "updated_at"
    UPDATED_DESCENDING = "-updated_at"


class RespondentFilters(PageQuery):
    """Which of those who are asked in a round, in which order."""

    assessment_id: Several[UUID] | None = Field(None, description="Asked for these.")
    account_id: Several[UUID] | None = Field(None, description="These people.")
    membership_id: Several[UUID] | None = Field(None, description="Answering for these members.")
    email: Annotated[Email, AfterValidator(normalised)] | None = Field(
        None, description="The stakeholder of this address."
    )
    excused_from: InstantIn | None = None
    excused_until: InstantIn | None = None
    sort: RespondentSort = RespondentSort.OLDEST


class RespondentQuery(BelowProgramme, BelowCohort, RespondentFilters):
    """Which of those who are asked, in which order."""

    round_id: Several[UUID] | None = Field(None, description="In these rounds.")
