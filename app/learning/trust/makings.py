"""From which scores of a sheet another one comes, and with which weight: what a result is about.

    overall = sum(W D) / sum(W),  D = sum(w s) / sum(w)

so that a score is a sum over its makings, each weighed by its part of those that count. The gate
has to know them: what is withheld of one question must not follow from its dimension, nor what is
withheld of a dimension from the overall score.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from app.learning.trust.answers import Sheet, State, is_asked
from app.learning.trust.fingerprints import sheet_hash
from app.learning.trust.framework import (
    OVERALL,
    Dimension,
    DimensionKind,
    Framework,
    Question,
    Rule,
)
from app.learning.trust.levels import Reached, sheet_levels
from app.learning.trust.scoring import (
    NO_ANSWER,
    Policy,
    Score,
    Weighed,
    overall,
    score_of,
    sheet_scores,
    weighted,
)


@dataclass(frozen=True)
class ScoredSheet:
    """A sheet with the score of each scope: of dimensions, overall, and of questions if wanted."""

    sheet: Sheet
    version: str
    scores: Mapping[str, Score]
    levels: Mapping[str, Reached]


class Making(NamedTuple):
    item: str
    weight: Fraction
    score: Fraction


def question_scope(dimension: Dimension, question: Question) -> str:
    """What a question is called among the scopes of a result."""
    return f"{dimension.key}/{question.key}"


def scored(
    framework: Framework,
    sheet: Sheet,
    policy: Policy,
    *,
    with_overall: bool = False,
    with_questions: bool = False,
) -> ScoredSheet:
    """Each question of a path is left out: its score is no part of a sum."""
    scores = sheet_scores(framework, sheet, policy)
    if with_overall:
        scores[OVERALL] = overall(framework, scores, policy)
    for dimension, question in framework.questions() if with_questions else ():
        if question.is_scored and dimension.rule is Rule.WEIGHTED_MEAN:
            scores[question_scope(dimension, question)] = _question(
                framework, question, sheet, policy
            )
    return ScoredSheet(sheet, sheet_hash(sheet), scores, sheet_levels(framework, sheet))


def _question(framework: Framework, question: Question, sheet: Sheet, policy: Policy) -> Score:
    answer = sheet.by_question.get(question.key, NO_ANSWER)
    applies = is_asked(question, sheet) and answer.state is not State.NOT_APPLICABLE
    score = score_of(framework, question, answer) if applies else None
    return weighted([Weighed(Fraction(1), score, applies)], policy)


def makings(framework: Framework, scope: str, sheet: ScoredSheet) -> Iterator[Making]:
    """What the score of a scope is the sum of; nothing where there is no score."""
    value = sheet.scores[scope].value
    if value is None:
        return
    parts = [*_below(framework, scope, sheet)]
    if not parts:
        yield Making(scope, Fraction(1), value)
        return
    whole = sum((weight for _, weight in parts), Fraction(0))
    for part, weight in parts:
        for making in makings(framework, part, sheet):
            yield making._replace(weight=making.weight * weight / whole)


def _below(framework: Framework, scope: str, sheet: ScoredSheet) -> Iterator[tuple[str, Fraction]]:
    """The scopes directly below one that have a score, and a weight in it."""
    for one in framework.children(None if scope == OVERALL else scope):
        if one.kind is DimensionKind.PROFILE and one.weight and _has_score(one.key, sheet):
            yield one.key, one.weight
    for dimension in framework.dimensions:
        for question in dimension.questions if dimension.key == scope else ():
            name = question_scope(dimension, question)
            if question.weight and _has_score(name, sheet):
                yield name, question.weight


def _has_score(scope: str, sheet: ScoredSheet) -> bool:
    return scope in sheet.scores and sheet.scores[scope].value is not None
