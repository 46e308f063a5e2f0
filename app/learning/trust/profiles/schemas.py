"""What crosses the wire about a subject's results as a whole, and about change."""

from uuid import UUID

from pydantic import Field

from app.kernel.schemas import Ref, Response
from app.learning.trust.framework import DimensionKind, Perspective
from app.learning.trust.peers import Stance
from app.learning.trust.result_sets.schemas import Score


class LevelOut(Response):
    """A level of maturity."""

    value: int
    name: str


class SeenOut(Response):
    """How one perspective sees one dimension of a subject."""

    perspective: Perspective
    is_suppressed: bool
    band: str | None = Field(
        description="In the place of numbers: `at_most_0.10` or `at_least_0.90`."
    )
    sheets: int | None = Field(description="Of how many sheets.")
    score: Score | None
    null_reason: str | None = Field(description="Why there is no score, where that may be told.")
    coverage: Score | None
    low: Score | None
    high: Score | None
    level: int | None


class GapOut(Response):
    """How a subject sees itself beside how its peers see it."""

    value: str | None = Field(description="Self less peers.", examples=["-0.104167"])
    stance: Stance | None = Field(description="`aligned` within 0.10.")
    null_reason: str | None = Field(description="`no_self` or `no_peers`: that is not told.")


class NextStepOut(Response):
    """A question that keeps a dimension from its next level, and what that level is like."""

    question: str = Field(description="Its key.")
    text: str
    level: int = Field(description="That is reached in it.")
    lift: str = Field(description="What would lift it.")
    next_level: LevelOut | None
    descriptor: str | None = Field(description="What the next level looks like.")


class ProfileDimensionOut(Response):
    """One dimension of a subject, by each perspective that was asked."""

    key: str
    title: str
    definition: str = Field(description="What it is about.")
    kind: DimensionKind
    seen: list[SeenOut]
    gap: GapOut
    level: int | None = Field(description="As the subject sees itself.")
    next_steps: list[NextStepOut]


class TrustProfileOut(Response):
    """What was published of one subject in one round. The questions are no psychometric scale that
    anybody has validated."""

    result_set_id: UUID
    membership_id: UUID
    collaboration: Ref
    round: Ref
    framework: str = Field(description="Its title and its number.")
    levels: list[LevelOut] = Field(description="From the lowest; a survey has none.")
    level: int | None = Field(
        description="The lowest of the dimensions' levels, where each of them is told."
    )
    dimensions: list[ProfileDimensionOut]


class SubjectChangeOut(Response):
    """How a subject stood in both rounds."""

    membership_id: UUID
    earlier: Score
    later: Score
    difference: str = Field(description="Later less earlier.")


class IntervalOut(Response):
    """Where a mean may lie."""

    low: str = Field(description="Where it begins.")
    high: str = Field(description="Where it ends.")
    method: str
    confidence: str = Field(description="The confidence that is reached.")


class ChangeOut(Response):
    """What changed in one dimension, by one perspective, among the subjects that you may read."""

    perspective: Perspective
    dimension: str
    members: list[SubjectChangeOut]
    lost: list[UUID] = Field(description="Members with a number in the earlier round alone.")
    joined: list[UUID] = Field(description="Members with a number in the later round alone.")
    pairs: int = Field(description="How many members have both numbers.")
    mean: str | None = Field(description="Of the differences.")
    deviation: str | None = Field(description="Their standard deviation.")
    interval: IntervalOut | None = Field(description="By Student's t, of three pairs or more.")
    bootstrapped: IntervalOut | None = Field(description="Of all draws there are, exactly.")
    d_z: str | None = Field(description="The size of the effect; null where all moved alike.")
    g_z: str | None = Field(description="The same, corrected for few pairs.")
    p_sign_flip: str | None = Field(description="Exact and two-sided, of up to sixteen pairs.")
    p_beside_others: str | None = Field(description="As it counts beside other dimensions (Holm).")


class TurnoverOut(Response):
    """What became of ties between members who are in both networks; for those who facilitate."""

    facet: str
    kept: int = Field(description="How many ties are in both.")
    new: int = Field(description="How many are in the later one alone.")
    lost: int = Field(description="How many are in the earlier one alone.")
    no_longer_isolated: list[UUID] = Field(description="Members that had no tie and have one.")


class RoundChangeOut(Response):
    """What changed from one round to another, from what was told of each."""

    earlier_id: UUID = Field(description="The results that change is told from.")
    later_id: UUID = Field(description="Those that it is told to.")
    dimensions: list[str] = Field(
        description="Whose scores come about alike in both versions of the framework."
    )
    is_partial: bool = Field(description="Whether there are others, which are not compared.")
    changes: list[ChangeOut]
    networks: list[TurnoverOut] = Field(description="Empty for whoever may not read networks.")
