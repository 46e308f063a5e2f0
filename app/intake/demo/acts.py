"""The play as a whole: its acts in the order of time, each a script for the chapters."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from app.intake.demo import facts
from app.intake.demo.past import script_of
from app.intake.demo.present import REFERENCE, script_of_today
from app.intake.demo.programme import FUND, PROGRAMME, TEAM, YEAR_ONE


@dataclass(frozen=True)
class Act:
    """What is told when it begins, and what it holds for the chapters."""

    title: str
    script: Iterable[object]
    leaves_its_props: bool = False
    """Whether what it makes is there in the acts after it."""


def acts(at: datetime) -> Iterator[Act]:
    """Everything up to `at`."""
    title = "April 2020: the programme is announced"
    yield Act(title, (TEAM, PROGRAMME, FUND), leaves_its_props=True)
    first, *others = facts.PAST_COHORTS
    yield _cohort(first)
    yield Act("June 2021: what the first year came to", (YEAR_ONE,))
    for cohort in others:
        yield _cohort(cohort)
    yield Act(f"Today: {REFERENCE}, an invented cohort that is under way", script_of_today(at))


def _cohort(known: facts.Cohort) -> Act:
    title = f"{known.called_on:%B %Y}: {known.reference}, {known.name}"
    return Act(title, script_of(known))
