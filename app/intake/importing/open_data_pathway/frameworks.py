"""The questionnaire as a framework: an activity is a path of questions, a theme the mean of some.

A negative answer ends the activity and gives its score; without one the last does. 1 to 5 becomes 0
to 1.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, Final

from app.intake.importing.open_data_pathway.source import (
    HIGHEST,
    LOWEST,
    AnswerRow,
    Questionnaire,
    QuestionRow,
)
from app.learning.trust.framework import Framework, Perspective

SLUG: Final = "open-data-pathway"


def framework_of(questionnaire: Questionnaire) -> Framework:
    """Raises ValidationError, and KeyError for a question of no activity."""
    of: dict[str, list[QuestionRow]] = {one.activity: [] for one in questionnaire.activities}
    for question in questionnaire.questions:
        of[question.activity].append(question)
    themes: Mapping[str, int] = defaultdict(lambda: len(themes))
    activities = [
        {
            "key": f"A{place}",
            "parent": f"D{themes[one.dimension]}",
            "title": one.activity,
            "definition": one.activity,
            "rule": "path",
            "questions": [_question(question, of[one.activity]) for question in of[one.activity]],
        }
        for place, one in enumerate(questionnaire.activities)
    ]
    return Framework.model_validate(
        {
            "slug": SLUG,
            "version": "1.0.0",
            "title": "Open Data Pathway",
            "licence": "MIT",
            "scales": [_scale(one) for one in questionnaire.questions],
            "dimensions": [
                *(
                    {"key": f"D{place}", "title": theme, "definition": theme}
                    for theme, place in themes.items()
                ),
                *activities,
            ],
        }
    )


def _scale(question: QuestionRow) -> dict[str, Any]:
    points = [_point(place, one) for place, one in enumerate(question.answers)]
    return {"key": f"S{question.id}", "kind": "choice", "points": points}


def _point(place: int, answer: AnswerRow) -> dict[str, Any]:
    part = None if answer.score is None else f"{answer.score - LOWEST}/{HIGHEST - LOWEST}"
    return {"value": place, "label": answer.text, "score": part, "ends": not answer.positive}


def _question(question: QuestionRow, path: Sequence[QuestionRow]) -> dict[str, Any]:
    """Asked after a positive answer to the one it depends on, where that is of its activity."""
    before = next((one for one in path if one.id == question.dependency), None)
    positive = [at for at, one in enumerate(before.answers) if one.positive] if before else []
    condition = {"question": question.dependency, "test": "one_of", "values": positive}
    return {
        "key": question.id,
        "text": question.text,
        "help": question.notes or None,
        "kind": "choice",
        "scale": f"S{question.id}",
        "audience": [Perspective.SELF],
        "visible_if": [condition] if before else [],
    }
