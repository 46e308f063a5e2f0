"""What crosses the wire about learning sessions."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Final
from uuid import UUID

from pydantic import MISSING, AfterValidator, Field, StrictInt, StringConstraints

from app.kernel.filters import Several
from app.kernel.paging import Page, PageQuery, ViewedFrom
from app.kernel.schemas import (
    ActionOut,
    InstantIn,
    InstantOut,
    Line,
    Name,
    Prose,
    Ref,
    Request,
    Response,
    Search,
    TimeZone,
    Url,
)
from app.learning.sessions.lifecycle import LearningSessionStatus
from app.learning.sessions.models import SessionKind
from app.network.collaborations.schemas import BelowCohort
from app.network.programmes.schemas import BelowProgramme

ON_THE_WALL: Final = (
    r"^(19|20|21)[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9]$"
)


def _is_a_day(value: str) -> str:
    try:
        datetime.fromisoformat(value)
    except ValueError:
        raise ValueError("must be on a day that there is") from None
    return value


LocalStart = Annotated[
    str,
    StringConstraints(max_length=16, pattern=ON_THE_WALL),
    AfterValidator(_is_a_day),
    Field(
        description="What the clock on the wall says in `timezone` when it begins. An hour that "
        "the clocks leap over is counted with the offset from before; of one that comes twice the "
        "first is meant.",
        examples=["2026-05-12T10:00"],
    ),
]
Minutes = Annotated[StrictInt, Field(ge=5, le=1440, description="Its length, in minutes.")]
Capacity = Annotated[
    StrictInt, Field(ge=1, le=100_000, description="For how many there is room; null: for all.")
]
ReplyHours = Annotated[
    StrictInt,
    Field(
        ge=0,
        le=720,
        description="How many hours before it begins replies close. A no is heard until it begins.",
    ),
]


Purpose = Annotated[Prose, Field(description="What those who come are to take from it.")]


class SegmentIn(Request):
    """A part of the agenda."""

    title: Name
    minutes: Annotated[StrictInt, Field(ge=1, le=1440, description="How long it takes.")]


class MaterialIn(Request):
    """Something that is read before the session, or used in it."""

    title: Name
    url: Url
    licence: Line | None = Field(None, description="The licence, as an SPDX id where it has one.")
    is_pre_reading: bool = Field(False, description="Whether it is to be read beforehand.")


Agenda = Annotated[
    list[SegmentIn],
    Field(max_length=50, description="Its parts in their order; together no longer than it is."),
]
Materials = Annotated[list[MaterialIn], Field(max_length=50, description="In their order.")]
FacilitatorIds = Annotated[
    list[UUID],
    Field(
        max_length=10,
        description="The accounts of those who lead it: people of the cohort's team or members.",
    ),
]
Place = Annotated[Line, Field(description="Where it is held. Told by `…/whereabouts` alone.")]
IsPublic = Annotated[
    bool,
    Field(
        description="Whether anybody reads of it in the calendar of its programme: its title, its "
        "purpose and its time, and never where it is."
    ),
]
Link = Annotated[Url, Field(description="Where one joins it. Told by `…/whereabouts` alone.")]


class PlanSession(Request):
    """What is planned of a session, or of each of a series."""

    kind: SessionKind
    title: Name
    purpose: Purpose | None = None
    timezone: TimeZone | None = Field(None, description="The cohort's unless said.")
    local_start: LocalStart
    duration_minutes: Minutes = 90
    capacity: Capacity | None = None
    reply_hours: ReplyHours = 0
    place: Place | None = None
    link: Link | None = None
    is_public: IsPublic = False
    agenda: Agenda = Field(default_factory=list[SegmentIn])
    materials: Materials = Field(default_factory=list[MaterialIn])
    facilitator_ids: FacilitatorIds = Field(default_factory=list[UUID])


class CreateLearningSession(PlanSession):
    """A session of a cohort."""


class AppliesTo(StrEnum):
    THIS = "this"
    FOLLOWING = "following"
    ALL = "all"


class EditLearningSession(Request):
    """What is to change; what is left out stays, null clears."""

    applies_to: AppliesTo = Field(
        AppliesTo.THIS,
        description="Of a series: this session alone, it and those after it, or all. Those that "
        "were held or cancelled stay as they are; all are moved by as much as this one.",
    )
    kind: SessionKind | MISSING = MISSING
    title: Name | MISSING = MISSING
    purpose: Purpose | MISSING | None = MISSING
    timezone: TimeZone | MISSING = MISSING
    local_start: LocalStart | MISSING = MISSING
    duration_minutes: Minutes | MISSING = MISSING
    capacity: Capacity | MISSING | None = MISSING
    reply_hours: ReplyHours | MISSING = MISSING
    place: Place | MISSING | None = MISSING
    link: Link | MISSING | None = MISSING
    is_public: IsPublic | MISSING = MISSING
    agenda: Agenda | MISSING = MISSING
    materials: Materials | MISSING = MISSING
    facilitator_ids: FacilitatorIds | MISSING = MISSING


class SegmentOut(Response):
    """A part of the agenda."""

    title: str
    minutes: int = Field(description="How long it takes.")


class MaterialOut(Response):
    """Something that is read before the session, or used in it."""

    title: str
    url: str
    licence: str | None = Field(description="The licence, as an SPDX id where it has one.")
    is_pre_reading: bool = Field(description="Whether it is to be read beforehand.")


class LocalTimesOut(Response):
    """What clocks on the wall say in the time zone that was asked for."""

    timezone: str = Field(description="IANA time zone.", examples=["Asia/Kolkata"])
    local_start: str = Field(
        description="What they say when it begins.", examples=["2026-05-12T14:30"]
    )
    local_end: str = Field(description="What they say when it ends.", examples=["2026-05-12T16:00"])


InTimeZone = Annotated[
    LocalTimesOut | None,
    Field(description="When it is by the clocks of `?timezone=`; null unless that is said."),
]


class LearningSessionOut(Response):
    """A learning session."""

    id: UUID
    cohort: Ref = Field(description="The cohort that plans it.")
    cohorts: list[Ref] = Field(
        description="Those that it is for, by their reference: the one that plans it is among them."
    )
    is_for_programme: bool = Field(
        description="Whether it is for all cohorts of the programme, those too that start later, "
        "and for those who have completed one."
    )
    is_for_alumni: bool = Field(
        description="Whether it is, besides, for the people of members that have completed a "
        "cohort of the programme, or do so before it begins. One for the whole programme is for "
        "them anyway."
    )
    sitting_of: Ref | None = Field(
        description="The session of which it is another sitting; null: it is the first, or the "
        "only one."
    )
    sitting_members: list[Ref] = Field(
        description="The members that attend this sitting and no other, each with the reference "
        "and name of its collaboration. None of the first: whoever attends no other attends that."
    )
    series_id: UUID | None = Field(description="The series that it was planned with; null: none.")
    recurs_at: str | None = Field(
        description="When the rule of its series put it, on the wall; unchanging."
    )
    status: LearningSessionStatus
    kind: SessionKind
    title: str
    purpose: str | None = Field(description="What those who come are to take from it.")
    timezone: str = Field(description="IANA time zone.", examples=["Europe/London"])
    local_start: str = Field(
        description="What the clock on the wall says in `timezone` when it begins.",
        examples=["2026-05-12T10:00"],
    )
    duration_minutes: int = Field(description="Its length, in minutes.")
    starts_at: InstantOut = Field(description="When it begins, RFC 3339, in UTC.")
    ends_at: InstantOut = Field(description="When it ends, RFC 3339, in UTC.")
    in_timezone: InTimeZone
    capacity: int | None = Field(description="For how many there is room; null: for all.")
    reply_hours: int = Field(description="How many hours before it begins replies close.")
    replies_due_at: InstantOut = Field(description="When replies close, RFC 3339, in UTC.")
    agenda: list[SegmentOut] = Field(description="Its parts, in their order.")
    materials: list[MaterialOut] = Field(description="What is read before or used in it.")
    facilitators: list[Ref] = Field(description="Who leads it.")
    is_public: bool = Field(
        description="Whether anybody reads of it in the calendar of its programme."
    )
    held_at: InstantOut | None = Field(description="When it was said to have been held.")
    cancelled_at: InstantOut | None = Field(description="When it was cancelled.")
    sequence: int = Field(
        description="Its `SEQUENCE` in calendars, where its `UID` is its id: it rises by one with "
        "each change."
    )
    available_actions: list[ActionOut]
    version: int
    created_at: InstantOut
    updated_at: InstantOut


class LearningSessionPage(Page[LearningSessionOut]):
    """Some of the learning sessions."""


class LearningSessionSort(StrEnum):
    EARLIEST = "starts_at"
    LATEST = "-starts_at"
    OLDEST = "created_at"
    NEWEST = "-created_at"
    TITLE = "title"
    TITLE_DESCENDING = "-title"
    UPDATED = "updated_at"
    UPDATED_DESCENDING = "-updated_at"


class LearningSessionFilters(PageQuery, ViewedFrom):
    """Which of a cohort's sessions, in which order."""

    q: Search | None = None
    status: Several[LearningSessionStatus] | None = None
    kind: Several[SessionKind] | None = None
    series_id: Several[UUID] | None = Field(None, description="Those of this series.")
    sitting_of_id: Several[UUID] | None = Field(
        None, description="The other sittings of this session."
    )
    starts_from: InstantIn | None = Field(None, description="Those that begin then or later.")
    starts_until: InstantIn | None = Field(None, description="Those that begin by then.")
    ends_from: InstantIn | None = None
    ends_until: InstantIn | None = None
    replies_due_from: InstantIn | None = None
    replies_due_until: InstantIn | None = None
    held_from: InstantIn | None = None
    held_until: InstantIn | None = None
    cancelled_from: InstantIn | None = None
    cancelled_until: InstantIn | None = None
    is_public: bool | None = None
    sort: LearningSessionSort = LearningSessionSort.EARLIEST


class LearningSessionQuery(BelowProgramme, BelowCohort, LearningSessionFilters):
    """Which sessions, in which order."""


class WhereaboutsOut(Response):
    """Where a session is, for those who take part."""

    id: UUID
    place: str | None = Field(description="Where it is held.")
    link: str | None = Field(description="Where one joins it.")
    version: int
