"""What crosses the wire about results of indicators."""

from enum import StrEnum
from typing import Annotated, Self
from uuid import UUID

from pydantic import MISSING, Field, model_validator

from app.kernel.filters import Several
from app.kernel.paging import Page, PageQuery
from app.kernel.schemas import (
    ActionOut,
    Code,
    Day,
    InstantOut,
    Line,
    Prose,
    Ref,
    Reference,
    Request,
    Response,
    Url,
)
from app.network.collaborations.schemas import BelowCohort, DocumentOut
from app.network.indicators.results.lifecycle import IndicatorResultStatus
from app.network.indicators.schemas import Whole

Things = Annotated[
    list[Line],
    Field(
        max_length=200,
        description="What was counted, where each counts once, whoever names it: by its address, "
        "or as it is called. How an address is written does not matter.",
        examples=[["https://data.example.org/loading-bays"]],
    ),
]


class CreateIndicatorResult(Request):
    """What came of a member's work in a period, and how that is known."""

    indicator_id: UUID
    period_start_on: Day
    period_end_on: Day
    group: Code | None = Field(default=None, description="One of the indicator's groups.")
    value: Whole | None = Field(
        default=None, description="In the indicator's unit; what is counted once each is listed."
    )
    out_of: Whole | None = Field(default=None, description="Of a share or a mean, of how many.")
    things: Things = Field(default_factory=list)
    narrative: Prose | None = Field(default=None, description="What led to it.")
    evidence: Prose = Field(description="How it is known.")
    file_id: UUID | None = Field(default=None, description="What shows it, as you uploaded it.")
    url: Url | None = Field(default=None, description="Where what shows it lies otherwise.")
    impact_id: UUID | None = Field(
        default=None, description="The impact of the collaboration that it is a measure of."
    )
    corrects_id: UUID | None = Field(
        default=None,
        description="An accepted result of the member that this one takes the place "
        "of, once it is accepted.",
    )

    @model_validator(mode="after")
    def _one_document(self) -> Self:
        if self.file_id is not None and self.url is not None:
            raise ValueError("has file_id and url; what shows it is one of them")
        return self


class EditIndicatorResult(Request):
    """What is to change, while it is a draft or was returned."""

    period_start_on: Day | MISSING = MISSING
    period_end_on: Day | MISSING = MISSING
    group: Code | MISSING | None = Field(MISSING, description="One of the indicator's groups.")
    value: Whole | MISSING = MISSING
    out_of: Whole | MISSING | None = Field(
        MISSING, description="Of a share or a mean, of how many."
    )
    things: Things | MISSING = MISSING
    narrative: Prose | MISSING | None = MISSING
    evidence: Prose | MISSING = MISSING
    impact_id: UUID | MISSING | None = Field(
        MISSING, description="The impact of the collaboration that it is a measure of."
    )


class IndicatorResultOut(Response):
    """What a member says came of its work, in one period and one group."""

    id: UUID
    indicator: Ref
    membership_id: UUID
    cohort: Ref
    collaboration: Ref
    definition_version: int = Field(
        description="Of the indicator, when it was last submitted, or begun."
    )
    period_start_on: Day
    period_end_on: Day
    group: str | None = Field(description="One of the indicator's groups.")
    value: int = Field(description="In the indicator's unit; of things that are listed, how many.")
    out_of: int | None = Field(description="Of a share or a mean, of how many.")
    things: list[str] = Field(description="What was counted, where each counts once.")
    narrative: str | None = Field(description="What led to it.")
    evidence: str = Field(description="How it is known.")
    file: DocumentOut | None
    url: str | None
    impact_id: UUID | None = Field(description="The impact that it is a measure of.")
    corrects_id: UUID | None = Field(description="The result whose place it takes, or would.")
    review_note: str | None = Field(description="Why it was last returned.")
    status: IndicatorResultStatus
    available_actions: list[ActionOut]
    version: int
    created_at: InstantOut
    updated_at: InstantOut


class IndicatorResultPage(Page[IndicatorResultOut]):
    """Some of the results."""


class IndicatorResultSort(StrEnum):
    PERIOD = "period_end_on"
    PERIOD_DESCENDING = "-period_end_on"
    UPDATED = "updated_at"
    UPDATED_DESCENDING = "-updated_at"


class IndicatorResultsOfOneQuery(PageQuery):
    """Which results of a member, in which order."""

    indicator_id: Several[UUID] | None = None
    impact_id: Several[UUID] | None = Field(None, description="Those that measure these impacts.")
    status: Several[IndicatorResultStatus] | None = None
    group: Several[Code] | None = None
    period_start_from: Day | None = None
    period_start_until: Day | None = None
    period_end_from: Day | None = None
    period_end_until: Day | None = None
    sort: IndicatorResultSort = IndicatorResultSort.PERIOD


class IndicatorResultQuery(BelowCohort, IndicatorResultsOfOneQuery):
    """Which results, in which order."""

    membership_id: Several[UUID] | None = Field(None, description="Those of these members.")
    collaboration_id: Several[UUID] | None = None
    collaboration_reference: Several[Reference] | None = None
