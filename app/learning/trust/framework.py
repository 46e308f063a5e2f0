"""A framework as a document: what is asked of whom, on which scales, and how much it counts.

What has no shape is refused here, by Pydantic; what has one and still makes no sense together is
found by `soundness.flaws` before a framework is published. A survey is a framework whose questions
have no maturity levels.
"""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from fractions import Fraction
from functools import cached_property
from typing import Annotated, Final, Literal, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    StringConstraints,
    WithJsonSchema,
)

from app.kernel.schemas import Line, Name, Prose

NUMBER = r"^\d{1,12}(\.\d{1,12}|/[1-9]\d{0,11})?$"
"""A number that is not below nothing, as it is written: 3, 0.25 or 1/3."""

_NO_NUMBER = "must be a number, or one in a string: 3, 0.25 or 1/3"


def _exact(value: object) -> Fraction:
    if isinstance(value, Fraction):
        return value
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ValueError(_NO_NUMBER)  # noqa: TRY004 - Pydantic tells only ValueErrors
    try:
        return Fraction(str(value))
    except ValueError:
        raise ValueError(_NO_NUMBER) from None
    except ZeroDivisionError:
        raise ValueError("must not be divided by zero") from None


Exact = Annotated[
    Fraction,
    BeforeValidator(_exact),
    Field(ge=0, le=10**6),
    PlainSerializer(str, return_type=str),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string", "pattern": NUMBER, "maxLength": 25},
                {"type": "number", "minimum": 0, "maximum": 1_000_000},
            ]
        }
    ),
]
"""A number of which no digit is lost."""

StableKey = Annotated[
    str, StringConstraints(min_length=1, max_length=60, pattern=r"^[A-Za-z][A-Za-z0-9_]*$")
]
"""What a thing is called across versions, whatever its words and its place."""


Slug = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", min_length=1, max_length=80),
    Field(description="What all versions of a framework are known by, in addresses and files."),
]


OVERALL: Final = "overall"
"""What all dimensions of a profile together are called among results; no dimension is."""


class QuestionKind(StrEnum):
    MATURITY = "maturity"
    LIKERT = "likert"
    BOOLEAN = "boolean"
    CHOICE = "choice"
    FREE_TEXT = "free_text"
    DIRECTED = "directed"


class ScaleKind(StrEnum):
    MATURITY = "maturity"
    LIKERT = "likert"
    BOOLEAN = "boolean"
    CHOICE = "choice"
    BIPOLAR = "bipolar"
    """From too little to too much: the best is in the middle."""


class DimensionKind(StrEnum):
    PROFILE = "profile"
    """How trustworthy somebody is."""
    RELATIONAL = "relational"
    """How far one named party trusts another: in no profile, and in no overall score."""


class Perspective(StrEnum):
    SELF = "self"
    PEER = "peer"
    STAKEHOLDER = "stakeholder"
    DYADIC = "dyadic"


class Rule(StrEnum):
    WEIGHTED_MEAN = "weighted_mean"
    PATH = "path"
    """The first answer that ends the questions gives its score; if none does, the last."""


class _Part(BaseModel, frozen=True):
    model_config = ConfigDict(
        extra="forbid", str_strip_whitespace=True, use_attribute_docstrings=True
    )


class Level(_Part, frozen=True):
    """One of the levels in which maturity is measured."""

    value: int = Field(ge=0, le=10)
    """Its number, from 0 for the lowest."""
    name: Name


class ScalePoint(_Part, frozen=True):
    """A point of a scale."""

    value: int = Field(ge=0, le=1_000)
    """By which an answer names it."""
    label: Line
    score: Exact | None = None
    """From 0 to 1; a point without one says nothing yet, as on the way along a path."""
    ends: bool = False
    """Whether it ends the questions of its dimension, where the rule is a path."""


class Scale(_Part, frozen=True):
    """What questions are answered on."""

    key: StableKey
    kind: ScaleKind
    points: tuple[ScalePoint, ...] = Field(min_length=2, max_length=100)
    """Its points, by their values."""

    @cached_property
    def by_value(self) -> Mapping[int, ScalePoint]:
        return {point.value: point for point in self.points}


class Condition(_Part, frozen=True):
    """What an earlier question must have been answered for this one to be asked."""

    question: StableKey
    """The key of the earlier question."""
    test: Literal["at_least", "at_most", "one_of"]
    """How its answer is held against the values."""
    values: tuple[Annotated[int, Field(ge=0, le=1_000)], ...] = Field(min_length=1, max_length=100)
    """Of points of its scale."""


class Question(_Part, frozen=True):
    """Something that is asked."""

    key: StableKey
    text: Line
    help: Prose | None = None
    """How the question is meant, in plain text."""
    kind: QuestionKind
    scale: StableKey | None = None
    """The key of the scale that it is answered on."""
    several: bool = False
    """Whether more than one point of a choice may be chosen."""
    descriptors: tuple[Line, ...] = Field(default=(), max_length=11)
    """What each level of a maturity question looks like, from the lowest."""
    weight: Exact = Fraction(1)
    """How much it counts, beside the other questions of its dimension."""
    reverse: bool = False
    """Whether it says the contrary, so that its scale is turned round."""
    required: bool = False
    """Whether it must be answered."""
    na_allowed: bool = False
    """Whether it may be said not to apply."""
    na_needs_justification: bool = True
    """Whether that must be justified."""
    gate: bool = False
    """Whether a level is reached only if it is reached here too."""
    evidence_from_level: int | None = Field(default=None, ge=0, le=10)
    """From which level on evidence must be shown."""
    verified_from_level: int | None = Field(default=None, ge=0, le=10)
    """From which level on somebody outside must have verified it."""
    audience: tuple[Perspective, ...] = Field(min_length=1, max_length=10)
    """Who is asked."""
    visible_if: tuple[Condition, ...] = Field(default=(), max_length=20)
    """All of them must hold."""
    facet: StableKey | None = None
    """Which side of trust a directed statement is about."""
    sources: tuple[StableKey, ...] = Field(default=(), max_length=50)
    """The keys of what it is grounded in."""

    @property
    def is_scored(self) -> bool:
        return self.kind is not QuestionKind.FREE_TEXT


class Dimension(_Part, frozen=True):
    """Questions that are scored together, or dimensions that are."""

    key: StableKey
    parent: StableKey | None = None
    """The key of the dimension that it is part of."""
    title: Name
    definition: Line
    """What it is about, in a sentence."""
    kind: DimensionKind = DimensionKind.PROFILE
    rule: Rule = Rule.WEIGHTED_MEAN
    """How its score comes about."""
    weight: Exact = Fraction(1)
    """How much it counts, beside the other parts of what it is part of."""
    questions: tuple[Question, ...] = Field(default=(), max_length=300)
    """Its questions, in the order in which they are asked."""


class Framework(_Part, frozen=True):
    """A framework or a survey as a document."""

    slug: Slug
    version: Annotated[
        str,
        StringConstraints(pattern=r"^\d{1,4}\.\d{1,4}\.\d{1,4}$", max_length=14),
        Field(description="The number of the version.", examples=["1.0.0"]),
    ]
    title: Name
    description: Prose | None = None
    licence: Name
    levels: tuple[Level, ...] = Field(default=(), max_length=11)
    """In which maturity is measured, from the lowest; a survey has none."""
    scales: tuple[Scale, ...] = Field(default=(), max_length=300)
    """What its questions are answered on."""
    dimensions: tuple[Dimension, ...] = Field(min_length=1, max_length=100)
    """What it asks, in order."""
    sources: dict[StableKey, Line] = Field(default={}, max_length=200)
    """What questions are grounded in, by the keys that they name."""

    @classmethod
    def imported(cls, document: str | bytes) -> Self:
        """From the JSON of `exported`. Raises ValidationError, which names each place."""
        return cls.model_validate_json(document)

    def exported(self) -> str:
        """As JSON that `imported` reads back to an equal framework."""
        return self.model_dump_json(indent=1, exclude_defaults=True)

    @property
    def is_survey(self) -> bool:
        """Whether nothing in it is measured in levels."""
        return not self.levels

    def questions(self) -> Iterator[tuple[Dimension, Question]]:
        """All of them, in the order in which they are asked."""
        for dimension in self.dimensions:
            for question in dimension.questions:
                yield dimension, question

    @cached_property
    def by_key(self) -> Mapping[str, Question]:
        return {question.key: question for _, question in self.questions()}

    @cached_property
    def scale_of(self) -> Mapping[str, Scale]:
        """The scale of each question that has one."""
        scales = {scale.key: scale for scale in self.scales}
        return {
            question.key: scales[question.scale]
            for _, question in self.questions()
            if question.scale in scales
        }

    def asks(self, perspective: Perspective, scope: str) -> bool:
        """Whether anything is asked from this side in a dimension, in those below it, or at all."""
        dimension, _, key = scope.partition("/")
        if key:
            return perspective in self.by_key[key].audience
        own = [one for one in self.dimensions if one.key == dimension]
        below = self.children(None if scope == OVERALL else dimension)
        return any(
            perspective in question.audience for one in own for question in one.questions
        ) or any(self.asks(perspective, one.key) for one in below)

    def children(self, parent: str | None) -> tuple[Dimension, ...]:
        """The dimensions directly below one, or those at the top."""
        return tuple(one for one in self.dimensions if one.parent == parent)
