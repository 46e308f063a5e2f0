"""What is said of the answers of several people together, and of too few of them not at all."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from app.kernel.suppression import K, publishable

RATINGS: Final = range(1, 6)
PROMOTES: Final = 9
"""Whoever recommends by this much or more promotes; six or less detracts."""
DETRACTS: Final = 6


@dataclass(frozen=True)
class Said:
    """What one person said."""

    rating: int
    recommendation: int


@dataclass(frozen=True)
class Summary:
    """What may be told of many."""

    answered: int
    rating_mean: Fraction
    ratings: dict[int, int | None]
    """How many gave each rating; None where that is withheld."""
    recommendation_score: Fraction
    """The share of those who promote less that of those who detract, in per cent."""


def summarised(answers: Sequence[Said]) -> Summary | None:
    """What may be told of these answers; None of fewer than five."""
    everyone = frozenset(range(len(answers)))
    groups: dict[int, frozenset[int]] = {
        rating: frozenset(n for n, one in enumerate(answers) if one.rating == rating)
        for rating in RATINGS
    }
    if len(everyone) < K:
        return None
    told = publishable(groups, published=[everyone])
    promoting = sum(one.recommendation >= PROMOTES for one in answers)
    detracting = sum(one.recommendation <= DETRACTS for one in answers)
    return Summary(
        answered=len(answers),
        rating_mean=Fraction(sum(one.rating for one in answers), len(answers)),
        ratings={one: len(groups[one]) if one in told else None for one in RATINGS},
        recommendation_score=Fraction(100 * (promoting - detracting), len(answers)),
    )
