"""Which level a dimension has reached, and what stands in the way of the next.

    level = min over the gates of min(answered level, what its proof allows)

A gate that does not apply, and is accepted as such, holds nobody up; one that is missing or not
known holds at the lowest level. From the level at which a question wants evidence, an answer
without unexpired evidence stays below it; likewise with the support of somebody outside. Levels are
reached exactly or not at all: 199 of 200 gates is not reached, and is shown as 99 %.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction
from math import floor
from typing import Final

from app.learning.trust.answers import Answer, Sheet, State, is_asked
from app.learning.trust.framework import (
    Dimension,
    DimensionKind,
    Framework,
    Question,
    QuestionKind,
)
from app.learning.trust.scoring import NO_ANSWER

LASTS_MONTHS: Final = 12
"""How long the support of somebody outside counts."""


class Lift(StrEnum):
    """What would lift a gate."""

    ANSWER = "answer"
    HIGHER_LEVEL = "higher_level"
    EVIDENCE = "evidence"
    VERIFICATION = "verification"
    ACCEPTANCE = "acceptance"
    """It is said not to apply, and that was not accepted."""


@dataclass(frozen=True)
class Blocker:
    """A gate that is no higher than the level reached."""

    question: str
    level: int
    lift: Lift


@dataclass(frozen=True)
class Reached:
    """A level, None where there is no gate; and the gates that keep it from being higher."""

    level: int | None
    blockers: tuple[Blocker, ...] = ()


@dataclass(frozen=True)
class Evidence:
    collected_on: date
    expires_on: date | None


@dataclass(frozen=True)
class Verification:
    supports: bool
    is_outside: bool
    """Whether whoever verified does not belong to the subject."""
    verified_on: date


def is_in_force(evidence: Iterable[Evidence], day: date) -> bool:
    """Whether any of it was collected by then and has not expired; it counts on its last day."""
    return any(
        one.collected_on <= day and (one.expires_on is None or day <= one.expires_on)
        for one in evidence
    )


def is_supported(verifications: Iterable[Verification], day: date) -> bool:
    """Whether somebody outside supports it, no more than twelve months ago."""
    return any(
        one.supports and one.is_outside and one.verified_on <= day <= _a_year_after(one.verified_on)
        for one in verifications
    )


def _a_year_after(day: date) -> date:
    later = day.year + LASTS_MONTHS // 12
    is_leap_day = (day.month, day.day) == (2, 29)
    return date(later, 2, 28) if is_leap_day else day.replace(year=later)


def level_of(framework: Framework, dimension: Dimension, sheet: Sheet) -> Reached:
    """The level of one dimension; of one that has others below it, the lowest of theirs."""
    below = framework.children(dimension.key)
    if below:
        return lowest(level_of(framework, one, sheet) for one in below)
    top = len(framework.levels) - 1
    gates = [
        _gate(framework, question, sheet.by_question.get(question.key, NO_ANSWER), top)
        for question in dimension.questions
        if question.gate and is_asked(question, sheet)
    ]
    return reached(gates, top)


def reached(gates: Iterable[Blocker], top: int) -> Reached:
    """The lowest of the gates, and those that are as low."""
    given = list(gates)
    if not given:
        return Reached(None)
    level = min(gate.level for gate in given)
    return Reached(level, tuple(gate for gate in given if gate.level == level < top))


def lowest(levels: Iterable[Reached]) -> Reached:
    """The headline: the lowest of several, with what holds it there."""
    given = [one for one in levels if one.level is not None]
    if not given:
        return Reached(None)
    level = min(one.level for one in given if one.level is not None)
    blockers = [blocker for one in given if one.level == level for blocker in one.blockers]
    return Reached(level, tuple(blockers))


def sheet_levels(framework: Framework, sheet: Sheet) -> Mapping[str, Reached]:
    """Of each dimension of the profile, by its key."""
    return {
        one.key: level_of(framework, one, sheet)
        for one in framework.dimensions
        if one.kind is DimensionKind.PROFILE
    }


def headline(framework: Framework, levels: Mapping[str, Reached]) -> Reached:
    """The lowest level of the dimensions at the top of the profile."""
    return lowest(levels[one.key] for one in framework.children(None) if one.key in levels)


def percent_shown(reached: int, of: int) -> int:
    """Whole percent, rounded down, so that 100 is only what is complete."""
    return floor(Fraction(100 * reached, of))


def _gate(framework: Framework, question: Question, answer: Answer, top: int) -> Blocker:
    if answer.state is State.NOT_APPLICABLE:
        level, lift = (top, Lift.HIGHER_LEVEL) if answer.is_accepted else (0, Lift.ACCEPTANCE)
        return Blocker(question.key, level, lift)
    if answer.state is not State.ANSWERED:
        return Blocker(question.key, 0, Lift.ANSWER)
    level = answer.values[0]
    if question.kind is QuestionKind.BOOLEAN:
        point = framework.scale_of[question.key].by_value[level]
        level = top if point.score == 1 else 0
    return _proved(question, answer, level)


def _proved(question: Question, answer: Answer, level: int) -> Blocker:
    """Held below the level from which it wants evidence, or support, where there is none."""
    held, lift = level, Lift.HIGHER_LEVEL
    for wanted, is_there, by in (
        (question.verified_from_level, answer.is_verified, Lift.VERIFICATION),
        (question.evidence_from_level, answer.has_evidence, Lift.EVIDENCE),
    ):
        if wanted is not None and held >= wanted and not is_there:
            held, lift = wanted - 1, by
    return Blocker(question.key, held, lift)
