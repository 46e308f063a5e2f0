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

    account_id: UUID = Field(description="Who was there.")
    joined_at: InstantIn
    left_at: InstantIn


class AddAttendance(Request):
    """From when until when people were there, as the report of a meeting has it."""

    items: list[StayIn] = Field(min_length=1, max_length=500)


class PersonAttendanceOut(Response):
    """What is known of somebody who acted for a member. Whoever acts for two stands for each."""

    account: Ref = Field(description="Whose attendance it is.")
    membership_id: UUID = Field(description="The member for whom they came, or were to come.")
    collaboration: Ref = Field(description="The collaboration of that member.")
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

    learning_session_id: UUID = Field(description="The session.")
    is_recorded: bool = Field(
        description="Whether anything is known of who came. Where nothing is, nobody is absent, "
        "and the session is in no rate."
    )
    people: list[PersonAttendanceOut] = Field(
        description="Everyone for whoever may read attendance; for anybody else only themselves."
    )
