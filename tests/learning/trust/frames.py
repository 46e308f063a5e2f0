"""Small frameworks and sheets that tests of trust are made of."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from app.learning.trust.answers import Answer, Sheet, State
from app.learning.trust.framework import Framework, Perspective

LEVELS = ("Absent", "Ad hoc", "Defined", "Practised", "Assured")
EVERYBODY = ["self", "peer", "stakeholder", "dyadic"]


def scale(kind: str, scores: Sequence[object], *, key: str | None = None, first: int = 0) -> Any:
    return {
        "key": key or kind,
        "kind": kind,
        "points": [
            {"value": first + at, "label": f"point {first + at}", "score": score}
            for at, score in enumerate(scores)
        ],
    }


SCALES = [
    scale("maturity", ["0", "1/4", "1/2", "3/4", "1"]),
    scale("likert", ["0", "1/4", "1/2", "3/4", "1"], first=1),
    scale("boolean", ["0", "1"]),
    scale("choice", ["0", "1/3", "2/3", "1/2"]),
    scale("bipolar", ["0", "1/2", "1", "1/2", "0"]),
]


def question(key: str, kind: str = "maturity", **more: Any) -> dict[str, Any]:
    made: dict[str, Any] = {"key": key, "text": f"What about {key}?", "kind": kind}
    made["audience"] = EVERYBODY
    if kind == "maturity":
        made |= {"scale": "maturity", "descriptors": [f"{key} {one}" for one in LEVELS]}
    elif kind == "directed":
        made["scale"] = "likert"
    elif kind != "free_text":
        made["scale"] = kind
    return made | more


def dimension(key: str, *questions: Any, **more: Any) -> dict[str, Any]:
    return {"key": key, "title": key, "definition": f"About {key}.", "questions": questions} | more


def document(*dimensions: Any, **more: Any) -> dict[str, Any]:
    return {
        "slug": "a-framework",
        "version": "1.0.0",
        "title": "A framework",
        "licence": "CC-BY-4.0",
        "levels": [{"value": at, "name": name} for at, name in enumerate(LEVELS)],
        "scales": SCALES,
        "dimensions": dimensions,
        **more,
    }


def framework(*dimensions: Any, **more: Any) -> Framework:
    return Framework.model_validate(document(*dimensions, **more))


def answered(key: str, *values: int, **more: Any) -> Answer:
    return Answer(key, State.ANSWERED, values, **more)


def sheet(
    sheet_id: str = "s1",
    answers: Mapping[str, int | State] | Sequence[Answer] = (),
    *,
    subject: str = "a",
    perspective: Perspective = Perspective.PEER,
    **more: Any,
) -> Sheet:
    """Answers by question: a value, or the state of one that has none."""
    if isinstance(answers, Mapping):
        answers = [
            Answer(key, said) if isinstance(said, State) else answered(key, said)
            for key, said in answers.items()
        ]
    return Sheet(sheet_id, subject, perspective, tuple(answers), **more)


def fractions(*values: str) -> list[Fraction]:
    return [Fraction(value) for value in values]
