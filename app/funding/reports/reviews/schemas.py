"""What crosses the wire about reviews."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated, Self
from uuid import UUID

from pydantic import AfterValidator, Field, model_validator

from app.funding.reports.unlocking import Part, PartKind, criterion_part
from app.kernel.schemas import MinorUnits, Reason, Request, WithReason


class WholePart(StrEnum):
    """A part of a report that is neither a criterion nor a budget line."""

    NARRATIVE = "narrative"
    BUDGET = "budget"
    SUMMARY = "summary"


class ChangeRequestIn(Request):
    """What is to be changed: a criterion, a budget line, or another part; by default the
    narrative."""

    criterion_id: UUID | None = Field(default=None, description="The criterion it is about.")
    line_id: UUID | None = Field(default=None, description="The budget line it is about.")
    part: WholePart | None = Field(
        default=None, description="The part it is about, where it is neither of these."
    )
    request: Reason

    @model_validator(mode="after")
    def _names_one_part(self) -> Self:
        named = [one for one in (self.criterion_id, self.line_id, self.part) if one is not None]
        if len(named) > 1:
            raise ValueError("must name one of criterion_id, line_id and part")
        return self

    @property
    def about(self) -> Part:
        """The part that is to be changed."""
        if self.part is not None:
            return Part(PartKind(self.part))
        if self.line_id is not None:
            return Part(PartKind.BUDGET_LINE, self.line_id)
        return criterion_part(self.criterion_id)


def _each_once(requests: Sequence[ChangeRequestIn]) -> Sequence[ChangeRequestIn]:
    if len({request.about for request in requests}) < len(requests):
        raise ValueError("names a part twice")
    return requests


ChangeRequests = Annotated[
    list[ChangeRequestIn], Field(min_length=1, max_length=123), AfterValidator(_each_once)
]


class RequestReportChanges(Request):
    """What is to be changed; what is not named stays locked."""

    requests: ChangeRequests


class AcceptMilestonePart(WithReason):
    """How much of the milestone's amount is accepted, and why not all of it."""

    accepted_amount_minor: MinorUnits = Field(examples=[600000])
