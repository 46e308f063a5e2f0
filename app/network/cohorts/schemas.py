"""What is said about cohorts."""

from datetime import date
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import MISSING, Field, StrictBool, StrictInt

from app.kernel.filters import Several
from app.kernel.paging import Page, PageQuery
from app.kernel.schemas import (
    ActionOut,
    Day,
    InstantIn,
    InstantOut,
    Name,
    Prose,
    Ref,
    Reference,
    Request,
    Response,
    Search,
    TimeZone,
)
from app.network.cohorts.lifecycle import CohortStatus
from app.network.programmes.schemas import BelowProgramme

Capacity = Annotated[
    StrictInt,
    Field(
        ge=1,
        le=1000,
        description="How many places are announced. It stands once recruitment has opened.",
        examples=[5],
    ),
]
MinimumSize = Annotated[
    StrictInt,
    Field(
        ge=1,
        le=1000,
        description="With fewer acceptances the cohort is not confirmed.",
        examples=[3],
    ),
]
OfferHours = Annotated[
    StrictInt,
    Field(
        ge=1,
        le=24 * 90,
        description="How long an offer stands where nothing else is said, in hours of the "
        "member's wall clock.",
        examples=[72],
    ),
]
LateJoiningDays = Annotated[
    StrictInt,
    Field(
        ge=0,
        le=365,
        description="For how many days after the start a freed place still goes to the waitlist.",
        examples=[14],
    ),
]
StartsAutomatically = Annotated[
    StrictBool,
    Field(
        description="Whether it starts by itself on its planned day, in its zone, if it is "
        "confirmed by then and nothing stands in the way."
    ),
]
CohortReference = Annotated[
    Reference,
    Field(
        max_length=15,
        description="The human-readable reference, which never changes; short, since those "
        "of its grants and their milestones begin with it.",
        examples=["MS01"],
    ),
]


class CreateCohort(Request):
    """A cohort to be prepared."""

    reference: CohortReference
    name: Name
    focus: Prose | None = Field(None, description="What it is about, who it is for.")
    timezone: TimeZone
    announced_capacity: Capacity | None = None
    minimum_size: MinimumSize = 1
    planned_start_on: Day | None = None
    planned_end_on: Day | None = None
    starts_automatically: StartsAutomatically = False
    offer_hours: OfferHours = 72
    late_joining_days: LateJoiningDays = 14


class EditCohort(Request):
    """What is to be changed; what is left out stays, null clears."""

    name: Name | MISSING = MISSING
    focus: Prose | MISSING | None = MISSING
    timezone: TimeZone | MISSING = MISSING
    announced_capacity: Capacity | MISSING | None = MISSING
    minimum_size: MinimumSize | MISSING = MISSING
    planned_start_on: Day | MISSING | None = MISSING
    planned_end_on: Day | MISSING | None = MISSING
    starts_automatically: StartsAutomatically | MISSING = MISSING
    offer_hours: OfferHours | MISSING = MISSING
    late_joining_days: LateJoiningDays | MISSING = MISSING
    started_on: Day | MISSING = Field(
        default=MISSING,
        description="The day on which it really began; to be said once it was started.",
    )
    ended_on: Day | MISSING = Field(
        default=MISSING,
        description="The day on which it really came to its last weeks; once that was said.",
    )


class CopyCohort(Request):
    """What is new about the copy."""

    reference: CohortReference
    name: Name
    planned_start_on: Day | None = Field(
        None, description="The planned end follows, as many days later as in the original."
    )


class CohortOut(Response):
    """A cohort: what was planned, what came of it, and how its places stand."""

    id: UUID
    reference: str = Field(description="Unique and unchanging.", examples=["PLN-C1"])
    name: str
    focus: str | None
    programme: Ref
    status: CohortStatus
    timezone: str = Field(description="IANA time zone.", examples=["Europe/London"])
    announced_capacity: int | None = Field(
        description="How many places were announced; null where no number was, so that there is "
        "one for whoever is offered it."
    )
    minimum_size: int = Field(description="With fewer acceptances it is not confirmed.")
    places_taken: int = Field(description="Places that are offered or filled now.")
    selected_count: int = Field(
        description="How many collaborations accepted a place, whether or not they stayed. It may "
        "be more than was announced."
    )
    waitlisted_count: int = Field(description="How many wait for a place.")
    planned_start_on: date | None
    planned_end_on: date | None
    starts_automatically: bool = Field(
        description="Whether it starts by itself on its planned day, once it is confirmed."
    )
    started_at: InstantOut | None = Field(description="When it was started.")
    ended_at: InstantOut | None = Field(description="When its last weeks began.")
    retention_denominator: int | None = Field(
        description="How many members were active when it started; frozen then."
    )
    offer_hours: int = Field(description="How long an offer stands by default.")
    late_joining_days: int = Field(
        description="For how many days after the start a freed place goes to the waitlist."
    )
    commons_id: UUID = Field(description="The scope of what its active members share.")
    version: int
    available_actions: list[ActionOut]
    created_at: InstantOut
    updated_at: InstantOut


class CohortPage(Page[CohortOut]):
    """Some of the cohorts."""


class CohortSort(StrEnum):
    NAME = "name"
    NAME_BACKWARDS = "-name"
    REFERENCE = "reference"
    REFERENCE_BACKWARDS = "-reference"
    OLDEST = "created_at"
    NEWEST = "-created_at"
    UPDATED = "updated_at"
    UPDATED_BACKWARDS = "-updated_at"


class CohortFilters(PageQuery):
    """Which of a programme's cohorts, in which order."""

    status: Several[CohortStatus] | None = None
    reference: Several[Reference] | None = None
    q: Search | None = None
    planned_start_from: Day | None = None
    planned_start_until: Day | None = None
    planned_end_from: Day | None = None
    planned_end_until: Day | None = None
    started_from: InstantIn | None = None
    started_until: InstantIn | None = None
    ended_from: InstantIn | None = None
    ended_until: InstantIn | None = None
    sort: CohortSort = CohortSort.NEWEST


class CohortQuery(CohortFilters, BelowProgramme):
    """Which cohorts, in which order."""
