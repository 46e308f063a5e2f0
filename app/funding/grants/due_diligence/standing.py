"""What the latest check of a kind comes to on a day."""

from datetime import date
from enum import StrEnum


class CheckOutcome(StrEnum):
    PASSED = "passed"
    FAILED = "failed"
    WAIVED = "waived"


class CheckStanding(StrEnum):
    MISSING = "missing"
    PASSED = "passed"
    WAIVED = "waived"
    FAILED = "failed"
    EXPIRED = "expired"


SUFFICIENT = frozenset({CheckStanding.PASSED, CheckStanding.WAIVED})
"""With these a kind that is required stands in nobody's way."""


def standing(outcome: CheckOutcome | None, expires_on: date | None, on: date) -> CheckStanding:
    """`outcome` is that of the latest check, None without any; `expires_on` the last day on which
    it holds. What failed stays failed until it is checked again."""
    if outcome is None:
        return CheckStanding.MISSING
    if outcome is CheckOutcome.FAILED:
        return CheckStanding.FAILED
    if expires_on is not None and expires_on < on:
        return CheckStanding.EXPIRED
    return CheckStanding(outcome)
