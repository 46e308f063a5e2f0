"""What a dashboard gets."""

from typing import Annotated

from pydantic import Field

from app.kernel.metrics import MetricDirection, MetricPast, MetricScope, MetricUnit
from app.kernel.money import Money
from app.kernel.schemas import InstantIn, InstantOut, Ref, Response, TimeZone
from app.overview.metrics.definitions import MetricKey, NullCode
from app.overview.metrics.intervals import SeriesInterval
from app.web.exports import ExportChoice


class LikenessOut(Response):
    """A figure shown elsewhere that could be taken for this one."""

    figure: str = Field(description="Which, and where it is shown.")
    is_equal: bool = Field(description="Whether both say the same.")
    because: str = Field(description="How the two relate.")


class MetricDefinitionOut(Response):
    """What a metric says, and how it is counted."""

    key: MetricKey
    title: str
    unit: MetricUnit
    direction: MetricDirection
    counted: str = Field(description="What the numerator counts.")
    counted_of: str = Field(description="What the denominator counts.")
    excluded: str = Field(description="What `excluded_count` counts.")
    without_denominator: str = Field(
        description="What it means that the denominator is zero; there is no value then."
    )
    rules: list[str] = Field(description="What is decided at the edges.")
    needs: str = Field(description="What has to be written down for it to say anything.")
    divisor: int = Field(
        description="By how much the numerator is divided to be in the unit: 86400 seconds a day."
    )
    dimension: str | None = Field(
        description="What it is told apart by; null where it is one figure.",
        examples=["currency"],
    )
    scopes: list[MetricScope] = Field(description="Of what it is told.")
    past: MetricPast = Field(description="Which past of it is kept.")
    likenesses: list[LikenessOut] = Field(
        description="Figures shown elsewhere that it equals, or that differ from it."
    )
    definition_version: int = Field(description="Grows when the way of counting changes.")


class MetricCatalogueOut(Response):
    """Every metric that there is."""

    items: list[MetricDefinitionOut]


class MetricOut(Response):
    """A figure, what it was made of, and by which definition."""

    key: MetricKey
    title: str
    unit: MetricUnit
    direction: MetricDirection
    dimension: str | None = Field(
        description="Which part of it this is, such as a currency; null where it is one figure.",
        examples=["GBP"],
    )
    value: float | None = Field(
        description="`numerator` / `denominator` in the unit, to six digits; money in minor "
        "units, as `amount` says it; null when there is no denominator.",
        examples=[1.2],
    )
    amount: Money | None = Field(
        description="A value that is money, as money; null of other metrics, and without a value."
    )
    null_code: NullCode | None = Field(description="Why there is no value, as a word.")
    null_reason: str | None = Field(description="Why there is no value; null where there is one.")
    numerator: int
    denominator: int
    excluded_count: int = Field(description="How many were left out, as `excluded` says.")
    counted: str = Field(description="What the numerator counts.")
    counted_of: str = Field(description="What the denominator counts.")
    excluded: str = Field(description="What is left out of both.")
    definition_version: int = Field(description="Grows when the way of counting changes.")


class _Figures(Response):
    data_as_of: InstantOut = Field(
        description="When something these figures could depend on last changed."
    )
    as_of: InstantOut | None = Field(
        description="What was true by then is counted; null: what is true now."
    )
    known_at: InstantOut | None = Field(
        description="Only what was known by then counts; null: all that is known."
    )
    metrics: list[MetricOut]


class CohortMetricsOut(_Figures):
    """The metrics of one cohort, all as of one instant."""

    cohort: Ref


class ProgrammeMetricsOut(_Figures):
    """The metrics of a programme: of all its cohorts together, and of its funds."""

    programme: Ref


class CollaborationMetricsOut(_Figures):
    """The metrics of a collaboration: of all that it has in its cohorts together."""

    collaboration: Ref


class PointOut(Response):
    """A figure at one moment: a row of a series."""

    time: InstantOut = Field(description="What was true by then is counted.")
    key: MetricKey
    dimension: str | None = Field(
        description="Which part of it this is, such as a currency; null where it is one figure."
    )
    unit: MetricUnit
    value: float | None = Field(
        description="As of the metrics themselves: money in minor units; null without one."
    )
    amount: Money | None = Field(
        description="A value that is money, as money; null of other metrics, and without a value."
    )
    null_code: NullCode | None = Field(description="Why there is no value, as a word.")
    numerator: int
    denominator: int
    excluded_count: int = Field(description="How many were left out.")


class _Series(Response):
    data_as_of: InstantOut = Field(
        description="When something these figures could depend on last changed."
    )
    interval: SeriesInterval
    timezone: str = Field(description="The zone in whose days the intervals end.")
    known_at: InstantOut | None = Field(
        description="Only what was known by then counts; null: all that is known."
    )
    items: list[PointOut] = Field(
        description="A row for each moment, metric and dimension: the earliest first."
    )


class CohortMetricSeriesOut(_Series):
    """Metrics of a cohort over time, as tidy rows."""

    cohort: Ref


class ProgrammeMetricSeriesOut(_Series):
    """Metrics of a programme over time, as tidy rows."""

    programme: Ref


class ComparedOut(Response):
    """A figure of one of several cohorts."""

    cohort: Ref
    key: MetricKey
    dimension: str | None = Field(
        description="Which part of it this is, such as a currency; null where it is one figure."
    )
    unit: MetricUnit
    value: float | None = Field(
        description="As of the metrics themselves: money in minor units; null without one."
    )
    amount: Money | None = Field(
        description="A value that is money, as money; null of other metrics, and without a value."
    )
    null_code: NullCode | None = Field(description="Why there is no value, as a word.")
    numerator: int
    denominator: int
    excluded_count: int = Field(description="How many were left out.")


class ComparisonOut(Response):
    """The cohorts of a programme beside each other, as tidy rows."""

    as_of: InstantOut | None = Field(
        description="What was true by then is counted; null: what is true now."
    )
    known_at: InstantOut | None = Field(
        description="Only what was known by then counts; null: all that is known."
    )
    items: list[ComparedOut] = Field(
        description="A row for each cohort, metric and dimension: those that start last first."
    )


KnownAt = Annotated[
    InstantIn | None,
    Field(
        description="Count only what was known by this instant: what had been written down by then."
    ),
]
AsOf = Annotated[
    InstantIn | None,
    Field(
        description="Count what was true by this instant: what had occurred by then. Now, and for "
        "an instant to come, unless said."
    ),
]
Keys = Annotated[
    list[MetricKey] | None, Field(max_length=50, description="These metrics; all unless said.")
]


class MetricQuery(ExportChoice):
    """Which metrics are asked for, and at which moment."""

    key: Keys = None
    as_of: AsOf = None
    known_at: KnownAt = None


class SeriesQuery(ExportChoice):
    """Which metrics over which time."""

    key: Keys = None
    since: Annotated[
        InstantIn | None,
        Field(
            description="The first interval ends after this instant; a year before the last moment "
            "unless said."
        ),
    ] = None
    until: Annotated[
        InstantIn | None,
        Field(description="The last moment of the series; now at the latest, and unless said."),
    ] = None
    interval: Annotated[SeriesInterval, Field(description="How long an interval is.")] = (
        SeriesInterval.MONTH
    )
    timezone: Annotated[
        TimeZone | None,
        Field(description="The IANA zone in whose days intervals end; the network's unless said."),
    ] = None
    known_at: KnownAt = None


class CompareQuery(ExportChoice):
    """Which metrics are compared, and at which moment."""

    key: Keys = None
    as_of: AsOf = None
    known_at: KnownAt = None
