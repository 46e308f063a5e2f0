"""What crosses the wire about series of learning sessions."""

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from app.kernel.paging import Page, PageQuery
from app.kernel.schemas import InstantOut, Ref, Response, Search
from app.learning.sessions.schemas import LocalStart, PlanSession
from app.network.collaborations.schemas import BelowCohort
from app.network.programmes.schemas import BelowProgramme

Rule = Annotated[
    str,
    StringConstraints(min_length=9, max_length=200, pattern=r"^[A-Z0-9=;,+-]+$"),
    Field(
        description="A recurrence rule of RFC 5545 that ends by COUNT or UNTIL.",
        examples=["FREQ=WEEKLY;INTERVAL=2;COUNT=6"],
    ),
]


class CreateSessionSeries(PlanSession):
    """A series: what is planned of each session, and when they are."""

    local_start: LocalStart = Field(description="The first, which the rule must give itself.")
    rule: Rule
    added: list[LocalStart] = Field(
        default_factory=list[str], max_length=60, description="Beyond what the rule gives."
    )
    left_out: list[LocalStart] = Field(
        default_factory=list[str], max_length=60, description="Of what the rule gives."
    )


class SessionSeriesOut(Response):
    """A series of learning sessions, as it was planned. Its sessions are read by
    `/learning-sessions?series_id=`."""

    id: UUID
    cohort: Ref
    title: str
    timezone: str = Field(description="IANA time zone.", examples=["Europe/London"])
    local_start: str = Field(description="The first, on the wall of the zone.")
    duration_minutes: int = Field(description="The length of each, in minutes.")
    rule: str = Field(description="The recurrence rule, as RFC 5545 has it.")
    added: list[str] = Field(description="What was added to what the rule gives.")
    left_out: list[str] = Field(description="What was left out of it.")
    session_count: int = Field(description="How many sessions it has.")
    version: int
    created_at: InstantOut
    updated_at: InstantOut


class SessionSeriesPage(Page[SessionSeriesOut]):
    """Some of the series."""


class SessionSeriesSort(StrEnum):
    """In which order."""

    OLDEST = "created_at"
    NEWEST = "-created_at"
    TITLE = "title"
    TITLE_DESCENDING = "-title"
    UPDATED = "updated_at"
    UPDATED_DESCENDING = "-updated_at"


class SessionSeriesFilters(PageQuery):
    """Which of a cohort's series, in which order."""

    q: Search | None = None
    sort: SessionSeriesSort = SessionSeriesSort.OLDEST


class SessionSeriesQuery(BelowProgramme, BelowCohort, SessionSeriesFilters):
    """Which series, in which order."""
