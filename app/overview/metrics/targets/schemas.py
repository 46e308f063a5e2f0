"""What crosses the wire about targets of metrics."""

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import MISSING, Field

from app.kernel.filters import Several
from app.kernel.metrics import MetricUnit
from app.kernel.paging import Page, PageQuery
from app.kernel.schemas import Day, InstantIn, InstantOut, Ref, Request, Response
from app.network.collaborations.schemas import BelowCohort
from app.network.programmes.schemas import BelowProgramme
from app.network.programmes.targets.progress import Comparator, Standing
from app.overview.metrics.definitions import MetricKey, NullCode
from app.web.exports import ExportChoice

Number = Annotated[
    float, Field(strict=True, ge=0, le=1_000_000_000_000, allow_inf_nan=False, examples=[0.8])
]

Dimension = Annotated[
    str,
    Field(min_length=1, max_length=130, pattern=r"^[A-Za-z0-9_:]+$", examples=["GBP"]),
]


class CreateMetricTarget(Request):
    """What a metric is to be by a day."""

    metric: MetricKey
    dimension: Dimension | None = Field(
        default=None,
        description="Of a metric that is told apart by currency or indicator, which one; of an "
        "indicator its key, or `key:group`.",
    )
    comparator: Comparator | None = Field(
        default=None,
        description="`at_least` of a metric that is to go up and `at_most` of one that is to go "
        "down, unless said; to be said of any other.",
    )
    value: Number = Field(description="In the metric's unit: a share is 0.8, money minor units.")
    baseline: Number = Field(default=0, description="What it was at the start.")
    starts_on: Day | None = Field(default=None, description="Today unless said.")
    due_on: Day


class EditMetricTarget(Request):
    """What is to change; what is measured never does."""

    value: Number | MISSING = MISSING
    baseline: Number | MISSING = MISSING
    starts_on: Day | MISSING = MISSING
    due_on: Day | MISSING = MISSING


class MetricTargetOut(Response):
    """A target, and how it stands."""

    id: UUID
    programme: Ref
    cohort: Ref | None = Field(description="Null of a target of the programme.")
    metric: MetricKey
    dimension: str | None = Field(description="Such as a currency.")
    unit: MetricUnit
    comparator: Comparator
    value: float = Field(description="In the unit; money in minor units.")
    baseline: float
    starts_on: Day
    due_on: Day
    timezone: str = Field(description="In whose days it starts and is due.")
    withdrawn_at: InstantOut | None
    as_of: InstantOut | None = Field(
        description="What was true by then is measured: the end of the day on which it was due; "
        "null: what is true now, until then and of a metric whose past is not kept."
    )
    measured: float | None = Field(
        description="The value of the metric; null without one, and of a target that was withdrawn."
    )
    null_code: NullCode | None = Field(description="Why the metric has no value, as a word.")
    numerator: int
    denominator: int
    share: float | None = Field(description="`measured` as a part of `value`.")
    expected: float = Field(
        description="What an even growth from the baseline would have reached; a ceiling's value."
    )
    standing: Standing | None = Field(
        description="How it stands; null before it begins, without a value, and once withdrawn."
    )
    is_on_track: bool | None = Field(
        description="Whether that gives no cause for worry; null where it stands nowhere."
    )
    version: int
    created_at: InstantOut
    updated_at: InstantOut


class MetricTargetPage(Page[MetricTargetOut]):
    """Some of the targets of metrics."""


class MetricTargetSort(StrEnum):
    DUE = "due_on"
    DUE_DESCENDING = "-due_on"
    UPDATED = "updated_at"
    UPDATED_DESCENDING = "-updated_at"


class MetricTargetQuery(BelowProgramme, BelowCohort, PageQuery, ExportChoice):
    """Which targets, in which order."""

    metric: Several[MetricKey] | None = None
    is_withdrawn: bool | None = None
    starts_from: Day | None = None
    starts_until: Day | None = None
    withdrawn_from: InstantIn | None = None
    withdrawn_until: InstantIn | None = None
    due_from: Day | None = None
    due_until: Day | None = None
    sort: MetricTargetSort = MetricTargetSort.DUE
