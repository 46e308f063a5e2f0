"""What crosses the wire about targets."""

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import MISSING, Field, StrictInt

from app.kernel.paging import Page, PageQuery, Paging
from app.kernel.schemas import (
    Code,
    Day,
    InstantIn,
    InstantOut,
    Line,
    Name,
    Ref,
    Request,
    Response,
    Search,
)
from app.network.programmes.models import CountingRule
from app.network.programmes.schemas import BelowProgramme
from app.network.programmes.targets.progress import Comparator, Standing
from app.web.exports import ExportChoice

Goal = Annotated[StrictInt, Field(ge=1, le=1_000_000_000)]
Counted = Annotated[StrictInt, Field(ge=0, le=1_000_000_000)]


class CreateTarget(Request):
    """A number to be reached, or not to be exceeded, by a day."""

    key: Code = Field(description="A short name, unique in the programme and unchanging.")
    name: Name
    comparator: Comparator
    value: Goal
    baseline: Counted = Field(default=0, description="What there was at the start.")
    counting_rule: CountingRule
    starts_on: Day | None = Field(
        default=None, description="The programme's planned start unless said."
    )
    due_on: Day


class EditTarget(Request):
    """What is to change; what is counted never does."""

    name: Name | MISSING = MISSING
    value: Goal | MISSING = MISSING
    baseline: Counted | MISSING = MISSING
    starts_on: Day | MISSING = MISSING
    due_on: Day | MISSING = MISSING


class CountTarget(Request):
    """How many there were on a day, counted by hand."""

    counted_on: Day
    counted: Counted
    source: Line = Field(description="Who says so, and where.")


class TargetOut(Response):
    """A target and how it stands."""

    id: UUID
    programme: Ref
    key: str
    name: str
    comparator: Comparator
    value: int
    baseline: int
    counting_rule: CountingRule
    starts_on: Day
    due_on: Day
    as_of: Day = Field(description="The day for which the following is said.")
    counted: int | None = Field(description="How many there were; null before the first reading.")
    share: float | None = Field(description="`counted` as a part of `value`.")
    expected: float = Field(
        description="What an even growth from the baseline would have reached; a ceiling's value."
    )
    standing: Standing | None = Field(
        description="How it stands; null before it begins, and before the first reading."
    )
    is_on_track: bool | None = Field(
        description="Whether that gives no cause for worry; null where it stands nowhere."
    )
    version: int
    created_at: InstantOut
    updated_at: InstantOut


class TargetPage(Page[TargetOut]):
    """Some of the targets."""


class TargetSort(StrEnum):
    DUE = "due_on"
    DUE_DESCENDING = "-due_on"
    UPDATED = "updated_at"
    UPDATED_DESCENDING = "-updated_at"


class TargetQuery(PageQuery):
    """Which targets, for which day and in which order."""

    q: Search | None = None
    as_of: Day | None = Field(None, description="Today unless said.")
    starts_from: Day | None = None
    starts_until: Day | None = None
    due_from: Day | None = None
    due_until: Day | None = None
    sort: TargetSort = TargetSort.DUE


class AllTargetsQuery(BelowProgramme, ExportChoice, TargetQuery):
    """Which targets, of all programmes that you may see."""

    counting_rule: CountingRule | None = None


class TargetDayQuery(Request):
    """For which day."""

    as_of: Day | None = Field(None, description="Today unless said.")


class ReadingOut(Response):
    """How many there were on a day, counted by hand."""

    id: UUID
    counted_on: Day
    counted: int
    source: str
    recorded_at: InstantOut


class ReadingPage(Page[ReadingOut]):
    """Some of the readings of a target."""


class ReadingQuery(Paging):
    """A page of the readings of a target."""

    counted_from: Day | None = None
    counted_until: Day | None = None
    recorded_from: InstantIn | None = None
    recorded_until: InstantIn | None = None
