"""The file of applications: what a record holds, of which the rest is not read."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Final

from pydantic import BaseModel, Field

from app.kernel.schemas import EARLIEST_YEAR, LATEST_YEAR, SAFE_INTEGER

SOURCE: Final = "milestone-grants"

ExternalId = Annotated[str, Field(pattern=r"\S")]
Amount = Annotated[Decimal, Field(ge=0, le=SAFE_INTEGER)]
Text = Annotated[str, Field(max_length=10_000)]
Currency = Annotated[str, Field(max_length=20)]
Day = Annotated[date, Field(ge=date(EARLIEST_YEAR, 1, 1), le=date(LATEST_YEAR, 1, 1))]
Number = Annotated[int, Field(ge=0, le=1000)]


class Deliverable(BaseModel):
    number: Text
    name: Text


class PromisedMilestone(BaseModel):
    """A milestone as the application has it; the amount is in major units."""

    number: Number
    title: Text | None = None
    duration: Text | None = None
    amount: Amount | None = None
    currency: Currency | None = None
    deliverables: list[Deliverable] = Field(default_factory=list[Deliverable], max_length=500)


class Delivery(BaseModel):
    """What the applicant handed in, for one milestone or several."""

    milestones: list[Number]
    submitted_on: Day | None = None


class JudgedDeliverable(BaseModel):
    number: Text
    accepted: bool | None = None


class Evaluation(BaseModel):
    """What an evaluator said of a delivery."""

    milestones: list[Number]
    evaluator: ExternalId
    status: Text
    evaluated_on: Day | None = None
    deliverables: list[JudgedDeliverable] = Field(default_factory=list[JudgedDeliverable])


class Application(BaseModel):
    """An application that was agreed to, and what was delivered of it."""

    id: ExternalId
    title: Text
    application_merged_on: Day | None = None
    total_amount: Amount | None = None
    currency: Currency | None = None
    milestones: list[PromisedMilestone]
    deliveries: list[Delivery] = Field(default_factory=list[Delivery])
    evaluations: list[Evaluation] = Field(default_factory=list[Evaluation])
