"""What the money of a grant did, as everybody is told of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from app.kernel.money import decimal


@dataclass(frozen=True)
class Movement:
    """What one entry of the ledger changed of a grant, in minor units: what is reserved for it,
    what it is promised or was given, and what of that was paid out."""

    entry_id: UUID
    on: date
    reserved: int
    promised: int
    paid: int


@dataclass(frozen=True)
class Money:
    """What is told of the money of a grant."""

    awarded_on: date
    awarded_minor: int
    paid_minor: int
    promises: Sequence[Movement]
    payments: Sequence[Movement]


def told_of(movements: Iterable[Movement]) -> Money | None:
    """What is told of the movements of a grant, in the order in which they were recorded; None
    where nothing was ever put aside for it.

    It was awarded on the day on which the money was reserved of which it was first promised any.
    """
    every = list(movements)
    promises = [one for one in every if one.promised]
    payments = [one for one in every if one.paid]
    until = every.index(promises[0]) if promises else len(every)
    reserved = [one for one in every[:until] if one.reserved > 0]
    awards = reserved or promises
    if not awards:
        return None
    return Money(
        awarded_on=awards[-1 if reserved else 0].on,
        awarded_minor=sum(one.reserved + one.promised for one in every),
        paid_minor=sum(one.paid for one in every),
        promises=promises,
        payments=payments,
    )


def major(amount_minor: int, currency: str) -> Decimal:
    """An amount in major units, exactly."""
    return Decimal(decimal(amount_minor, currency))


def transactions(
    movements: Iterable[Movement], currency: str, amount: str, identifier: str
) -> list[dict[str, Any]]:
    """Movements as the standard tells them, by their `amount`."""
    return [
        {
            "id": f"{identifier}-{one.entry_id}",
            "transactionDate": one.on.isoformat(),
            "currency": currency,
            "value": major(getattr(one, amount), currency),
        }
        for one in movements
    ]
