"""What is said about memberships."""

from datetime import date
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field, StrictBool

from app.kernel.endorsements import EndorsementOut
from app.kernel.filters import Several
from app.kernel.paging import Page
from app.kernel.schemas import (
    ActionOut,
    Day,
    InstantIn,
    InstantOut,
    Reason,
    Ref,
    Reference,
    Request,
    Response,
    Search,
    TimeZone,
)
from app.network.cohorts.lifecycle import MembershipStatus
from app.network.cohorts.models import Departure
from app.network.collaborations.schemas import BelowCohort, TakenPartIn
from app.network.programmes.schemas import BelowProgramme
from app.web.exports import ExportableQuery

OverrideReason = Annotated[
    Reason | None,
    Field(
        description="Why a place is given beyond the announced capacity. Without it a full cohort "
        "gives none. It is kept only where the cohort is full."
    ),
]
OfferExpiresAt = Annotated[
    InstantIn | None,
    Field(
        description="Until when the offer stands. By default the cohort's `offer_hours` by the "
        "clock on the member's wall."
    ),
]
MemberZone = Annotated[
    TimeZone | None,
    Field(description="Where the member reads the clock; by default the cohort's zone."),
]


class CreateMembership(Request):
    """A place in the cohort for a collaboration."""

    collaboration_id: UUID
    override_reason: OverrideReason = None
    offer_expires_at: OfferExpiresAt = None
    timezone: MemberZone = None


class CreateMemberships(Request):
    """Places for several collaborations, given in this order."""

    items: list[CreateMembership] = Field(min_length=1, max_length=100)


class OfferMembership(Request):
    """The place once more, or out of turn."""

    reason: Reason
    override_reason: OverrideReason = None
    offer_expires_at: OfferExpiresAt = None
    timezone: MemberZone = None


class PauseMembership(Request):
    """Leave for a time."""

    reason: Reason
    returns_on: Day = Field(description="The day on which the member means to be back.")
    moves_due_dates: StrictBool = Field(
        default=False,
        description="Whether due dates move by the length of the leave. Else what falls due "
        "meanwhile is due on the day of return.",
    )


class WithdrawMembership(Request):
    """Why the collaboration leaves: as a word to count by, and in its own words."""

    departure: Departure
    reason: Reason


class ReinstateMembership(Request):
    """Why the removal or completion is undone."""

    reason: Reason
    override_reason: OverrideReason = None


class PauseOut(Response):
    """A leave of absence of the member."""

    paused_at: InstantOut
    returns_on: date = Field(description="When it meant to be back.")
    moves_due_dates: bool = Field(description="Whether due dates moved by its length.")
    resumed_at: InstantOut | None = Field(description="When it was back; null while it is away.")


class MembershipOut(Response):
    """A collaboration in a cohort."""

    id: UUID
    cohort: Ref
    collaboration: Ref
    status: MembershipStatus
    waitlist_rank: int | None = Field(
        description="Whoever waits with the lowest is next; null when not waiting."
    )
    override_reason: str | None = Field(
        description="Why the place was given beyond the announced capacity."
    )
    timezone: str = Field(
        description="Where the member reads the clock.", examples=["Europe/London"]
    )
    offered_at: InstantOut | None
    offer_expires_at: InstantOut | None = Field(description="Until when the offer stands.")
    accepted_at: InstantOut | None
    activated_at: InstantOut | None
    ended_at: InstantOut | None = Field(
        description="When it was completed, withdrawn, removed, declined or expired."
    )
    departure: Departure | None = Field(description="Why it withdrew.")
    counts_for_retention: bool = Field(description="Whether it was active when the cohort started.")
    is_returning: bool = Field(
        description="Whether the collaboration had been active in a cohort that it has left."
    )
    pauses: list[PauseOut] = Field(description="Its leaves of absence, oldest first.")
    version: int
    endorsements: list[EndorsementOut] = Field(
        description="The first of two persons' words, waiting for the second; empty for whoever is "
        "not of its audience."
    )
    available_actions: list[ActionOut]
    created_at: InstantOut
    updated_at: InstantOut


class MembershipsOut(Response):
    """What was made, in the order asked for."""

    items: list[MembershipOut]


class MembershipPage(Page[MembershipOut]):
    """Some of the memberships."""


class MembershipSort(StrEnum):
    OLDEST = "created_at"
    NEWEST = "-created_at"
    UPDATED = "updated_at"
    UPDATED_BACKWARDS = "-updated_at"


class MembershipFilters(TakenPartIn, ExportableQuery):
    """Which memberships of a cohort, in which order."""

    q: Search | None = None
    collaboration_id: Several[UUID] | None = None
    collaboration_reference: Several[Reference] | None = None
    status: Several[MembershipStatus] | None = None
    is_returning: bool | None = None
    offered_from: InstantIn | None = None
    offered_until: InstantIn | None = None
    offer_expires_from: InstantIn | None = None
    offer_expires_until: InstantIn | None = None
    accepted_from: InstantIn | None = None
    accepted_until: InstantIn | None = None
    activated_from: InstantIn | None = None
    activated_until: InstantIn | None = None
    ended_from: InstantIn | None = None
    ended_until: InstantIn | None = None
    sort: MembershipSort = MembershipSort.OLDEST


class MembershipQuery(MembershipFilters, BelowProgramme, BelowCohort):
    """Which memberships, in which order."""
