"""What somebody answered: a sheet is one person's answers about one subject."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from app.learning.trust.framework import Condition, Framework, Perspective, Question, QuestionKind


class State(StrEnum):
    ANSWERED = "answered"
    NOT_APPLICABLE = "not_applicable"
    DONT_KNOW = "dont_know"
    DECLINED = "declined"
    SKIPPED = "skipped"


@dataclass(frozen=True)
class Answer:
    """The values are the points chosen; of an answer in words there are none.

    Whether it has unexpired evidence, and whether somebody outside supports it, is as of the day
    that the round is scored.
    """

    question: str
    state: State
    values: tuple[int, ...] = ()
    is_accepted: bool = True
    """Whether an answer that a question does not apply was accepted."""
    has_evidence: bool = False
    is_verified: bool = False


@dataclass(frozen=True)
class Sheet:
    """In an anonymous round there is no respondent; its id says nothing of anybody."""

    id: str
    subject: str
    perspective: Perspective
    answers: tuple[Answer, ...]
    respondent: str | None = None
    organisation: str | None = None
    breakdowns: Mapping[str, str] = field(default_factory=dict[str, str])
    """Of each declared breakdown, in which part of it this sheet is counted."""

    @cached_property
    def by_question(self) -> Mapping[str, Answer]:
        return {answer.question: answer for answer in self.answers}


class Unanswerable(ValueError):
    """An answer that its question does not allow, and in which part of it: null of the whole."""

    def __init__(self, detail: str, part: str | None = None) -> None:
        super().__init__(detail)
        self.part = part


def check(framework: Framework, answer: Answer, *, justification: str | None = None) -> None:
    """Refuse an answer to no question, off its scale, or that it does not apply where it must.

    Raises Unanswerable, with one sentence that says what to do.
    """
    question = framework.by_key.get(answer.question)
    if question is None:
        raise Unanswerable(f"There is no question {answer.question!r}.")
    if answer.state is State.NOT_APPLICABLE:
        if not question.na_allowed:
            raise Unanswerable("Answer it: this question applies to everybody.", "state")
        if question.na_needs_justification and not justification:
            raise Unanswerable("Say why this question does not apply.", "justification")
    if answer.state is not State.ANSWERED:
        if answer.values:
            raise Unanswerable("Give no value with a question that is not answered.", "points")
    elif question.kind is QuestionKind.FREE_TEXT:
        if answer.values:
            raise Unanswerable("Answer it in words.", "points")
    else:
        _check_values(framework, question, answer)


def _check_values(framework: Framework, question: Question, answer: Answer) -> None:
    points = framework.scale_of[question.key].by_value
    if strange := sorted(set(answer.values) - points.keys()):
        raise Unanswerable(f"Choose a point of its scale: {strange[0]} is none.", "points")
    if not answer.values or (len(answer.values) > 1 and not question.several):
        raise Unanswerable("Choose one point of its scale.", "points")
    if len(set(answer.values)) < len(answer.values):
        raise Unanswerable("Choose each point once.", "points")


def is_asked(question: Question, sheet: Sheet) -> bool:
    """Whether those of the sheet's perspective are asked, and its earlier answers lead there."""
    return sheet.perspective in question.audience and all(
        _holds(condition, sheet.by_question.get(condition.question))
        for condition in question.visible_if
    )


def _holds(condition: Condition, answer: Answer | None) -> bool:
    if answer is None or answer.state is not State.ANSWERED:
        return False
    match condition.test:
        case "one_of":
            return bool(set(answer.values) & set(condition.values))
        case "at_least":
            return max(answer.values) >= condition.values[0]
        case "at_most":
            return min(answer.values) <= condition.values[0]
