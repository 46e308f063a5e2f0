"""Answers as they are stored, as values that are scored and checked."""

from collections.abc import Iterable

from app.learning.trust.answers import Answer
from app.learning.trust.filling import Given
from app.learning.trust.sheets.models import SheetAnswer
from app.learning.trust.sheets.schemas import SaveAnswer


def as_answers(stored: Iterable[SheetAnswer]) -> list[Answer]:
    """Those of a sheet that is somebody's."""
    return [Answer(one.question, one.state, tuple(one.points)) for one in stored]


def given(question: str, answer: SaveAnswer) -> Given:
    """One that was just said."""
    said = Answer(question, answer.state, tuple(answer.points))
    return Given(said, answer.words, answer.justification)
