"""What crosses the wire about support."""

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import MISSING, Field, StrictInt

from app.kernel.filters import Several
from app.kernel.paging import Page, PageQuery
from app.kernel.schemas import Day, InstantOut, Line, Prose, Ref, Request, Response
from app.network.collaborations.schemas import BelowCollaboration

Minutes = Annotated[
    StrictInt, Field(ge=1, le=60_000, description="For how long, in minutes.", examples=[90])
]


class LogSupport(Request):
    """Help that somebody gave."""

    given_on: Day
    given_by_id: UUID | None = Field(
        default=None, description="The account of who gave it; yours unless said."
    )
    minutes: Minutes
    about: Line
    note: Prose | None = None


class EditSupport(Request):
    """What is to change."""

    given_on: Day | MISSING = MISSING
    minutes: Minutes | MISSING = MISSING
    about: Line | MISSING = MISSING
    note: Prose | MISSING | None = MISSING


class SupportOut(Response):
    """Help that a collaboration was given."""

    id: UUID
    collaboration: Ref
    given_on: Day
    given_by: Ref
    minutes: int
    about: str
    note: str | None
    version: int
    created_at: InstantOut
    updated_at: InstantOut


class SupportPage(Page[SupportOut]):
    """Some of the support."""


class SupportSort(StrEnum):
    GIVEN = "given_on"
    GIVEN_DESCENDING = "-given_on"
    UPDATED = "updated_at"
    UPDATED_DESCENDING = "-updated_at"


class SupportOfOneQuery(PageQuery):
    """Which support of a collaboration, in which order."""

    given_from: Day | None = None
    given_until: Day | None = None
    sort: SupportSort = SupportSort.GIVEN


class SupportQuery(SupportOfOneQuery, BelowCollaboration):
    """Which support, in which order."""

    given_by_id: Several[UUID] | None = Field(
        default=None, description="Only what one of these people gave."
    )
