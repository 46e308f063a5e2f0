"""What crosses the wire about sheets."""

from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, Field, StrictInt, StringConstraints

from app.kernel.filters import Several
from app.kernel.paging import Page, PageQuery
from app.kernel.schemas import (
    ActionOut,
    InstantIn,
    InstantOut,
    Prose,
    Ref,
    Reference,
    Request,
    Response,
)
from app.learning.trust.answers import Answer, State
from app.learning.trust.filling import Given
from app.learning.trust.framework import Perspective, StableKey
from app.learning.trust.rounds.models import Confidentiality
from app.learning.trust.sheets.lifecycle import SheetStatus
from app.network.collaborations.schemas import BelowCohort
from app.network.programmes.schemas import BelowProgramme

Points = Annotated[
    list[Annotated[StrictInt, Field(ge=0, le=1_000)]],
    Field(max_length=100, description="The values of the points of its scale that are chosen."),
]
AnswerState = Annotated[
    State, Field(description="Whether it was answered, and if not, how that is.")
]


class SaveAnswer(Request):
    """What is answered to a question."""

    state: AnswerState = State.ANSWERED
    points: Points = Field(default_factory=list[int])
    words: Prose | None = Field(
        default=None, description="What is answered to a question in words."
    )
    justification: Prose | None = Field(
        default=None, description="Why the question does not apply."
    )


class AnswerQuestion(SaveAnswer):
    """What is answered to one of several questions."""

    question: StableKey = Field(description="The key of the question.")


def _each_once(answers: list[AnswerQuestion]) -> list[AnswerQuestion]:
    if len({one.question for one in answers}) < len(answers):
        raise ValueError("must name each once")
    return answers


Answers = Annotated[
    list[AnswerQuestion],
    Field(min_length=1, max_length=500, description="All that is answered, each question once."),
    AfterValidator(_each_once),
]


class SendAnonymousSheet(Request):
    """A whole sheet."""

    answers: Answers


class AnswerAsStakeholder(Request):
    """A whole sheet of somebody from outside."""

    token: Annotated[str, StringConstraints(min_length=1, max_length=200)] = Field(
        description="What stands behind the `#` of the link."
    )
    answers: Answers


class SheetAnswerOut(Response):
    """What a sheet says to one question."""

    question: str = Field(description="The key of the question.")
    state: AnswerState
    points: list[int] = Field(description="The values of the points that were chosen.")
    words: str | None = Field(description="What was answered in words.")
    justification: str | None = Field(description="Why the question does not apply.")


class SheetOut(Response):
    """What somebody answers about one member, in a round that is not anonymous."""

    id: UUID
    round: Ref
    assessment_id: UUID = Field(description="The assessment.")
    collaboration: Ref = Field(description="The collaboration that it is about.")
    perspective: Perspective = Field(description="From which side.")
    confidentiality: Confidentiality = Field(description="That of the round: who else reads it.")
    respondent_id: UUID = Field(description="Who answers.")
    status: SheetStatus
    submitted_at: InstantOut | None = Field(description="When it was sent.")
    answers: list[SheetAnswerOut] = Field(description="What was answered, by the keys.")
    available_actions: list[ActionOut]
    version: int
    created_at: InstantOut
    updated_at: InstantOut


class SheetPage(Page[SheetOut]):
    """Some of the sheets."""


class SheetSort(StrEnum):
    OLDEST = "created_at"
    NEWEST = "-created_at"
    UPDATED = "updated_at"
    UPDATED_DESCENDING = "-updated_at"


class SheetFilters(PageQuery):
    """Which sheets of a round, in which order."""

    status: Several[SheetStatus] | None = None
    assessment_id: Several[UUID] | None = Field(None, description="Of these assessments.")
    respondent_id: Several[UUID] | None = Field(None, description="Of these who are asked.")
    submitted_from: InstantIn | None = None
    submitted_until: InstantIn | None = None
    sort: SheetSort = SheetSort.OLDEST


class SheetQuery(BelowProgramme, BelowCohort, SheetFilters):
    """Which sheets, in which order."""

    round_id: Several[UUID] | None = Field(None, description="Of these rounds.")
    collaboration_id: Several[UUID] | None = None
    collaboration_reference: Several[Reference] | None = None


def given(question: str, answer: SaveAnswer) -> Given:
    """An answer as a value that is checked."""
    said = Answer(question, answer.state, tuple(answer.points))
    return Given(said, answer.words, answer.justification)


def dumped(answer: SaveAnswer) -> dict[str, Any]:
    """An answer as it is stored in a sheet that is sent whole."""
    return answer.model_dump(mode="json", exclude={"question"})
