"""Many sheets as one: scored by dimension first, then within each organisation, then across them.

within an organisation: the mean of its sheets, so that none outvotes another
across: peers by the median, self and stakeholders by the mean
SD = sqrt(s^2);  r_wg = 1 - s^2 / ((A^2 - 1) / 12), clipped to [0, 1], of A points (James 1984)
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Final

from app.learning.trust.framework import Perspective
from app.learning.trust.intervals import Interval, median_interval, t_interval
from app.learning.trust.rounding import mean, median, root, variance

PEERS_REQUIRED: Final = 3


class Centre(StrEnum):
    MEAN = "mean"
    MEDIAN = "median"


CENTRES: Final[Mapping[Perspective, Centre]] = {
    Perspective.SELF: Centre.MEAN,
    Perspective.PEER: Centre.MEDIAN,
    Perspective.STAKEHOLDER: Centre.MEAN,
    Perspective.DYADIC: Centre.MEDIAN,
}


@dataclass(frozen=True)
class Voice:
    """What one sheet says, and for which organisation; None where that is not known."""

    score: Fraction
    organisation: str | None


@dataclass(frozen=True)
class Aggregate:
    """Of how many sheets and organisations, and what they say together; None with a reason."""

    sheets: int
    organisations: int
    value: Fraction | None
    deviation: Decimal | None = None
    interval: Interval | None = None
    reason: str | None = None


def aggregate(voices: Sequence[Voice], centre: Centre, *, required: int = 1) -> Aggregate:
    """One number of them; of fewer sheets than are required, `too_few_sheets`."""
    spoken = by_organisation(voices)
    if len(voices) < required or not voices:
        reason = "too_few_sheets" if voices else "no_sheets"
        return Aggregate(len(voices), len(spoken), None, reason=reason)
    is_median = centre is Centre.MEDIAN
    spread = variance(spoken)
    return Aggregate(
        len(voices),
        len(spoken),
        median(spoken) if is_median else mean(spoken),
        root(spread) if spread is not None else None,
        median_interval(spoken) if is_median else t_interval(spoken),
    )


def by_organisation(voices: Sequence[Voice]) -> list[Fraction]:
    """One score for each organisation; who names none speaks alone."""
    of: dict[tuple[bool, str], list[Fraction]] = defaultdict(list)
    for number, voice in enumerate(voices):
        named = voice.organisation
        of[(False, str(number)) if named is None else (True, named)].append(voice.score)
    return sorted(mean(scores) for scores in of.values())


def within_group_agreement(values: Sequence[Fraction], points: int) -> Fraction | None:
    """r_wg of answers on a scale of so many points; None of fewer than two answers."""
    spread = variance(values)
    if spread is None or points < 2:
        return None
    by_chance = Fraction(points**2 - 1, 12)
    return max(Fraction(0), min(Fraction(1), 1 - spread / by_chance))
