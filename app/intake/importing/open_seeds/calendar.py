"""When a cohort was called, chosen, begun and ended, from dates as people wrote them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from app.intake.importing.open_seeds.source import CohortRow
from app.kernel.schemas import EARLIEST_YEAR, LATEST_YEAR

FORMS: Final = ("%Y-%m-%d", "%B %d, %Y")


@dataclass(frozen=True)
class Calendar:
    """The days of a cohort's life, each on or after the one before."""

    opened_on: date
    closed_on: date
    announced_on: date
    starts_on: date
    ends_on: date
    is_call_dated: bool


def day(text: str | None) -> date | None:
    """`2020-09-08` and `September 8, 2020` alike; None for anything else."""
    for form in FORMS:
        try:
            # A day without a clock has no zone to be in.
            found = datetime.strptime((text or "").strip(), form).date()  # noqa: DTZ007
        except ValueError:
            continue
        return found if EARLIEST_YEAR <= found.year <= LATEST_YEAR else None
    return None


def calendar_of(cohort: CohortRow) -> Calendar | None:
    """A cohort runs from its first week to its last session; None where no day can be read.

    Where the call has no dates, it is taken to have been on the first day.
    """
    weeks = _days(session.week_start for session in cohort.sessions)
    sessions = _days(session.date for session in cohort.sessions)
    if not weeks and not sessions:
        return None
    starts_on, ends_on = min(weeks or sessions), max(weeks + sessions)
    opened = [entry for entry in _call(cohort, "open") if entry <= starts_on]
    closed = [entry for entry in _call(cohort, "clos") if entry <= starts_on]
    announced = [entry for entry in _call(cohort, "announced") if entry <= starts_on]
    opened_on = min(opened, default=starts_on)
    closed_on = max([*closed, opened_on])
    announced_on = max([*announced, closed_on])
    is_dated = bool(opened and closed and announced)
    return Calendar(opened_on, closed_on, announced_on, starts_on, ends_on, is_dated)


def _call(cohort: CohortRow, word: str) -> list[date]:
    return _days(entry.date for entry in cohort.timeline if word in entry.description.lower())


def _days(texts: Iterable[str | None]) -> list[date]:
    return [found for text in texts if (found := day(text)) is not None]
