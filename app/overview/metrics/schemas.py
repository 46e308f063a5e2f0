"""What a dashboard gets."""

from pydantic import Field

from app.kernel.schemas import InstantOut, Ref, Response
from app.overview.metrics.definitions import MetricKey


class MetricOut(Response):
    """A figure, what it was made of, and by which definition."""

    key: MetricKey
    title: str
    value: float | None = Field(
        description="`numerator` / `denominator` to six digits; null when there is no denominator.",
        examples=[1.2],
    )
    null_reason: str | None = Field(description="Why there is no value; null where there is one.")
    numerator: int
    denominator: int
    excluded_count: int = Field(description="How many were left out, as `excluded` says.")
    counted: str = Field(description="What the numerator counts.")
    counted_of: str = Field(description="What the denominator counts.")
    excluded: str = Field(description="What is left out of both.")
    definition_version: int = Field(description="Grows when the way of counting changes.")


class CohortMetricsOut(Response):
    """The metrics of one cohort, all as of one instant."""

    cohort: Ref
    data_as_of: InstantOut = Field(
        description="When something these figures could depend on last changed."
    )
    metrics: list[MetricOut]
