"""What crosses the wire about polls."""

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field

from app.kernel.filters import Several
from app.kernel.paging import Page, PageQuery, ViewedFrom
from app.kernel.schemas import (
    ActionOut,
    InstantIn,
    InstantOut,
    Name,
    Ref,
    Request,
    Response,
    Search,
    TimeZone,
)
from app.learning.sessions.models import SessionKind
from app.learning.sessions.polls.lifecycle import SessionPollStatus
from app.learning.sessions.polls.models import VoteAnswer
from app.learning.sessions.schemas import AppliesTo, InTimeZone, Minutes
from app.learning.sessions.series.schemas import Rule
from app.network.collaborations.schemas import BelowCohort
from app.network.programmes.schemas import BelowProgramme


class CreateSessionPoll(Request):
    """What is asked, and until when."""

    learning_session_id: UUID | None = Field(
        None, description="The session that is to be moved; one is made then unless it is said."
    )
    title: Name | None = Field(None, description="That of the session, where there is one.")
    kind: SessionKind | None = Field(None, description="Likewise; a workshop unless said.")
    timezone: TimeZone | None = Field(
        None, description="Where the session keeps to its hour: its own, or the cohort's."
    )
    duration_minutes: Minutes | None = Field(
        None, description="That of the session, or 90, unless it is said."
    )
    closes_at: InstantIn = Field(description="Until when people vote.")
    options: Annotated[
        list[InstantIn],
        Field(
            min_length=2,
            max_length=20,
            description="When it may begin: the `candidates` of `find_session_times`, or others.",
        ),
    ]


class VoteIn(Request):
    """An answer to one time."""

    option_id: UUID = Field(description="One of the times that the poll asks about.")
    answer: VoteAnswer


class CastVotes(Request):
    """What one answers to the times of a poll; it takes the place of what one answered before."""

    answers: Annotated[
        list[VoteIn],
        Field(min_length=1, max_length=20, description="To what is left out, the answer is no."),
    ]


class ChooseSessionTime(Request):
    """Which of the times it is."""

    option_id: UUID = Field(description="One of the times that the poll asks about.")
    applies_to: AppliesTo = Field(
        AppliesTo.THIS,
        description="Of a session in a series: whether it alone is moved, it and those after it, "
        "or all.",
    )
    rule: Rule | None = Field(
        None, description="To make a series that begins then, of no poll about a session."
    )


class PollOptionOut(Response):
    """A time, and how many answered what."""

    id: UUID
    starts_at: InstantOut = Field(description="When it would begin, RFC 3339, in UTC.")
    ends_at: InstantOut = Field(description="When it would end, RFC 3339, in UTC.")
    local_start: str = Field(
        description="What the clock on the wall says in `timezone` when it would begin.",
        examples=["2026-05-12T10:00"],
    )
    in_timezone: InTimeZone
    yes: int = Field(description="How many can come.")
    if_need_be: int = Field(description="How many can come if need be.")
    no: int = Field(description="How many of those who voted cannot.")


class SessionPollOut(Response):
    """A poll on the time of a session."""

    id: UUID
    cohort: Ref
    learning_session: Ref | None = Field(
        description="The session that it is about; null: one is made once a time is chosen."
    )
    status: SessionPollStatus
    kind: SessionKind
    title: str
    timezone: str = Field(description="IANA time zone.", examples=["Europe/London"])
    duration_minutes: int = Field(description="The length of the session, in minutes.")
    closes_at: InstantOut = Field(description="Until when people vote, RFC 3339, in UTC.")
    options: list[PollOptionOut] = Field(description="The times, the earliest first.")
    voter_count: int = Field(description="How many voted.")
    chosen_at: InstantOut | None = Field(description="The time that was chosen; null: none yet.")
    available_actions: list[ActionOut]
    version: int
    created_at: InstantOut
    updated_at: InstantOut


class SessionPollPage(Page[SessionPollOut]):
    """Some of the polls."""


class SessionPollSort(StrEnum):
    FIRST_TO_CLOSE = "closes_at"
    LAST_TO_CLOSE = "-closes_at"
    OLDEST = "created_at"
    NEWEST = "-created_at"
    TITLE = "title"
    TITLE_DESCENDING = "-title"
    UPDATED = "updated_at"
    UPDATED_DESCENDING = "-updated_at"


class SessionPollFilters(PageQuery, ViewedFrom):
    """Which polls of a cohort, in which order."""

    q: Search | None = None
    status: Several[SessionPollStatus] | None = None
    kind: Several[SessionKind] | None = None
    learning_session_id: Several[UUID] | None = Field(None, description="About these sessions.")
    closes_from: InstantIn | None = None
    closes_until: InstantIn | None = None
    chosen_from: InstantIn | None = None
    chosen_until: InstantIn | None = None
    sort: SessionPollSort = SessionPollSort.FIRST_TO_CLOSE


class SessionPollQuery(BelowProgramme, BelowCohort, SessionPollFilters):
    """Which polls, in which order."""


class VoteOut(Response):
    """An answer to one time."""

    option_id: UUID = Field(description="One of the times that the poll asks about.")
    answer: VoteAnswer


class VoterOut(Response):
    """What somebody voted."""

    account: Ref = Field(description="Who voted.")
    voted_at: InstantOut
    answers: list[VoteOut] = Field(description="To each time that they were asked about.")


class SessionPollVotesOut(Response):
    """Who voted what, by name."""

    session_poll_id: UUID = Field(description="The poll.")
    voters: list[VoterOut] = Field(description="Oneself alone, for who may not see the others.")
