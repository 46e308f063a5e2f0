"""What crosses the wire about attendance."""

from uuid import UUID

from pydantic import Field

from app.kernel.schemas import InstantIn, InstantOut, Reason, Ref, Request, Response
from app.learning.sessions.attendance.reckoning import AttendanceState, Said


class RecordAttendance(Request):
    """What is said of somebody, whatever the evidence says."""

    verdict: Said | None = Field(description="null takes back what was said: the evidence counts.")
    reason: Reason | None = Field(None, description="Why; whoever is excused is so for a reason.")


class StayIn(Request):
    """That somebody was there."""

    account_id: UUID
    joined_at: InstantIn
    left_at: InstantIn


class AddAttendance(Request):
    """From when until when people were there, as the report of a meeting has it."""

    items: list[StayIn] = Field(min_length=1, max_length=500)


class PersonAttendanceOut(Response):
    """What is known of somebody who acted for a member. Whoever acts for two stands for each."""

    account: Ref
    membership_id: UUID
    collaboration: Ref
    state: AttendanceState = Field(
        description="By the verdict; without one by whether they were there for half of it. "
        "`late` and `left_early` are by more than ten minutes."
    )
    minutes: int = Field(description="For how long they were there while the session was on.")
    joined_at: InstantOut | None = Field(description="When they came, at the earliest.")
    left_at: InstantOut | None = Field(description="When they went, at the latest.")
    is_said: bool = Field(description="Whether somebody said so, whatever the evidence says.")
    reason: str | None = Field(description="Why, where somebody said so.")
    recorded_by: Ref | None = Field(description="Who said so.")
    recorded_at: InstantOut | None = Field(description="When it was said.")


class AttendanceOut(Response):
    """Who was expected at a session, and who came."""

    learning_session_id: UUID
    people: list[PersonAttendanceOut] = Field(
        description="Everyone for whoever may read attendance; for anybody else only themselves."
    )


class RateOut(Response):
    """A rate with what it is made of."""

    value: float | None = Field(
        description="`numerator` / `denominator` to six digits; null when nobody was expected."
    )
    numerator: int
    denominator: int


class RatesOut(Response):
    """How well somebody took part."""

    strict: RateOut = Field(description="Whoever was excused was expected, and was not there.")
    adjusted: RateOut = Field(description="Whoever was excused was not expected.")
    participation: RateOut = Field(description="Who contributed later took part too.")


class MemberAttendanceOut(Response):
    """How well a member took part."""

    membership_id: UUID
    collaboration: Ref
    organisation: RatesOut = Field(description="It was there when one of its people was.")
    person: RatesOut = Field(description="Of each of its people at each session.")


class CohortAttendanceOut(Response):
    """How well the members of a cohort took part in the sessions that were held."""

    cohort_id: UUID
    held: int = Field(description="How many sessions were held.")
    organisation: RatesOut = Field(description="Of each member at each session.")
    person: RatesOut = Field(description="Of each person at each session.")
    members: list[MemberAttendanceOut] = Field(
        description="Those that were expected at one, in the order in which they joined. A member "
        "is expected when it takes part and is not on leave when a session begins."
    )
