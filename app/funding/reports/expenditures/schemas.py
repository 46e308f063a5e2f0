"""What crosses the wire about what was spent."""

from uuid import UUID

from pydantic import Field

from app.kernel.money import Money
from app.kernel.schemas import InstantOut, MinorUnits, Prose, Request, Response


class SaveReportExpenditure(Request):
    """What was spent on one budget line in the period of the report."""

    amount_minor: MinorUnits = Field(
        description="In minor units of the grant's currency.", examples=[650000]
    )
    explanation: Prose | None = Field(
        default=None, description="Why more or less was spent than was meant to be."
    )


class ReportExpenditureOut(Response):
    """A budget line, and what the report says was spent on it."""

    line_id: UUID
    label: str = Field(description="What the line is for.")
    budget: Money
    actual: Money | None = Field(description="What was spent in the period; null until it is said.")
    cumulative: Money = Field(
        description="What was spent in all: by the reports accepted before this one, and in it."
    )
    variance: Money = Field(
        description="The cumulative amount less the budget; negative where less was spent."
    )
    variance_per_cent: str | None = Field(
        description="The variance in per cent of the budget, rounded to two digits; null for a "
        "budget of nothing.",
        examples=["-12.50"],
    )
    needs_explanation: bool = Field(
        description="More was spent than the terms tolerate unexplained; in the last report that "
        "is expected, or less."
    )
    explanation: str | None
    is_unlocked: bool = Field(description="Whether it can be written now.")
    etag: str | None = Field(
        description="Sent as `If-Match` to save it again; null until it was saved, and then "
        "`If-None-Match: *` is sent."
    )
    version: int | None = Field(description="Of what was saved; null until something was.")
    updated_at: InstantOut | None
