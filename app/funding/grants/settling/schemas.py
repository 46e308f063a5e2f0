"""What crosses the wire when grants are settled."""

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field

from app.funding.grants.schemas import GrantOut
from app.kernel.schemas import SAFE_INTEGER, Day, Reason, Request, Response

UntilOn = Annotated[
    Day, Field(description="The last day, where its cohort is, on which the grant goes on.")
]
ReviewerId = Annotated[
    UUID,
    Field(description="The account of who reviews its reports: they hold `report.review` on it."),
]


class ContinueGrant(Request):
    """Why a grant goes on though its membership has ended, until when, and who reviews it."""

    reason: Reason
    until_on: UntilOn
    reviewer_id: ReviewerId


class Answer(StrEnum):
    """What is to become of a grant."""

    CONTINUE = "continue"
    BEGIN_CLOSING = "begin_closing"
    TERMINATE = "terminate"
    CANCEL = "cancel"


class SettleGrant(Request):
    """What is to become of one grant, for which reason."""

    grant_id: UUID
    version: int = Field(
        ge=1, le=SAFE_INTEGER, description="The `version` of the grant that was read."
    )
    answer: Answer
    reason: Reason
    until_on: Day | None = Field(default=None, description="For `continue`: until when.")
    reviewer_id: UUID | None = Field(default=None, description="For `continue`: who reviews it.")


class SettleGrants(Request):
    """What is to become of up to a hundred grants: all of it, or nothing."""

    items: list[SettleGrant] = Field(min_length=1, max_length=100)


class SettledGrantsOut(Response):
    """The grants as they are now, in the order asked for."""

    items: list[GrantOut]
