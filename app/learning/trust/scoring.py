"""One answer, one dimension, one sheet: scores from 0 to 1 as exact fractions.

    s = (v - lo) / (hi - lo), reversed 1 - s; of a choice, the score of its point
    D = sum(w s) / sum(w), over the questions that were answered
    coverage = sum(w answered) / sum(w applicable)
    overall = sum(W D) / sum(W), over the dimensions of the profile that have a score

A question that does not apply leaves numerator and denominator; one that was not answered lowers
the coverage, and is never nothing. Below the least coverage there is no score, and a reason.
FAIRplus and the OpenSSF Scorecard count the same way; what they publish are our oracles.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Final

from app.learning.trust.answers import Answer, Sheet, State, is_asked
from app.learning.trust.framework import (
    Dimension,
    DimensionKind,
    Framework,
    Question,
    Rule,
)

LEAST_COVERAGE: Final = Fraction(2, 3)
NO_ANSWER: Final = Answer("", State.SKIPPED)


class Missing(StrEnum):
    """Why there is no score."""

    NOT_APPLICABLE = "not_applicable"
    INSUFFICIENT_COVERAGE = "insufficient_coverage"


@dataclass(frozen=True)
class Policy:
    """What alters a score beside the framework.

    `is_strict` counts what is missing as nothing, as certificates do.
    """

    least_coverage: Fraction = LEAST_COVERAGE
    is_strict: bool = False


@dataclass(frozen=True)
class Score:
    """A value from 0 to 1, or why there is none; and how much of what applies was answered."""

    value: Fraction | None
    coverage: Fraction | None
    reason: Missing | None = None


@dataclass(frozen=True)
class Weighed:
    """Something with a weight, which applies or not, and has a score from 0 to 1 or not."""

    weight: Fraction
    score: Fraction | None
    applies: bool = True


def weighted(parts: Iterable[Weighed], policy: Policy = Policy()) -> Score:
    """D and its coverage."""
    applicable = [part for part in parts if part.applies]
    whole = sum((part.weight for part in applicable), Fraction(0))
    if not whole:
        return Score(None, None, Missing.NOT_APPLICABLE)
    answered = [part for part in applicable if part.score is not None]
    weight = sum((part.weight for part in answered), Fraction(0))
    reached = sum((part.weight * (part.score or 0) for part in answered), Fraction(0))
    coverage = weight / whole
    if policy.is_strict:
        return Score(reached / whole, coverage)
    if not weight or coverage < policy.least_coverage:
        return Score(None, coverage, Missing.INSUFFICIENT_COVERAGE)
    return Score(reached / weight, coverage)


def score_of(framework: Framework, question: Question, answer: Answer) -> Fraction | None:
    """s of one answer; None where it says nothing that counts.

    Several points of a choice score their sum, as far as 1. Raises KeyError for a value that is no
    point of the scale.
    """
    if answer.state is not State.ANSWERED or not question.is_scored:
        return None
    scale = framework.scale_of[question.key]
    scores = [scale.by_value[value].score for value in answer.values]
    given = [score for score in scores if score is not None]
    if not given:
        return None
    score = min(sum(given, Fraction(0)), Fraction(1))
    return 1 - score if question.reverse else score


def linear(value: int, lowest: int, highest: int, *, reverse: bool = False) -> Fraction:
    """s = (v - lo) / (hi - lo): what the points of an even scale score."""
    score = Fraction(value - lowest, highest - lowest)
    return 1 - score if reverse else score


def dimension_score(
    framework: Framework, dimension: Dimension, sheet: Sheet, policy: Policy = Policy()
) -> Score:
    """What a sheet says of one dimension, by its rule; where others lie below it, by theirs."""
    below = framework.children(dimension.key)
    if below:
        return combined(
            ((one, dimension_score(framework, one, sheet, policy)) for one in below), policy
        )
    asked = [one for one in dimension.questions if one.is_scored and is_asked(one, sheet)]
    answers = [(one, sheet.by_question.get(one.key, NO_ANSWER)) for one in asked]
    if dimension.rule is Rule.PATH:
        return _path(framework, answers, policy)
    return weighted(
        [
            Weighed(
                question.weight,
                score_of(framework, question, answer),
                applies=answer.state is not State.NOT_APPLICABLE,
            )
            for question, answer in answers
        ],
        policy,
    )


def combined(scores: Iterable[tuple[Dimension, Score]], policy: Policy = Policy()) -> Score:
    """Dimensions side by side as one: the overall score of those at the top of a profile.

    Relational ones count for nothing here. A dimension that does not apply leaves the weights.
    """
    return weighted(
        [
            Weighed(
                dimension.weight, score.value, applies=score.reason is not Missing.NOT_APPLICABLE
            )
            for dimension, score in scores
            if dimension.kind is DimensionKind.PROFILE
        ],
        policy,
    )


def sheet_scores(framework: Framework, sheet: Sheet, policy: Policy = Policy()) -> dict[str, Score]:
    """Of each dimension by its key, in the order of the framework."""
    return {one.key: dimension_score(framework, one, sheet, policy) for one in framework.dimensions}


def overall(framework: Framework, scores: Mapping[str, Score], policy: Policy = Policy()) -> Score:
    """One number for a profile, which many routes lead to: show it only beside its dimensions."""
    return combined(((one, scores[one.key]) for one in framework.children(None)), policy)


def _path(
    framework: Framework, answers: Iterable[tuple[Question, Answer]], policy: Policy
) -> Score:
    """The score of the first answer that ends the path, else of the last one.

    ODI Pathway's rule: the first negative answer gives the score of its activity. Where a question
    on the way was left out there is none, or nothing by a strict policy.
    """
    last: Score | None = None
    for question, answer in answers:
        if answer.state is State.NOT_APPLICABLE:
            continue
        if answer.state is not State.ANSWERED:
            if policy.is_strict:
                return Score(Fraction(0), Fraction(0))
            return Score(None, Fraction(0), Missing.INSUFFICIENT_COVERAGE)
        point = framework.scale_of[question.key].by_value[answer.values[0]]
        last = Score(point.score, Fraction(1))
        if point.ends:
            return last
    if last is None:
        return Score(None, None, Missing.NOT_APPLICABLE)
    return last if last.value is not None else Score(None, None, Missing.INSUFFICIENT_COVERAGE)
