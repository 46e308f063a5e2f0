"""What crosses the wire about results. Numbers are strings of six places, as they were computed."""

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field

from app.kernel.endorsements import EndorsementOut
from app.kernel.filters import Several
from app.kernel.paging import Page, PageQuery, Paging
from app.kernel.schemas import ActionOut, InstantIn, InstantOut, Ref, Response
from app.learning.trust.framework import Perspective
from app.learning.trust.result_sets.lifecycle import ResultSetStatus
from app.network.collaborations.schemas import BelowCohort, BelowCollaboration
from app.network.programmes.schemas import BelowProgramme

Score = Annotated[
    str, Field(description="To six places, half to even.", examples=["0.625000"], max_length=14)
]


class CentreOut(Response):
    """How what several say is put together."""

    self: str = Field(description="Of its own people: `mean` or `median`.")
    peer: str = Field(description="Of peers.")
    stakeholder: str = Field(description="Of stakeholders.")
    dyadic: str = Field(description="Of who says how far it is trusted.")


class ParametersOut(Response):
    """All that alters a result beside the framework and the sheets."""

    least_coverage: str = Field(description="How much of a dimension must be answered.")
    is_strict: bool = Field(description="Whether what is missing counts as nothing.")
    k: int = Field(description="No number is about fewer people.")
    colluders: int = Field(description="By how many more than k, for those who compare answers.")
    least_organisations: int = Field(description="Nor about fewer organisations.")
    is_anonymous: bool = Field(description="Whether nobody knew who answered what.")
    is_attributed: bool = Field(description="Whether those who run the round did.")
    peers_required: int = Field(description="From fewer peers there is no score.")
    centres: CentreOut
    breakdowns: list[str] = Field(description="By what results are told apart.")
    with_overall: bool = Field(description="Whether dimensions are put together.")
    with_questions: bool = Field(description="Whether single questions are told.")


class ExcludedOut(Response):
    """A sheet that does not count; in an anonymous round, that there are some."""

    sheet_id: UUID | None = Field(description="The sheet; null in an anonymous round.")
    reason: str


class ConcordOut(Response):
    """How far those agree who looked at the same subjects: Krippendorff's alpha, ordinal."""

    perspective: Perspective
    dimension: str
    alpha: str | None = Field(
        description="From -1 to 1: 1 where all agree, 0 where it is as by chance."
    )
    null_reason: str | None = Field(
        description="Why there is none: `too_few_pairs`, `no_variation` or `withheld`."
    )
    band: str | None = Field(description="`reliable`, `tentative` or `no_conclusion`.")
    units: int | None = Field(description="How many questions about a subject two rated or more.")
    has_few_units: bool | None = Field(description="Whether they are too few to rely on.")


class ResultSetOut(Response):
    """All results of a round, pinned to what they were computed from."""

    id: UUID
    round: Ref
    cohort: Ref
    framework_version_id: UUID
    after_id: UUID | None = Field(
        description="The results that had been published when these were computed."
    )
    status: ResultSetStatus
    algorithm: str = Field(
        description="Which algorithm, of which version.", examples=["trust-score/1.0.0"]
    )
    parameters: ParametersOut
    structure_hash: str = Field(description="Of what scores come from, in the framework.")
    content_hash: str = Field(description="Of the framework, words included.")
    input_hash: str | None = Field(
        description="Of the sheets and answers as they are scored; null of a confidential round, "
        "whose answers could be guessed by it."
    )
    output_hash: str | None = Field(
        description="Of all that is told: the same whenever it is computed again; null likewise."
    )
    exclusions: list[ExcludedOut]
    told: int = Field(description="Of how many results anything is told.")
    agreement: list[ConcordOut] = Field(description="Empty until they are published.")
    published_at: InstantOut | None
    endorsements: list[EndorsementOut]
    available_actions: list[ActionOut]
    version: int
    created_at: InstantOut
    updated_at: InstantOut


class ResultSetPage(Page[ResultSetOut]):
    """Some of the results of rounds."""


class ResultSetSort(StrEnum):
    OLDEST = "created_at"
    NEWEST = "-created_at"
    UPDATED = "updated_at"
    UPDATED_DESCENDING = "-updated_at"


class ResultSetQuery(BelowProgramme, BelowCohort, PageQuery):
    """Which results of rounds, in which order."""

    round_id: Several[UUID] | None = Field(None, description="Those of these rounds.")
    status: Several[ResultSetStatus] | None = None
    published_from: InstantIn | None = None
    published_until: InstantIn | None = None
    sort: ResultSetSort = ResultSetSort.OLDEST


class CountOut(Response):
    """How many chose a point of a question."""

    value: int
    sheets: int = Field(description="How many chose it.")


class BlockerOut(Response):
    """A question that keeps a dimension from being higher."""

    question: str
    level: int
    lift: str


class ResultOut(Response):
    """What one perspective says of one subject, or of all, in one part of the framework.

    Of what is suppressed nothing is told, and it looks like what nobody answered.
    """

    id: UUID
    result_set_id: UUID
    membership_id: UUID | None = Field(description="The member it is of; null: all together.")
    collaboration: Ref | None
    perspective: Perspective
    dimension: str = Field(
        description="A dimension's key; `overall`; or of a survey `dimension/question`."
    )
    breakdown: str | None = Field(description="By what sheets are told apart; null: all of them.")
    part: str | None = Field(description="Which part of the breakdown it is of.")
    is_suppressed: bool
    band: str | None = Field(
        description="In the place of numbers: `at_most_0.10` or `at_least_0.90`."
    )
    sheets: int | None = Field(
        description="Of how many sheets; of all together, of how many members."
    )
    organisations: int | None = Field(description="Of how many organisations.")
    score: Score | None
    null_reason: str | None = Field(description="Why there is no score, where that may be told.")
    coverage: Score | None = Field(description="How much of what applies was answered.")
    deviation: Score | None = Field(description="The standard deviation.")
    low: Score | None = Field(description="Where the interval begins.")
    high: Score | None = Field(description="Where it ends.")
    method: str | None = Field(description="Of the interval: `t` or `order_statistics`.")
    confidence: Score | None = Field(description="That was reached, where it is not 0.95.")
    counts: list[CountOut] = Field(description="Of a question, how many chose each point.")
    level: int | None
    blockers: list[BlockerOut]


class ResultPage(Page[ResultOut]):
    """Some of the results."""


class ResultSort(StrEnum):
    """In which order: never by a number."""

    PLACE = "place"
    PLACE_DESCENDING = "-place"


class ResultQuery(BelowCollaboration, Paging):
    """Which results, in which order."""

    result_set_id: Several[UUID] | None = Field(None, description="Those of these sets.")
    membership_id: Several[UUID] | None = Field(None, description="Those of these members.")
    perspective: Several[Perspective] | None = None
    is_suppressed: bool | None = None
    sort: ResultSort = ResultSort.PLACE


class PartyOut(Response):
    """How one member stands in a network. By name: it is no league table."""

    membership_id: UUID
    received: str | None = Field(description="The median of what others say of it.")
    given: str | None = Field(description="The median of what it says of others.")
    eigentrust: str | None = Field(
        description="How far those trust it who are trusted. All are one together: who gains "
        "takes from others."
    )
    is_isolated: bool = Field(description="Whether it trusts nobody and nobody trusts it.")


class TieOut(Response):
    """What one member says of another."""

    from_id: UUID = Field(description="Who says it: a membership.")
    to_id: UUID = Field(description="Of whom: a membership.")
    score: str = Field(description="How far it trusts the other, from 0 to 1.")


class NetworkOut(Response):
    """Who trusts, knows or works with whom, in one facet or in all together."""

    facet: str = Field(description="`overall`: all facets together.")
    is_suppressed: bool
    observed: str | None = Field(description="How many of all pairs answered.")
    density: str | None = Field(description="How many of all possible ties there are.")
    reciprocity: str | None = Field(description="How many of the ties are returned.")
    weighted_reciprocity: str | None = Field(description="How much of the trust is returned.")
    asymmetry: str | None = Field(
        description="How far apart, on the average, those are who trust each other."
    )
    indegree_centralisation: str | None = Field(
        description="How far trust gathers on one member, from 0 to 1."
    )
    transitivity: str | None = Field(description="How often two whom one trusts trust each other.")
    isolates: int | None = Field(description="How many have no tie.")
    components: int | None = Field(description="Into how many parts it falls.")
    parties: list[PartyOut]
    ties: list[TieOut]


class NetworksOut(Response):
    """The networks of a round, for those who facilitate."""

    id: UUID
    networks: list[NetworkOut]
    version: int


class ComputedOut(Response):
    """What came of computing the results of a round."""

    result_set_id: UUID = Field(description="The results: provisional until two publish them.")
