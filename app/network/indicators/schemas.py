"""What crosses the wire about indicators."""

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import MISSING, AfterValidator, Field, StrictInt

from app.kernel.filters import Several
from app.kernel.metrics import MetricDirection
from app.kernel.paging import Page, PageQuery
from app.kernel.schemas import (
    ActionOut,
    Code,
    Day,
    InstantOut,
    Line,
    Name,
    Prose,
    Ref,
    Request,
    Response,
    Search,
)
from app.network.indicators.aggregation import (
    IndicatorAggregation,
    IndicatorReading,
    OutcomeLevel,
)
from app.network.indicators.lifecycle import IndicatorStatus
from app.network.programmes.schemas import BelowProgramme


def _each_once(keys: list[str]) -> list[str]:
    if len(set(keys)) < len(keys):
        raise ValueError("names a group twice")
    return keys


Groups = Annotated[
    list[Code],
    Field(
        max_length=20,
        description="What results are told apart by, such as priority areas; each result then "
        "names one. Empty: they are not.",
        examples=[["mobility", "health"]],
    ),
    AfterValidator(_each_once),
]
Key = Annotated[
    str,
    Field(
        min_length=1,
        max_length=60,
        pattern=r"^[a-z][a-z0-9_]*$",
        description="A short name, unique in the network and unchanging: the `dimension` of its "
        "figures among the metrics.",
        examples=["data_sets_opened"],
    ),
]
Whole = Annotated[StrictInt, Field(ge=0, le=1_000_000_000_000)]


class CreateIndicator(Request):
    """What a programme wants to see change, and how that is counted."""

    key: Key
    name: Name
    definition: Prose = Field(description="What counts and what does not, in words.")
    unit: Line = Field(description="What one of it is.", examples=["people"])
    direction: MetricDirection = MetricDirection.UP
    aggregation: IndicatorAggregation
    reading: IndicatorReading = IndicatorReading.IN_PERIOD
    counts_people: bool = Field(
        default=False,
        description="Whether it counts people: then no result may be about one to four of them.",
    )
    groups: Groups = Field(default_factory=list)
    level: OutcomeLevel | None = None
    baseline_value: Whole | None = Field(default=None, description="What it was at the start.")
    baseline_out_of: Whole | None = Field(default=None, description="Of a share or a mean.")
    baseline_on: Day | None = None
    reports_until_on: Day | None = Field(
        default=None, description="The last day of the period that members report next."
    )
    report_by_on: Day | None = Field(
        default=None, description="The day by whose end they report it; both, or neither."
    )


class EditIndicator(Request):
    """What is to change. Once a result was reported, how it is counted stands."""

    name: Name | MISSING = MISSING
    definition: Prose | MISSING = Field(
        MISSING, description="What counts and what does not, in words."
    )
    unit: Line | MISSING = Field(MISSING, description="What one of it is.")
    direction: MetricDirection | MISSING = MISSING
    aggregation: IndicatorAggregation | MISSING = MISSING
    reading: IndicatorReading | MISSING = MISSING
    counts_people: bool | MISSING = Field(
        MISSING,
        description="Whether it counts people: then no result may be about one to four of them.",
    )
    groups: Groups | MISSING = MISSING
    level: OutcomeLevel | MISSING | None = MISSING
    baseline_value: Whole | MISSING | None = Field(MISSING, description="What it was at the start.")
    baseline_out_of: Whole | MISSING | None = Field(MISSING, description="Of a share or a mean.")
    baseline_on: Day | MISSING | None = MISSING
    reports_until_on: Day | MISSING | None = Field(
        MISSING, description="The last day of the period that members report next."
    )
    report_by_on: Day | MISSING | None = Field(
        MISSING, description="The day by whose end they report it; both, or neither."
    )


class IndicatorOut(Response):
    """What a programme wants to see change, and how that is counted."""

    id: UUID
    programme: Ref
    key: str
    name: str
    definition: str = Field(description="What counts and what does not, in words.")
    unit: str = Field(description="What one of it is.")
    direction: MetricDirection
    aggregation: IndicatorAggregation
    reading: IndicatorReading
    counts_people: bool = Field(
        description="Whether it counts people: then no result is about one to four of them."
    )
    groups: list[str] = Field(description="What results are told apart by.")
    level: OutcomeLevel | None
    baseline_value: int | None = Field(description="What it was at the start.")
    baseline_out_of: int | None = Field(description="Of a share or a mean.")
    baseline_on: Day | None
    reports_until_on: Day | None = Field(
        description="The last day of the period that members report next."
    )
    report_by_on: Day | None = Field(description="The day by whose end they report it.")
    definition_version: int = Field(
        description="Grows when what it says changes after it was asked of members; a result keeps "
        "the one that it was reported under."
    )
    status: IndicatorStatus
    available_actions: list[ActionOut]
    version: int
    created_at: InstantOut
    updated_at: InstantOut


class IndicatorPage(Page[IndicatorOut]):
    """Some of the indicators."""


class IndicatorSort(StrEnum):
    KEY = "key"
    KEY_DESCENDING = "-key"
    UPDATED = "updated_at"
    UPDATED_DESCENDING = "-updated_at"


class IndicatorsOfOneQuery(PageQuery):
    """Which indicators of a programme, in which order."""

    status: Several[IndicatorStatus] | None = None
    aggregation: Several[IndicatorAggregation] | None = None
    baseline_from: Day | None = None
    baseline_until: Day | None = None
    reports_until_from: Day | None = None
    reports_until_until: Day | None = None
    report_by_from: Day | None = None
    report_by_until: Day | None = None
    sort: IndicatorSort = IndicatorSort.KEY


class IndicatorQuery(BelowProgramme, IndicatorsOfOneQuery):
    """Which indicators, of all programmes that you may see."""

    q: Search | None = None
    key: Several[Code] | None = Field(None, description="Those of these keys.")
