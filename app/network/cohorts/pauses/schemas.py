"""What is said about requests for leave."""

from datetime import date
from enum import StrEnum
from uuid import UUID

from pydantic import Field

from app.kernel.filters import Several
from app.kernel.paging import Page, PageQuery
from app.kernel.schemas import ActionOut, Day, InstantIn, InstantOut, Ref, Response
from app.network.cohorts.pauses.lifecycle import PauseRequestStatus
from app.network.collaborations.schemas import BelowCollaboration


class PauseRequestOut(Response):
    """That a member would like leave of absence, and what became of it."""

    id: UUID
    membership_id: UUID
    cohort: Ref
    collaboration: Ref
    status: PauseRequestStatus
    reason: str
    returns_on: date = Field(description="The day on which the member means to be back.")
    moves_due_dates: bool = Field(description="Whether due dates are to move by its length.")
    asked_by: Ref
    answer: str | None = Field(description="Why it was declined.")
    settled_by: Ref | None = Field(description="Who agreed, declined or withdrew it.")
    settled_at: InstantOut | None
    version: int
    available_actions: list[ActionOut]
    created_at: InstantOut
    updated_at: InstantOut


class PauseRequestPage(Page[PauseRequestOut]):
    """Some of the requests for leave of absence."""


class PauseRequestSort(StrEnum):
    OLDEST = "created_at"
    NEWEST = "-created_at"
    UPDATED = "updated_at"
    UPDATED_BACKWARDS = "-updated_at"


class PauseRequestFilters(PageQuery):
    """Which requests of a member, in which order."""

    status: Several[PauseRequestStatus] | None = None
    returns_from: Day | None = None
    returns_until: Day | None = None
    settled_from: InstantIn | None = None
    settled_until: InstantIn | None = None
    sort: PauseRequestSort = PauseRequestSort.NEWEST


class PauseRequestQuery(PauseRequestFilters, BelowCollaboration):
    """Which requests, in which order."""

    membership_id: Several[UUID] | None = None
