"""What crosses the wire about rounds."""

from enum import StrEnum
from typing import Annotated, TypeVar
from uuid import UUID

from pydantic import MISSING, AfterValidator, Field, StrictBool, StrictInt

from app.kernel.filters import Several
from app.kernel.paging import Page, PageQuery
from app.kernel.schemas import (
    ActionOut,
    InstantIn,
    InstantOut,
    Name,
    Ref,
    Request,
    Response,
    Search,
    TimeZone,
)
from app.kernel.suppression import K
from app.learning.trust.disclosure import FLOOR, LEAST_ORGANISATIONS
from app.learning.trust.framework import Perspective
from app.learning.trust.rounds.lifecycle import RoundStatus
from app.learning.trust.rounds.models import Breakdown, Confidentiality, RoundKind
from app.network.collaborations.schemas import BelowCohort
from app.network.programmes.schemas import BelowProgramme

Item = TypeVar("Item")


def _each_once(values: list[Item]) -> list[Item]:
    if len(set(values)) < len(values):
        raise ValueError("must name each once")
    return values


Threshold = Annotated[
    StrictInt,
    Field(ge=FLOOR, le=100, description="No number about fewer people than this is told."),
]
Colluders = Annotated[
    StrictInt,
    Field(
        ge=0,
        le=20,
        description="How many who answered may talk to one another and still learn nothing: `k` is "
        "raised by as many.",
    ),
]
LeastOrganisations = Annotated[
    StrictInt,
    Field(
        ge=1, le=20, description="Nothing is told of the answers of fewer organisations than this."
    ),
]
Breakdowns = Annotated[
    list[Breakdown],
    Field(max_length=2, description="By what results may be told apart; by nothing else."),
    AfterValidator(_each_once),
]
Perspectives = Annotated[
    list[Perspective],
    Field(min_length=1, max_length=4, description="From which sides each member is looked at."),
    AfterValidator(_each_once),
]
PeersRequired = Annotated[
    StrictInt, Field(ge=1, le=50, description="From fewer peers nothing is told of a member.")
]
PeersEach = Annotated[
    StrictInt,
    Field(
        ge=1,
        le=50,
        description="About how many other members each person is asked, by turns; null: about all.",
    ),
]
IsStrict = Annotated[
    StrictBool,
    Field(
        description="Whether what is not answered counts as nothing, as certificates and indexes "
        "do; else it lowers the coverage alone. Of a strict round no single question is told."
    ),
]
OpensAt = Annotated[InstantIn, Field(description="When it opens, if it is scheduled.")]
ClosesAt = Annotated[InstantIn, Field(description="Until when it is answered.")]


class CreateRound(Request):
    """A round of a cohort."""

    framework_version_id: UUID = Field(description="The published version that is asked.")
    title: Name
    kind: RoundKind
    confidentiality: Confidentiality = Field(
        description="Who sees who answered what: whoever runs the round, its facilitators alone, "
        "or nobody."
    )
    perspectives: Perspectives
    k: Threshold = K
    colluders: Colluders = 0
    least_organisations: LeastOrganisations = LEAST_ORGANISATIONS
    breakdowns: Breakdowns = Field(default_factory=list[Breakdown])
    peers_required: PeersRequired = 3
    peers_each: PeersEach | None = None
    is_strict: IsStrict = False
    compares_to_id: UUID | None = Field(
        None, description="The earlier round of the cohort, of a version of the same framework."
    )
    timezone: TimeZone | None = Field(default=None, description="The cohort's unless said.")
    opens_at: OpensAt
    closes_at: ClosesAt


class EditRound(Request):
    """What is to change; what is left out stays, null clears. Once it is open only its title, and
    what makes its promises stricter or its answering longer."""

    framework_version_id: UUID | MISSING = Field(
        MISSING, description="The published version that is asked."
    )
    title: Name | MISSING = MISSING
    kind: RoundKind | MISSING = MISSING
    confidentiality: Confidentiality | MISSING = Field(
        MISSING, description="Who sees who answered what."
    )
    perspectives: Perspectives | MISSING = MISSING
    k: Threshold | MISSING = MISSING
    colluders: Colluders | MISSING = MISSING
    least_organisations: LeastOrganisations | MISSING = MISSING
    breakdowns: Breakdowns | MISSING = MISSING
    peers_required: PeersRequired | MISSING = MISSING
    peers_each: PeersEach | MISSING | None = MISSING
    is_strict: IsStrict | MISSING = MISSING
    compares_to_id: UUID | MISSING | None = Field(
        MISSING, description="The earlier round that its change is told from."
    )
    timezone: TimeZone | MISSING = MISSING
    opens_at: OpensAt | MISSING = MISSING
    closes_at: ClosesAt | MISSING = MISSING


class RoundOut(Response):
    """A round: a cohort is asked what one version of a framework asks."""

    id: UUID
    cohort: Ref
    framework_version: Ref = Field(description="What is asked.")
    compares_to_id: UUID | None = Field(
        description="The earlier round that its change is told from; null: none."
    )
    status: RoundStatus
    kind: RoundKind
    title: str
    confidentiality: Confidentiality = Field(
        description="Who sees who answered what: whoever runs it, its facilitators alone, or "
        "nobody, not even in what is stored."
    )
    perspectives: list[Perspective] = Field(
        description="From which sides each member is looked at."
    )
    k: int = Field(description="No number about fewer people than this is told.")
    colluders: int = Field(description="By how much `k` is raised for those who talk.")
    least_organisations: int = Field(
        description="Nothing is told of the answers of fewer organisations than this."
    )
    breakdowns: list[Breakdown] = Field(description="By what results may be told apart.")
    peers_required: int = Field(description="From fewer peers nothing is told of a member.")
    peers_each: int | None = Field(
        description="About how many other members each person is asked; null: about all."
    )
    is_strict: bool = Field(
        description="Whether what is not answered counts as nothing, as certificates and indexes "
        "do; else it lowers the coverage alone."
    )
    imported_from: str | None = Field(
        description="The source that its history was imported from; null: it was held here.",
        examples=["open-data-index"],
    )
    timezone: str = Field(description="IANA time zone.", examples=["Europe/London"])
    opens_at: InstantOut = Field(description="When it opens, if it is scheduled.")
    closes_at: InstantOut = Field(description="Until when it is answered.")
    opened_at: InstantOut | None = Field(description="When it was opened.")
    closed_at: InstantOut | None = Field(description="When it was closed.")
    asked: int | None = Field(description="How many sheets were asked for; null until it closes.")
    answered: int | None = Field(description="How many there are; null until it closes.")
    available_actions: list[ActionOut]
    version: int
    created_at: InstantOut
    updated_at: InstantOut


class RoundPage(Page[RoundOut]):
    """Some of the rounds."""


class RoundSort(StrEnum):
    EARLIEST = "opens_at"
    LATEST = "-opens_at"
    OLDEST = "created_at"
    NEWEST = "-created_at"
    TITLE = "title"
    TITLE_DESCENDING = "-title"
    UPDATED = "updated_at"
    UPDATED_DESCENDING = "-updated_at"


class RoundFilters(PageQuery):
    """Which of a cohort's rounds, in which order."""

    q: Search | None = None
    status: Several[RoundStatus] | None = None
    kind: Several[RoundKind] | None = None
    confidentiality: Confidentiality | None = None
    is_strict: bool | None = None
    imported_from: Several[Name] | None = Field(None, description="From these sources.")
    framework_version_id: Several[UUID] | None = Field(None, description="Asking this version.")
    compares_to_id: Several[UUID] | None = Field(None, description="Compared to this round.")
    opens_from: InstantIn | None = None
    opens_until: InstantIn | None = None
    closes_from: InstantIn | None = None
    closes_until: InstantIn | None = None
    opened_from: InstantIn | None = None
    opened_until: InstantIn | None = None
    closed_from: InstantIn | None = None
    closed_until: InstantIn | None = None
    sort: RoundSort = RoundSort.EARLIEST


class RoundQuery(BelowProgramme, BelowCohort, RoundFilters):
    """Which rounds, in which order."""
