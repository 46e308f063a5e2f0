"""The framework of the index: each data set a dimension of its own, of the same questions."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any, Final

from app.intake.importing.open_data_index.source import DataSetRow, EntryRow, QuestionRow, Said
from app.intake.importing.reading import shortened
from app.learning.trust.answers import Answer, Sheet, State
from app.learning.trust.framework import Framework, Perspective
from app.learning.trust.scoring import Policy, dimension_score

SLUG: Final = "open-data-index"
STRICT: Final = Policy(is_strict=True)
"""The index counts who is unsure as no."""

_POINTS: Final = [{"value": 0, "label": "No", "score": 0}, {"value": 1, "label": "Yes", "score": 1}]
_LONGEST_LINE: Final = 500


def framework_of(questions: Sequence[QuestionRow], data_sets: Sequence[DataSetRow]) -> Framework:
    """A survey without levels. Raises ValidationError."""
    return Framework.model_validate(
        {
            "slug": SLUG,
            "version": "1.0.0",
            "title": "Global Open Data Index",
            "licence": "ODC-PDDL-1.0",
            "scales": [{"key": "yes_or_no", "kind": "boolean", "points": _POINTS}],
            "dimensions": [_dimension(one, questions) for one in data_sets],
        }
    )


def _dimension(data_set: DataSetRow, questions: Sequence[QuestionRow]) -> dict[str, Any]:
    category = f" ({data_set.category})" if data_set.category else ""
    return {
        "key": data_set.id,
        "title": data_set.title,
        "definition": shortened(f"How open it is: {data_set.title}{category}.", _LONGEST_LINE),
        "questions": [
            {
                "key": key_of(data_set.id, one.id),
                "text": one.question,
                "help": one.description or None,
                "kind": "boolean",
                "scale": "yes_or_no",
                "weight": one.weight,
                "na_allowed": True,
                "na_needs_justification": False,
                "audience": [Perspective.STAKEHOLDER],
            }
            for one in questions
        ],
    }


def key_of(data_set: str, question: str) -> str:
    return f"{data_set}_{question}"


def answers_of(entry: EntryRow) -> Iterator[Answer]:
    """What an entry says to the questions of its data set: who is unsure does not know."""
    for question, said in entry.answers.items():
        key = key_of(entry.dataset, question)
        if said is Said.UNSURE:
            yield Answer(key, State.DONT_KNOW)
        else:
            yield Answer(key, State.ANSWERED, (int(said is Said.YES),))


def whole_sheet(framework: Framework, entries: Sequence[EntryRow]) -> tuple[Answer, ...]:
    """What was said of one place: of a data set that was not looked at no question applies."""
    said = {one.question: one for entry in entries for one in answers_of(entry)}
    return tuple(
        said.get(question.key, Answer(question.key, State.NOT_APPLICABLE))
        for _, question in framework.questions()
    )


def percent(framework: Framework, entry: EntryRow) -> Fraction:
    """The score of an entry by the framework, of a hundred, as it is published."""
    sheet = Sheet("", entry.place, Perspective.STAKEHOLDER, tuple(answers_of(entry)))
    dimension = next(one for one in framework.dimensions if one.key == entry.dataset)
    value = dimension_score(framework, dimension, sheet, STRICT).value
    assert value is not None, "a strict score is always there"
    return value * 100
