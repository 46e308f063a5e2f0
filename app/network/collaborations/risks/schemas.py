"""What crosses the wire about risks."""

from enum import StrEnum
from uuid import UUID

from pydantic import MISSING, Field

from app.kernel.paging import Page, PageQuery
from app.kernel.schemas import Day, InstantOut, Line, Prose, Ref, Request, Response
from app.network.collaborations.risks.models import RiskArea, RiskLevel
from app.network.collaborations.schemas import BelowCollaboration


class RaiseRisk(Request):
    """A question to be answered before data is shared, and how it is answered so far."""

    area: RiskArea
    question: Line
    answer: Prose | None = None
    level: RiskLevel
    mitigation: Prose | None = Field(None, description="What is done about it.")
    owner_id: UUID | None = Field(
        None, description="The account of the person of the collaboration who looks after it."
    )


class EditRisk(Request):
    """What is to change."""

    area: RiskArea | MISSING = MISSING
    question: Line | MISSING = MISSING
    answer: Prose | MISSING | None = MISSING
    level: RiskLevel | MISSING = MISSING
    mitigation: Prose | MISSING | None = MISSING
    owner_id: UUID | MISSING | None = MISSING


class RiskOut(Response):
    """A risk of a collaboration."""

    id: UUID
    collaboration: Ref
    area: RiskArea
    question: str
    answer: str | None
    level: RiskLevel
    mitigation: str | None
    owner: Ref | None
    raised_on: Day
    closed_on: Day | None
    version: int
    created_at: InstantOut
    updated_at: InstantOut


class RiskPage(Page[RiskOut]):
    """Some of the risks."""


class RiskSort(StrEnum):
    RAISED = "raised_on"
    RAISED_DESCENDING = "-raised_on"
    UPDATED = "updated_at"
    UPDATED_DESCENDING = "-updated_at"


class RisksOfOneQuery(PageQuery):
    """Which risks of a collaboration, in which order."""

    level: RiskLevel | None = None
    is_open: bool | None = Field(None, description="Those that stand, or those that were closed.")
    raised_from: Day | None = None
    raised_until: Day | None = None
    closed_from: Day | None = None
    closed_until: Day | None = None
    sort: RiskSort = RiskSort.RAISED


class RiskQuery(RisksOfOneQuery, BelowCollaboration):
    """Which risks, in which order."""
