"""What stands in the way of publishing a framework: each flaw with the place where it is.

A place is a JSON pointer (RFC 6901) into the framework's own document.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from app.learning.trust.framework import (
    OVERALL,
    Dimension,
    DimensionKind,
    Framework,
    Question,
    QuestionKind,
    Rule,
    Scale,
    ScaleKind,
)

SCALES_OF = {
    QuestionKind.MATURITY: {ScaleKind.MATURITY},
    QuestionKind.LIKERT: {ScaleKind.LIKERT, ScaleKind.BIPOLAR},
    QuestionKind.BOOLEAN: {ScaleKind.BOOLEAN},
    QuestionKind.CHOICE: {ScaleKind.CHOICE},
    QuestionKind.FREE_TEXT: set[ScaleKind](),
    QuestionKind.DIRECTED: {ScaleKind.LIKERT, ScaleKind.BOOLEAN},
}
"""On which scales each kind of question is answered."""


@dataclass(frozen=True)
class Flaw:
    pointer: str
    problem: str


def flaws(framework: Framework) -> tuple[Flaw, ...]:
    """Everything that is wrong with it; nothing, when it may be published."""
    return tuple(
        Flaw(pointer, problem)
        for found in (
            _repeated(framework),
            _levels(framework),
            _scales(framework),
            _dimensions(framework),
            _questions(framework),
            _conditions(framework),
        )
        for pointer, problem in found
    )


Found = Iterator[tuple[str, str]]


def _repeated(framework: Framework) -> Found:
    keys = [
        *((f"/scales/{at}/key", one.key, "scale") for at, one in enumerate(framework.scales)),
        *(
            (f"/dimensions/{at}/key", one.key, "dimension")
            for at, one in enumerate(framework.dimensions)
        ),
        *((f"{place}/key", question.key, "question") for place, _, question in _placed(framework)),
    ]
    times = Counter((noun, key) for _, key, noun in keys)
    for pointer, key, noun in keys:
        if (noun, key) == ("dimension", OVERALL):
            yield pointer, "Call it otherwise: all of them together are `overall`."
        if times[noun, key] > 1:
            yield pointer, f"Give each {noun} a key of its own: {key!r} is used more than once."


def _levels(framework: Framework) -> Found:
    if [level.value for level in framework.levels] != list(range(len(framework.levels))):
        yield "/levels", "Number the levels 0, 1, 2 and so on, from the lowest."
    if len(framework.levels) == 1:
        yield "/levels", "Give two levels or more, or none for a survey."


def _scales(framework: Framework) -> Found:
    for at, scale in enumerate(framework.scales):
        for where, problem in _points(scale):
            yield f"/scales/{at}/points{where}", problem
        values = tuple(point.value for point in scale.points)
        if scale.kind is ScaleKind.MATURITY and values != tuple(
            level.value for level in framework.levels
        ):
            yield f"/scales/{at}/points", "Give a maturity scale one point for each level."


def _points(scale: Scale) -> Found:
    values = [point.value for point in scale.points]
    if values != sorted(set(values)):
        yield "", "Order the points by their values, each of them once."
    scores = [point.score for point in scale.points]
    for at, score in enumerate(scores):
        if score is not None and score > 1:
            yield f"/{at}/score", "Give a score from 0 to 1."
    if scale.kind is ScaleKind.CHOICE:
        return
    given = [score for score in scores if score is not None]
    if len(given) < len(scores):
        yield "", "Give each point a score; only a choice may leave one out."
    elif scale.kind is ScaleKind.BIPOLAR:
        if not _peaks_inside(given):
            yield "", "Let the scores rise to a best point in the middle, and fall again."
    elif any(a >= b for a, b in pairwise(given)):
        yield "", "Let the scores rise from point to point."
    elif scale.kind is ScaleKind.BOOLEAN and given != [0, 1]:
        yield "", "Give a boolean scale two points, which score 0 and 1."


def _peaks_inside(scores: Sequence[Fraction]) -> bool:
    best = scores.index(max(scores))
    rises = all(a < b for a, b in pairwise(scores[: best + 1]))
    falls = all(a >= b for a, b in pairwise(scores[best:]))
    return 0 < best < len(scores) - 1 and rises and falls


def _dimensions(framework: Framework) -> Found:
    keys = {one.key: one for one in framework.dimensions}
    for at, one in enumerate(framework.dimensions):
        if one.parent is not None and one.parent not in keys:
            yield f"/dimensions/{at}/parent", f"There is no dimension {one.parent!r}."
        elif _is_below_itself(one, keys):
            yield f"/dimensions/{at}/parent", "Let no dimension lie below itself."
        elif one.parent is not None and keys[one.parent].kind is not one.kind:
            yield f"/dimensions/{at}/kind", "Keep a dimension of the kind of the one above it."
        below = framework.children(one.key)
        if below and one.questions:
            yield (
                f"/dimensions/{at}",
                "Give a dimension questions or dimensions below it, not both.",
            )
        if not below and not one.questions:
            yield f"/dimensions/{at}/questions", "Ask a question in it, or leave it out."
        scored = [question for question in one.questions if question.is_scored]
        if scored and not sum(question.weight for question in scored):
            yield f"/dimensions/{at}/questions", "Give a question a weight above nothing."
    for parent in {one.parent for one in framework.dimensions}:
        weighed = [one for one in framework.children(parent) if one.kind is DimensionKind.PROFILE]
        if weighed and not sum(one.weight for one in weighed):
            yield "/dimensions", "Give one of the dimensions side by side a weight above nothing."


def _is_below_itself(one: Dimension, keys: dict[str, Dimension]) -> bool:
    seen = {one.key}
    above = one.parent
    while above in keys:
        if above in seen:
            return True
        seen.add(above)
        above = keys[above].parent
    return False


def _placed(framework: Framework) -> Iterator[tuple[str, Dimension, Question]]:
    for at, dimension in enumerate(framework.dimensions):
        for number, question in enumerate(dimension.questions):
            yield f"/dimensions/{at}/questions/{number}", dimension, question


def _questions(framework: Framework) -> Found:
    scales = {scale.key: scale for scale in framework.scales}
    for place, dimension, question in _placed(framework):
        for where, problem in _scale_of(question, dimension, scales):
            yield place + where, problem
        for where, problem in _who_is_asked(question, dimension):
            yield place + where, problem
        for where, problem in _gate(question, framework):
            yield place + where, problem
        for number, source in enumerate(question.sources):
            if source not in framework.sources:
                yield f"{place}/sources/{number}", f"There is no source {source!r}."


def _scale_of(question: Question, dimension: Dimension, scales: dict[str, Scale]) -> Found:
    allowed = SCALES_OF[question.kind]
    scale = scales.get(question.scale) if question.scale else None
    if not allowed:
        if question.scale is not None:
            yield "/scale", "Leave the scale out: it is answered in words."
        return
    if question.scale is None or scale is None:
        yield (
            "/scale",
            f"There is no scale {question.scale!r}." if question.scale else "Name a scale.",
        )
    elif scale.kind not in allowed:
        said = " or ".join(sorted(allowed))
        yield "/scale", f"Take a scale of the kind {said}: {scale.key!r} is {scale.kind.value}."
    elif dimension.rule is Rule.WEIGHTED_MEAN and None in {one.score for one in scale.points}:
        yield "/scale", "Give each point of its scale a score: its dimension is a weighted mean."
    elif dimension.rule is Rule.PATH and {one.score for one in scale.points if one.ends} & {None}:
        yield "/scale", "Give each point that ends the path a score."
    if question.several and question.kind is not QuestionKind.CHOICE:
        yield "/several", "Let several points be chosen in a choice only."
    if question.reverse and question.kind not in (QuestionKind.LIKERT, QuestionKind.DIRECTED):
        yield "/reverse", "Reverse Likert questions and directed statements only."
    if question.reverse and scale is not None and scale.kind is ScaleKind.BIPOLAR:
        yield "/reverse", "Reverse no bipolar scale: its best point is in the middle."


def _who_is_asked(question: Question, dimension: Dimension) -> Found:
    if len(set(question.audience)) < len(question.audience):
        yield "/audience", "Name each perspective once."
    is_relational = dimension.kind is DimensionKind.RELATIONAL
    if question.is_scored and is_relational != (question.kind is QuestionKind.DIRECTED):
        yield "/kind", "Ask directed statements in a relational dimension, and nowhere else."
    if question.facet is not None and question.kind is not QuestionKind.DIRECTED:
        yield "/facet", "Give a facet to directed statements only."


def _gate(question: Question, framework: Framework) -> Found:
    is_maturity = question.kind is QuestionKind.MATURITY
    if question.gate and not (is_maturity or question.kind is QuestionKind.BOOLEAN):
        yield "/gate", "Let a gate be a maturity question or a boolean one."
    if question.gate and not framework.levels:
        yield "/gate", "Leave the gate out: a survey has no levels."
    if is_maturity and len(question.descriptors) != len(framework.levels):
        yield "/descriptors", f"Describe each of the {len(framework.levels)} levels."
    if question.descriptors and not is_maturity:
        yield "/descriptors", "Describe levels of maturity questions only."
    for name in ("evidence_from_level", "verified_from_level"):
        level: int | None = getattr(question, name)
        if level is not None and not (is_maturity and 0 < level < len(framework.levels)):
            yield f"/{name}", "Name a level above the lowest, of a maturity question."


def _conditions(framework: Framework) -> Found:
    asked = dict[str, Question]()
    for place, _, question in _placed(framework):
        for number, condition in enumerate(question.visible_if):
            where = f"{place}/visible_if/{number}"
            earlier = asked.get(condition.question)
            if earlier is None:
                yield f"{where}/question", "Ask about a question that comes before this one."
            elif not set(question.audience) <= set(earlier.audience):
                yield f"{where}/question", "Ask about a question that the same people are asked."
            elif earlier.key not in framework.scale_of:
                yield f"{where}/question", "Ask about a question that is answered on a scale."
            elif strange := set(condition.values) - framework.scale_of[earlier.key].by_value.keys():
                said = ", ".join(str(value) for value in sorted(strange))
                yield f"{where}/values", f"Name points of its scale: {said} is none."
            if condition.test != "one_of" and len(condition.values) != 1:
                yield f"{where}/values", "Name one value."
        asked[question.key] = question
