"""What crosses the wire about reviews."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field

from app.kernel.schemas import MinorUnits, Reason, Request, WithReason


class ChangeRequestIn(Request):
    """What is to be changed."""

    criterion_id: UUID | None = Field(
        default=None, description="The criterion it is about; null for the narrative."
    )
    request: Reason


def _each_once(requests: Sequence[ChangeRequestIn]) -> Sequence[ChangeRequestIn]:
    if len({request.criterion_id for request in requests}) < len(requests):
        raise ValueError("names a criterion twice")
    return requests


ChangeRequests = Annotated[
    list[ChangeRequestIn], Field(min_length=1, max_length=21), AfterValidator(_each_once)
]


class RequestReportChanges(Request):
    """What is to be changed; what is not named stays locked."""

    requests: ChangeRequests


class AcceptMilestonePart(WithReason):
    """How much of the milestone's amount is accepted, and why not all of it."""

    accepted_amount_minor: MinorUnits = Field(examples=[600000])
