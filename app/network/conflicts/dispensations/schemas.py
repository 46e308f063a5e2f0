"""What crosses the wire about dispensations."""

from datetime import date
from enum import StrEnum
from typing import Final
from uuid import UUID

from pydantic import Field

from app.kernel.filters import Several
from app.kernel.nouns import NounName
from app.kernel.paging import Page
from app.kernel.schemas import ActionOut, Day, InstantIn, InstantOut, Reason, Ref, Request, Response
from app.network.conflicts.dispensations.lifecycle import DispensationStatus
from app.web.exports import ExportableQuery

PROPOSED: Final = {
    "account_id": "018f0000-0000-7000-8000-000000000000",
    "reason": "Nobody else runs this programme until the new manager has come.",
    "until_on": "2030-06-30",
}
"""What the document shows of a proposal, about whatever thing."""


class ProposeDispensation(Request):
    """Who may decide although they are not independent, why and until when."""

    account_id: UUID = Field(description="The account of the person who may decide; never yours.")
    reason: Reason
    until_on: Day = Field(description="The last day on which it counts, today or later.")


class DispensationOut(Response):
    """That somebody may decide about a thing although they are not independent of it. It counts
    once a second person has confirmed it, and never for what they had a hand in."""

    id: UUID
    account: Ref = Field(description="The person who may decide.")
    noun: NounName = Field(description="What kind of thing it is about.")
    subject_id: UUID = Field(description="The id of that thing.")
    status: DispensationStatus
    reason: str
    until_on: date = Field(description="The last day on which it counts, where the thing is.")
    proposed_by: Ref
    confirmed_by: Ref | None
    confirmed_at: InstantOut | None
    available_actions: list[ActionOut]
    version: int
    created_at: InstantOut
    updated_at: InstantOut


class DispensationPage(Page[DispensationOut]):
    """Some of the dispensations, the latest first."""


class DispensationSort(StrEnum):
    CREATED = "created_at"
    CREATED_DESCENDING = "-created_at"
    UPDATED = "updated_at"
    UPDATED_DESCENDING = "-updated_at"


class DispensationsOfOneQuery(ExportableQuery):
    """Which dispensations about a thing."""

    status: Several[DispensationStatus] | None = None
    ends_from: Day | None = None
    ends_until: Day | None = None
    confirmed_from: InstantIn | None = None
    confirmed_until: InstantIn | None = None
    sort: DispensationSort = DispensationSort.CREATED_DESCENDING


class DispensationQuery(DispensationsOfOneQuery):
    """Which dispensations."""

    account_id: Several[UUID] | None = Field(default=None, description="For this person.")
    subject_id: Several[UUID] | None = Field(default=None, description="About this thing.")
