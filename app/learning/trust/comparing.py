"""What changed between two rounds, from what was told of each: paired by subject.

It is computed from numbers that whoever asks may read, so that it says nothing that they could not
work out; what was withheld in either round is in no pair. P is by sign flips, exactly, and counted
beside those of the other dimensions (Holm).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import NamedTuple

from app.learning.trust.change import Change, Paired, change, holm, paired


class Place(NamedTuple):
    """Where a number stands in the table of a round."""

    perspective: str
    dimension: str
    subject: str


@dataclass(frozen=True)
class Compared:
    """One perspective on one dimension, in both rounds."""

    perspective: str
    dimension: str
    earlier: Mapping[str, Fraction]
    later: Mapping[str, Fraction]
    pairs: Paired[str]
    change: Change | None
    p_beside_others: Fraction | None = None


def compared(
    earlier: Mapping[Place, Fraction], later: Mapping[Place, Fraction], dimensions: Iterable[str]
) -> list[Compared]:
    """Of each perspective and dimension that has a number in either round, by their names."""
    comparable = set(dimensions)
    asked = sorted({(one.perspective, one.dimension) for one in {*earlier, *later}})
    found = [
        _compared(perspective, dimension, earlier, later)
        for perspective, dimension in asked
        if dimension in comparable
    ]
    beside = _beside_others(found)
    return [
        replace(one, p_beside_others=beside.get((one.perspective, one.dimension))) for one in found
    ]


def _compared(
    perspective: str,
    dimension: str,
    earlier: Mapping[Place, Fraction],
    later: Mapping[Place, Fraction],
) -> Compared:
    before, after = (
        {
            place.subject: score
            for place, score in of.items()
            if (place.perspective, place.dimension) == (perspective, dimension)
        }
        for of in (earlier, later)
    )
    pairs = paired(before, after)
    return Compared(
        perspective, dimension, before, after, pairs, change(pairs.differences.values())
    )


def _beside_others(found: Sequence[Compared]) -> dict[tuple[str, str], Fraction]:
    adjusted: dict[tuple[str, str], Fraction] = {}
    for perspective in {one.perspective for one in found}:
        given = {
            (perspective, one.dimension): one.change.p_sign_flip
            for one in found
            if one.perspective == perspective and one.change and one.change.p_sign_flip is not None
        }
        adjusted |= holm(given)
    return adjusted
