"""What crosses the wire when times are looked for."""

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field, StrictInt, StringConstraints

from app.kernel.schemas import Day, InstantIn, InstantOut, Ref, Request, Response, TimeZone
from app.learning.sessions.schemas import Minutes

ClockTime = Annotated[
    str,
    StringConstraints(max_length=5, pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$"),
    Field(description="What the clock on the wall says.", examples=["09:00"]),
]


class HoursIn(Request):
    """A part of each day."""

    begins: ClockTime
    ends: ClockTime


class BusyIn(Request):
    """When a team cannot come."""

    starts_at: InstantIn
    ends_at: InstantIn


class MeetingTeam(Request):
    """A member of the cohort, and what is known of its time."""

    membership_id: UUID
    timezone: TimeZone | None = Field(None, description="The membership's unless said.")
    working_hours: HoursIn | None = Field(
        None,
        description="From nine to five unless said; by night where it ends earlier than it begins. "
        "The further from them, the less convenient; nights and weekends most of all.",
    )
    busy: list[BusyIn] = Field(
        default_factory=list[BusyIn], max_length=50, description="When it cannot come."
    )


class FindSessionTimes(Request):
    """What is looked for."""

    first_on: Day = Field(description="The first day on which the first session may be.")
    last_on: Day | None = Field(
        None,
        description="The last day on which it may be, within a week of the first; the same day "
        "unless said.",
    )
    timezone: TimeZone | None = Field(
        None, description="Where days and hours are those of the wall; the cohort's unless said."
    )
    hours: HoursIn | None = Field(
        None, description="Between which it begins and ends, the same day; any hour unless said."
    )
    step_minutes: Annotated[
        StrictInt, Field(ge=15, le=60, multiple_of=15, description="How far apart starts are.")
    ] = 30
    session_count: Annotated[
        StrictInt, Field(ge=1, le=26, description="How many sessions there are.")
    ] = 1
    every_weeks: Annotated[
        StrictInt, Field(ge=1, le=8, description="How many weeks lie between them.")
    ] = 1
    duration_minutes: Minutes = 90
    teams: list[MeetingTeam] = Field(
        default_factory=list[MeetingTeam],
        max_length=40,
        description="Who is to come; every member that takes part and is not on leave unless said.",
    )


class SearchStatus(StrEnum):
    PROVED = "proved"
    BOUNDED = "bounded"


class Solver(StrEnum):
    HIGHS = "highs"
    SEARCH = "search"


class TeamTimeOut(Response):
    """A session as a team has it."""

    membership_id: UUID
    local_start: str = Field(
        description="What the clock on its wall says when it begins.", examples=["2026-05-12T10:00"]
    )
    inconvenience: int = Field(
        description="What it costs the team: 0 in its working hours, then 1, 3 and 6, and 20 by "
        "night; 20 more at a weekend. As much as the worst moment of the session."
    )


class SittingOut(Response):
    """A session, or one half of it."""

    starts_at: InstantOut = Field(description="When it begins, RFC 3339, in UTC.")
    local_start: str = Field(
        description="What the clock on the wall says in `timezone` when it begins.",
        examples=["2026-05-12T10:00"],
    )
    teams: list[TeamTimeOut] = Field(description="Who comes to it.")


class FoundSessionOut(Response):
    """When one session would be."""

    sittings: list[SittingOut] = Field(description="One, or two of which each team comes to one.")
    absent: list[UUID] = Field(description="The memberships that cannot come.")


class TeamBurdenOut(Response):
    """What a team bears in all."""

    membership_id: UUID
    collaboration: Ref
    timezone: str = Field(description="IANA time zone.", examples=["Europe/London"])
    carried_over: int = Field(
        description="Of sessions of the cohort that were held while it took part."
    )
    burden: int = Field(description="With these sessions.")


class TimetableOut(Response):
    """When the sessions would be, and what it comes to."""

    sessions: list[FoundSessionOut] = Field(description="In their order.")
    burdens: list[TeamBurdenOut] = Field(description="Of each team, as they were named.")
    worst: int = Field(description="What the worst off bears.")
    total: int = Field(description="What all bear together.")
    absence_count: int = Field(description="How often a team cannot come.")


class StartCandidateOut(Response):
    """A time of one session, and what it comes to."""

    starts_at: InstantOut = Field(description="When it would begin, RFC 3339, in UTC.")
    local_start: str = Field(
        description="What the clock on the wall says in `timezone` when it would begin.",
        examples=["2026-05-12T10:00"],
    )
    worst: int = Field(description="What the worst off would bear, what it bore before included.")
    total: int = Field(description="What all would bear together.")
    absence_count: int = Field(description="How many teams could not come.")


class SessionTimesOut(Response):
    """The times at which most can come, then the worst off bears the least, then all together."""

    timezone: str = Field(description="IANA time zone.", examples=["Europe/London"])
    duration_minutes: int = Field(description="The length of each, in minutes.")
    times: TimetableOut
    status: SearchStatus = Field(
        description="Whether it is `proved` that nothing is better, or only how far `worst` may be "
        "from the best: no less than `bound`."
    )
    bound: int = Field(description="What the worst off bears at the least, whatever is chosen.")
    solver: Solver = Field(
        description="What found them: `highs`, an exact solver, where the service was installed "
        "with it; else a `search` of its own, which proves as much except of many distant zones."
    )
    in_two_sittings: TimetableOut | None = Field(
        description="Two sittings of each session, where that lets more come or lessens what the "
        "worst off bears; null: it does not."
    )
    candidates: list[StartCandidateOut] = Field(
        description="The best times of the first session by itself, no two of which cost all teams "
        "the same, the best first: what `create_session_poll` may ask people about."
    )
    reason: str = Field(description="Why these times, in a few sentences.")
