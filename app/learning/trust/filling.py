"""What is wrong with the answers of a sheet, and what is still missing before it can be sent."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.learning.trust.answers import Answer, Sheet, State, Unanswerable, check, is_asked
from app.learning.trust.framework import Framework, Perspective, QuestionKind


@dataclass(frozen=True)
class Given:
    """An answer with what was written."""

    answer: Answer
    words: str | None = None
    justification: str | None = None


@dataclass(frozen=True)
class Fault:
    """What is wrong with an answer, as a sentence that says what to do, and in which part of it;
    null of the whole."""

    detail: str
    part: str | None = None

    @property
    def pointer(self) -> str:
        """The part as it stands in the answer."""
        return f"/{self.part}" if self.part else ""


def fault(framework: Framework, perspective: Perspective, given: Given) -> Fault | None:
    """What is wrong with one answer; None where nothing is."""
    question = framework.by_key.get(given.answer.question)
    if question is not None and perspective not in question.audience:
        return Fault("This question is not asked from this side.")
    try:
        check(framework, given.answer, justification=given.justification)
    except Unanswerable as wrong:
        return Fault(str(wrong), wrong.part)
    assert question is not None, "what is checked is a question"
    is_answered = given.answer.state is State.ANSWERED
    if question.kind is QuestionKind.FREE_TEXT and is_answered and not given.words:
        return Fault("Answer it in words.", "words")
    if given.words and not (question.kind is QuestionKind.FREE_TEXT and is_answered):
        return Fault("Answer it by a point of its scale, and not in words.", "words")
    if given.justification and given.answer.state is not State.NOT_APPLICABLE:
        return Fault("Justify only that a question does not apply.", "justification")
    return None


def missing(
    framework: Framework, perspective: Perspective, answers: Sequence[Answer]
) -> Iterator[str]:
    """The keys of the questions that must be answered, are asked given the others, and are not."""
    sheet = Sheet("", "", perspective, tuple(answers))
    for _, question in framework.questions():
        if not question.required or not is_asked(question, sheet):
            continue
        answer = sheet.by_question.get(question.key)
        if answer is None or answer.state not in (State.ANSWERED, State.NOT_APPLICABLE):
            yield question.key
