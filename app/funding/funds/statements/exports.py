"""Statements as CSV: a row for each account, amounts in major units."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from app.funding.funds.statements.schemas import FundStatementOut, TrialBalanceOut
from app.kernel.money import decimal
from app.web.exports import Cell, listed

_FUND: Final = {
    "fund_id": "The fund: its id.",
    "fund_reference": "The fund: its reference.",
    "fund_name": "The fund: its name.",
}
_ACCOUNT: Final = {
    "bucket": "The bucket.",
    "grant_id": "The grant whose account it is: its id.",
    "grant_reference": "The grant: its reference.",
    "grant_name": "The grant: its name.",
}
_UNTIL: Final = {"effective_until": "The last day that counts; empty for all there is."}
_CURRENCY: Final = {"currency": "The currency of the amounts (ISO 4217)."}

TRIAL_BALANCE: Final = listed(
    "fund-trial-balance",
    {
        **_FUND,
        **_UNTIL,
        **_ACCOUNT,
        "debit": "What it holds, where that is a debit.",
        "credit": "What it holds, where that is a credit.",
        **_CURRENCY,
    },
)
STATEMENT: Final = listed(
    "fund-statement",
    {
        **_FUND,
        "effective_from": "The first day of the period; empty for the beginning.",
        **_UNTIL,
        **_ACCOUNT,
        "opening": "What it held before the period.",
        "added": "What was added to it.",
        "taken": "What was taken from it.",
        "closing": "What it held at the end of the period.",
        **_CURRENCY,
    },
)


def rows(told: TrialBalanceOut | FundStatementOut, header: Sequence[str]) -> list[list[Cell]]:
    """A row for each line, in the order of the columns."""
    whole = told.model_dump()
    found = [dict(_cells({**whole, **line})) for line in whole["lines"]]
    return [[row.get(name) for name in header] for row in found]


def _cells(told: Mapping[str, Any]) -> Iterator[tuple[str, Cell]]:
    for name, value in told.items():
        match value:
            case {"amount_minor": int(minor), "currency": str(currency)}:
                yield name, Decimal(decimal(minor, currency))
            case {"id": _}:
                yield from ((f"{name}_{part}", cell) for part, cell in value.items())
            case list():
                pass
            case _:
                yield name, value
