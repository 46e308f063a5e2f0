"""How a target stands: what was counted against what is wanted by then.

Between its first day and its due day a target that is to be reached is expected to grow evenly
from its baseline (research: cohorts 4, "Targets"). A ceiling is kept at every day or broken.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction


class Comparator(StrEnum):
    AT_LEAST = "at_least"
    AT_MOST = "at_most"


class Standing(StrEnum):
    MET = "met"
    ON_TRACK = "on_track"
    BEHIND = "behind"
    MISSED = "missed"
    WITHIN = "within"
    EXCEEDED = "exceeded"


GOOD = frozenset({Standing.MET, Standing.ON_TRACK, Standing.WITHIN})
"""The standings of a target that gives no cause for worry."""


@dataclass(frozen=True)
class Plan:
    """A target as numbers and days; `value` is not negative and `due_on` not before `starts_on`."""

    comparator: Comparator
    baseline: int | Fraction
    value: int | Fraction
    starts_on: date
    due_on: date

    def expected(self, on: date) -> Fraction:
        """What the count should be on that day; a ceiling expects its value on every day."""
        if self.comparator == Comparator.AT_MOST or on >= self.due_on:
            return Fraction(self.value)
        if on <= self.starts_on:
            return Fraction(self.baseline)
        whole = (self.due_on - self.starts_on).days
        gone = (on - self.starts_on).days
        return self.baseline + (self.value - self.baseline) * Fraction(gone, whole)

    def standing(self, counted: int | Fraction, on: date) -> Standing:
        """How the target stands on that day, with so many counted."""
        if self.comparator == Comparator.AT_MOST:
            return Standing.WITHIN if counted <= self.value else Standing.EXCEEDED
        if counted >= self.value:
            return Standing.MET
        if on > self.due_on:
            return Standing.MISSED
        return Standing.ON_TRACK if counted >= self.expected(on) else Standing.BEHIND

    def share(self, counted: int | Fraction) -> Fraction:
        """The part of the value, which is not 0, that was counted; more than one where it was
        passed."""
        return Fraction(counted) / self.value
