"""What is said about requirements."""

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import MISSING, Field, StrictInt

from app.kernel.paging import Page, PageQuery
from app.kernel.schemas import Code, InstantOut, Name, Prose, Request, Response
from app.network.cohorts.models import Anchor, Stage
from app.network.collaborations.schemas import BelowCohort
from app.network.programmes.schemas import BelowProgramme

OffsetDays = Annotated[
    StrictInt,
    Field(
        ge=-1000,
        le=1000,
        description="How many days after the anchor it is due; before it when negative.",
        examples=[7],
    ),
]
Position = Annotated[StrictInt, Field(ge=0, le=10_000, description="Its place in the list.")]


class CreateRequirement(Request):
    """Something that every member has to do."""

    stage: Stage = Field(description="Whether it is due before a member is active, or completes.")
    key: Code = Field(description="Unique in the cohort and unchanging.", examples=["agreement"])
    title: Name = Field(examples=["Sign the participation agreement"])
    guidance: Prose | None = None
    is_required: bool = Field(True, description="Whether the member cannot go on without it.")
    is_judged: bool = Field(
        False, description="Whether those who run the cohort say that it is met."
    )
    anchor: Anchor = Field(description="From which day the due date counts.")
    offset_days: OffsetDays = 0
    position: Position = 0


class EditRequirement(Request):
    """What is to be changed; what is left out stays, null clears. Due dates of members stay."""

    title: Name | MISSING = MISSING
    guidance: Prose | MISSING | None = MISSING
    is_required: bool | MISSING = MISSING
    is_judged: bool | MISSING = MISSING
    anchor: Anchor | MISSING = MISSING
    offset_days: OffsetDays | MISSING = MISSING
    position: Position | MISSING = MISSING


class RequirementOut(Response):
    """What every member of the cohort has to do."""

    id: UUID
    cohort_id: UUID
    stage: Stage
    key: str
    title: str
    guidance: str | None
    is_required: bool
    is_judged: bool
    anchor: Anchor
    offset_days: int
    position: int
    version: int
    created_at: InstantOut
    updated_at: InstantOut


class RequirementPage(Page[RequirementOut]):
    """Some of the requirements."""


class RequirementSort(StrEnum):
    POSITION = "position"
    POSITION_BACKWARDS = "-position"
    UPDATED = "updated_at"
    UPDATED_BACKWARDS = "-updated_at"


class RequirementQuery(PageQuery):
    """Which requirements, in which order."""

    stage: Stage | None = None
    sort: RequirementSort = RequirementSort.POSITION


class AllRequirementsQuery(BelowProgramme, BelowCohort, RequirementQuery):
    """Which requirements, of all cohorts that you may see."""
