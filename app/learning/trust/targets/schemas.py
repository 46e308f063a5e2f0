"""What crosses the wire about targets."""

from datetime import date
from enum import StrEnum
from uuid import UUID

from pydantic import MISSING, Field

from app.kernel.filters import Several
from app.kernel.paging import Page, PageQuery
from app.kernel.schemas import (
    ActionOut,
    Day,
    InstantIn,
    InstantOut,
    Prose,
    Ref,
    Request,
    Response,
)
from app.learning.trust.framework import StableKey
from app.learning.trust.targets.lifecycle import TrustTargetStatus
from app.network.collaborations.schemas import BelowCollaboration


class CreateTrustTarget(Request):
    """What a member sets out to be in one question, and by when."""

    framework_version_id: UUID = Field(description="A version of a framework that was published.")
    question: StableKey = Field(description="The key of a maturity question of it.")
    from_level: int = Field(ge=0, le=10, description="Where the member stands.")
    to_level: int = Field(ge=1, le=10, description="Where it wants to be: higher.")
    owner_id: UUID = Field(description="Who sees to it: one of the member's people.")
    due_on: Day


class EditTrustTarget(Request):
    """What is to change; what is left out stays."""

    owner_id: UUID | MISSING = MISSING
    due_on: Day | MISSING = MISSING
    learning_id: UUID | MISSING | None = Field(
        MISSING, description="A learning of the collaboration that came of it."
    )


class MeetTrustTarget(Request):
    """That a target is met."""

    evidence: Prose = Field(description="What shows that it is, and where.")
    learning_id: UUID | None = Field(
        default=None, description="A learning of the collaboration that came of it."
    )


class TrustTargetOut(Response):
    """What a member sets out to be in one question of a framework, and by when."""

    id: UUID
    membership_id: UUID
    framework_version_id: UUID
    question: str
    aim: str = Field(description="What the level that is wanted looks like.")
    status: TrustTargetStatus
    from_level: int = Field(description="Where the member stood.")
    to_level: int = Field(description="Where it wants to be.")
    owner: Ref
    due_on: date = Field(description="The day by whose end it is to be met.")
    is_overdue: bool = Field(description="Whether its day is over and it is open.")
    evidence: str | None = Field(description="What shows that it is met.")
    learning_id: UUID | None = Field(description="The learning that came of it.")
    settled_at: InstantOut | None = Field(description="When it was met or dropped.")
    available_actions: list[ActionOut]
    version: int
    created_at: InstantOut
    updated_at: InstantOut


class TrustTargetPage(Page[TrustTargetOut]):
    """Some of the targets."""


class TrustTargetSort(StrEnum):
    """In which order."""

    EARLIEST = "due_on"
    LATEST = "-due_on"
    OLDEST = "created_at"
    NEWEST = "-created_at"
    UPDATED = "updated_at"
    UPDATED_DESCENDING = "-updated_at"


class TrustTargetFilters(PageQuery):
    """Which targets of a member, in which order."""

    status: Several[TrustTargetStatus] | None = None
    owner_id: Several[UUID] | None = Field(None, description="Those of these people.")
    due_from: Day | None = None
    due_until: Day | None = None
    settled_from: InstantIn | None = None
    settled_until: InstantIn | None = None
    sort: TrustTargetSort = TrustTargetSort.EARLIEST


class TrustTargetQuery(BelowCollaboration, TrustTargetFilters):
    """Which targets, in which order."""

    membership_id: Several[UUID] | None = Field(None, description="Those of these members.")
