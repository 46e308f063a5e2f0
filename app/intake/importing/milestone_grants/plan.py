"""What is to be made of an application: terms that sum, dates, criteria; or why nothing can be.

Pure functions of an application, so that a dry run and a second run plan the same.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from app.intake.importing.milestone_grants.durations import duration
from app.intake.importing.milestone_grants.history import History, history_of
from app.intake.importing.milestone_grants.source import Application, PromisedMilestone
from app.intake.importing.reading import shortened
from app.intake.importing.report import Remark
from app.kernel.schemas import CURRENCIES

ASSUMED: Final = timedelta(days=30)
"""How long a milestone takes of which the source says nothing that can be read."""

LONGEST_NAME: Final = 200
LONGEST_STATEMENT: Final = 500
MOST_CRITERIA: Final = 20
MOST_MILESTONES: Final = 50


@dataclass(frozen=True)
class Criterion:
    """A deliverable as an acceptance criterion; the last of many may stand for several."""

    statement: str
    numbers: frozenset[str]


@dataclass(frozen=True)
class PlannedMilestone:
    title: str
    amount_minor: int
    due_on: date
    criteria: tuple[Criterion, ...]


@dataclass(frozen=True)
class Plan:
    """A grant as it is to be drawn up, and what then happened."""

    application: Application
    title: str
    agreed_on: date
    ends_on: date
    award_minor: int
    currency: str
    milestones: tuple[PlannedMilestone, ...]
    history: History
    warnings: tuple[Remark, ...]


def plan(application: Application, today: date) -> Plan | list[Remark]:
    """What to import, or every reason for which nothing is."""
    faults = [*_faults_of_money(application), *_faults_of_dates(application, today)]
    if faults:
        return faults
    agreed_on = application.application_merged_on
    assert agreed_on is not None
    milestones, warnings = _milestones(application, agreed_on)
    history = history_of(application)
    if application.total_amount is None:
        detail = "The application states no total: the award is the sum of its milestones."
        warnings.append(_about(application, "total_missing", detail))
    return Plan(
        application=application,
        title=shortened(application.title, LONGEST_NAME) or shortened(application.id, LONGEST_NAME),
        agreed_on=agreed_on,
        ends_on=milestones[-1].due_on,
        award_minor=sum(milestone.amount_minor for milestone in milestones),
        currency=_currencies(application)[0],
        milestones=tuple(milestones),
        history=history,
        warnings=(*warnings, *history.warnings),
    )


def _about(application: Application, code: str, detail: str) -> Remark:
    return Remark("grant", application.id, code, detail)


def _faults_of_money(application: Application) -> Iterator[Remark]:
    promised = application.milestones
    currencies = _currencies(application)
    if not promised:
        yield _about(application, "milestones_missing", "It has no milestones.")
    if len(promised) > MOST_MILESTONES:
        detail = f"It has {len(promised)} milestones; a grant has {MOST_MILESTONES} at the most."
        yield _about(application, "milestones_too_many", detail)
    if twice := [str(number) for number, count in _numbers(promised).items() if count > 1]:
        detail = f"Two of its milestones have the number {', '.join(twice)}."
        yield _about(application, "milestones_numbered_twice", detail)
    if without := [str(one.number) for one in promised if one.amount is None]:
        detail = f"Without an amount: milestone {', '.join(without)}."
        yield _about(application, "milestone_amount_missing", detail)
    if len(currencies) > 1:
        detail = f"Its amounts are in {' and '.join(currencies)}, which are never added."
        yield _about(application, "currencies_mixed", detail)
    if unknown := [code for code in currencies if code not in CURRENCIES]:
        detail = f"ISO 4217 does not know {' and '.join(unknown)}."
        yield _about(application, "currency_unknown", detail)
    if promised and (not currencies or _lacks_currency(application)):
        yield _about(application, "currency_missing", "It has an amount without a currency.")
    yield from _faults_of_sums(application)


def _faults_of_sums(application: Application) -> Iterator[Remark]:
    amounts = [one.amount for one in application.milestones if one.amount is not None]
    total = application.total_amount
    if len(amounts) < len(application.milestones) or not amounts:
        return
    if total is not None and sum(amounts) != total:
        detail = (
            f"The milestones sum to {_said(sum(amounts, Decimal()))}, the total is {_said(total)}."
        )
        yield _about(application, "does_not_sum", detail)
    code = _currencies(application)[0] if _currencies(application) else ""
    if code in CURRENCIES and any(_minor(amount, code) is None for amount in amounts):
        detail = f"An amount has more digits than {code} has."
        yield _about(application, "amount_too_fine", detail)


def _faults_of_dates(application: Application, today: date) -> Iterator[Remark]:
    dated = (
        (application.application_merged_on, "the agreement"),
        *((one.submitted_on, "a delivery") for one in application.deliveries),
        *((one.evaluated_on, "an evaluation") for one in application.evaluations),
    )
    if missing := [what for day, what in dated if day is None]:
        detail = f"Without a date: {' and '.join(dict.fromkeys(missing))}."
        yield _about(application, "date_missing", detail)
    if any(day is not None and day >= today for day, _ in dated):
        yield _about(application, "date_not_past", "One of its days is not over yet.")


def _numbers(promised: list[PromisedMilestone]) -> Counter[int]:
    return Counter(milestone.number for milestone in promised)


def _currencies(application: Application) -> list[str]:
    """The currencies of the amounts that are stated, in their order."""
    stated = [(one.amount, one.currency) for one in application.milestones]
    stated.append((application.total_amount, application.currency))
    return list(dict.fromkeys(code for amount, code in stated if amount is not None and code))


def _lacks_currency(application: Application) -> bool:
    return any(one.amount is not None and not one.currency for one in application.milestones)


def _minor(amount: Decimal, currency: str) -> int | None:
    """The amount in minor units; None where it is no whole number of them."""
    minor = amount.scaleb(CURRENCIES[currency])
    return int(minor) if minor == minor.to_integral_value() else None


def _said(amount: Decimal) -> str:
    return f"{amount.normalize():,f}"


def _milestones(
    application: Application, agreed_on: date
) -> tuple[list[PlannedMilestone], list[Remark]]:
    """Each milestone, due when it was to be done if work began on the day of the agreement."""
    planned: list[PlannedMilestone] = []
    warnings: list[Remark] = []
    code, due_on = _currencies(application)[0], agreed_on
    for promised in application.milestones:
        name = f"{application.id}/{promised.number}"
        takes = duration(promised.duration)
        if takes is None:
            detail = f"It does not say how long it takes: {ASSUMED.days} days are assumed."
            warnings.append(Remark("milestone", name, "duration_assumed", detail))
        due_on += takes or ASSUMED
        if len(promised.deliverables) > MOST_CRITERIA:
            detail = f"The last of its {len(promised.deliverables)} deliverables are one criterion."
            warnings.append(Remark("milestone", name, "deliverables_gathered", detail))
        assert promised.amount is not None
        planned.append(
            PlannedMilestone(
                title=shortened(promised.title or "", LONGEST_NAME)
                or f"Milestone {promised.number}",
                amount_minor=_minor(promised.amount, code) or 0,
                due_on=due_on,
                criteria=_criteria(promised),
            )
        )
    return planned, warnings


def _criteria(promised: PromisedMilestone) -> tuple[Criterion, ...]:
    each = [
        Criterion(
            shortened(f"{one.number}: {one.name}", LONGEST_STATEMENT), frozenset({one.number})
        )
        for one in promised.deliverables
    ]
    if len(each) <= MOST_CRITERIA:
        return tuple(each)
    kept, gathered = each[: MOST_CRITERIA - 1], each[MOST_CRITERIA - 1 :]
    together = Criterion(
        shortened("; ".join(one.statement for one in gathered), LONGEST_STATEMENT),
        frozenset[str]().union(*(one.numbers for one in gathered)),
    )
    return (*kept, together)
