"""What crosses the wire about feedback."""

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field, StrictInt

from app.kernel.schemas import InstantOut, Prose, Request, Response


class GiveFeedback(Request):
    """How a session was found."""

    rating: Annotated[StrictInt, Field(ge=1, le=5, description="From 1, poor, to 5, excellent.")]
    recommendation: Annotated[
        StrictInt,
        Field(ge=0, le=10, description="How likely one would recommend it, from 0 to 10."),
    ]
    comment: Prose | None = Field(
        None, description="Read by whoever runs the sessions, without your name."
    )


class Withheld(StrEnum):
    """Why nothing is told."""

    NOT_HELD = "not_held"
    OPEN = "open"
    TOO_FEW = "too_few"


class RatingCountOut(Response):
    """How many gave a rating."""

    rating: int = Field(description="From 1 to 5.")
    count: int | None = Field(
        description="null: withheld, so that it is about nobody in particular."
    )


class SessionFeedbackOut(Response):
    """How a session was found, once feedback has closed and if five or more have given some."""

    learning_session_id: UUID = Field(description="The session.")
    closes_at: InstantOut | None = Field(description="Until when feedback is given.")
    null_reason: Withheld | None = Field(description="Why nothing is told; null where it is.")
    answered: int | None = Field(description="How many gave feedback.")
    rating_mean: float | None = Field(description="The mean of the ratings, from 1 to 5.")
    ratings: list[RatingCountOut] = Field(description="How many gave each rating.")
    recommendation_score: float | None = Field(
        description="The net promoter score, from -100 to 100: those who would recommend it by "
        "nine or more less those by six or less, in per cent."
    )
    comments: list[str] = Field(description="What was written, in no order.")
