"""What crosses the wire when a cohort moves."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field, StrictBool, StrictInt

from app.kernel.schemas import Ref, Response, WithReason
from app.kernel.vocabularies import Vocabulary

Days = Annotated[
    StrictInt,
    Field(ge=-730, le=730, description="By how many days; earlier when negative.", examples=[30]),
]


class RescheduleCohort(WithReason):
    """By how many days, and why."""

    days: Days
    dry_run: StrictBool = Field(
        default=False, description="Whether to tell what would move, and move nothing."
    )


class MovedOut(Response):
    """Something that is due on another day."""

    id: UUID
    reference: str | None = Field(description="Of a milestone; null for a task.")
    name: str
    member: Ref = Field(description="The collaboration it is due of.")
    due_on: date
    new_due_on: date


class Hindrance(Vocabulary):
    """Why a milestone stays as it is."""

    PASSES_AGREED_END = "passes_agreed_end"
    NOT_LATER = "not_later"
    NOT_SIGNED = "not_signed"


class SessionHindrance(Vocabulary):
    """Why a session stays when it was."""

    FACILITATOR_ELSEWHERE = "facilitator_elsewhere"
    IN_THE_PAST = "in_the_past"
    SHARED = "shared"


class StaysOut(Response):
    """A milestone that is due when it was."""

    id: UUID
    reference: str
    name: str
    member: Ref = Field(description="The collaboration it is due of.")
    due_on: date
    because: Hindrance = Field(
        description="`passes_agreed_end`: its grant ends before. `not_later`: what was agreed is "
        "due earlier for nobody. `not_signed`: the terms are not signed yet; edit them."
    )


class MovedSessionOut(Response):
    """A session that is to come, on another day at the same hour."""

    id: UUID
    title: str
    timezone: str
    local_start: str = Field(
        description="What the clock on the wall says when it begins.", examples=["2026-05-04T10:00"]
    )
    new_local_start: str = Field(
        description="The same hour, by that many days later or earlier.",
        examples=["2026-06-03T10:00"],
    )
    stays_because: SessionHindrance | None = Field(
        description="Why it stays when it was; null where it moves. `facilitator_elsewhere`: who "
        "leads it leads a session of another cohort then. `in_the_past`: that time is over."
    )


class RescheduleOut(Response):
    """What moved with the cohort, or would move."""

    cohort: Ref
    is_dry_run: bool
    days: int
    planned_start_on: date | None
    planned_end_on: date | None
    tasks: list[MovedOut]
    milestones: list[MovedOut]
    stays: list[StaysOut]
    sessions: list[MovedSessionOut]
    version: int = Field(description="The version of the cohort.")
