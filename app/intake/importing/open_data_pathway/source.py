"""The file of the questionnaire: what is read of it."""

from typing import Annotated, Final

from pydantic import BaseModel, Field

SOURCE: Final = "open-data-pathway"
LOWEST, HIGHEST = 1, 5
"""Between these it scores."""

Text = Annotated[str, Field(max_length=10_000)]
Title = Annotated[str, Field(min_length=1, max_length=500)]
Id = Annotated[str, Field(pattern="^[A-Za-z][A-Za-z0-9_]{0,50}$")]


class AnswerRow(BaseModel):
    """A negative answer ends its activity; one without a score says nothing yet."""

    text: Title
    positive: bool
    score: Annotated[int, Field(ge=LOWEST, le=HIGHEST)] | None = None


class QuestionRow(BaseModel):
    id: Id
    activity: Title
    text: Title
    notes: Text | None = None
    dependency: Id | None = None
    answers: list[AnswerRow] = Field(min_length=2, max_length=100)


class ActivityRow(BaseModel):
    dimension: Title
    activity: Title


class Questionnaire(BaseModel):
    activities: list[ActivityRow] = Field(min_length=1, max_length=80)
    questions: list[QuestionRow] = Field(min_length=1, max_length=1000)
    improvements: list[object] = Field(default_factory=list[object])
