"""What a line of a bank's file says, whatever form it was written in, and how it is known again."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final

from app.funding.funds.references import folded
from app.kernel.canonical import canonical, sha256
from app.kernel.printable import mended
from app.kernel.schemas import CURRENCIES, SAFE_INTEGER


class BankOutcome(StrEnum):
    """What the bank says of a payment."""

    PAID = "paid"
    NOT_PAID = "not_paid"


class BankFileForm(StrEnum):
    """How the bank wrote it."""

    CSV = "csv"
    CAMT_053 = "camt_053"
    CAMT_054 = "camt_054"


LONGEST = 500
"""The most characters of a text that is kept."""

_AMOUNT: Final = re.compile(r"[+-]?[0-9]{1,16}(\.[0-9]{0,9})?")
"""Digits and a point: no other way of writing a number is an amount."""


class LineUnreadable(ValueError):
    """What is wrong with a line, in words."""


@dataclass(frozen=True)
class Line:
    """That the bank paid an amount, or did not."""

    outcome: BankOutcome
    amount_minor: int
    currency: str
    value_on: date
    end_to_end_id: str | None = None
    bank_reference: str | None = None
    charges_minor: int = 0
    reason: str | None = None
    taken_minor: int | None = None
    taken_currency: str | None = None
    """What the bank took for it in another currency, where it says so."""

    def said(self) -> dict[str, str | int | None]:
        """All that it says, however the bank's reference is written."""
        taken: dict[str, str | int | None] = {
            "taken_minor": self.taken_minor,
            "taken_currency": self.taken_currency,
        }
        return {
            "outcome": self.outcome.value,
            "amount_minor": self.amount_minor,
            "currency": self.currency,
            "value_on": self.value_on.isoformat(),
            "end_to_end_id": self.end_to_end_id,
            "bank_reference": self.bank_reference and folded(self.bank_reference),
            "charges_minor": self.charges_minor,
            "reason": self.reason,
            **(taken if self.taken_minor is not None else {}),
        }


def fingerprints(lines: Iterable[Line]) -> Iterator[tuple[Line, bytes]]:
    """Each line with what it is known by in any other file: all that it says, and where a file says
    the same twice, which of these it is."""
    seen: Counter[str] = Counter()
    for line in lines:
        said = canonical(line.said())
        seen[said] += 1
        yield line, sha256(f"{said}{seen[said]}")


def minor(amount: str, currency: str) -> int:
    """An amount in major units as minor ones, exactly: `8000.00` GBP is 800000.

    Raises LineUnreadable for what is no amount of the currency.
    """
    if currency not in CURRENCIES:
        raise LineUnreadable(f"{currency!r} is no currency of ISO 4217")
    if not _AMOUNT.fullmatch(amount):
        raise LineUnreadable(f"{amount!r} is no amount")
    exact = Decimal(amount).scaleb(CURRENCIES[currency])
    if abs(exact) > SAFE_INTEGER or exact != exact.to_integral_value():
        raise LineUnreadable(f"{amount!r} is no amount of {currency}")
    return int(exact)


def day(text: str) -> date:
    """A date as ISO 8601 writes it. Raises LineUnreadable."""
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        raise LineUnreadable(f"{text!r} is no date (YYYY-MM-DD)") from None


def text(found: str | None) -> str | None:
    """A text as it is kept: on one line that can be printed, cut where it is too long, null where
    nothing is said."""
    return mended(found or "")[:LONGEST].strip() or None


def known(reference: str | None) -> str | None:
    """A reference that says something, by a letter or a digit: banks write `NOTPROVIDED` for
    none."""
    plain = text(reference)
    if plain is None or not folded(plain) or plain.upper() in ("NOTPROVIDED", "NONREF"):
        return None
    return plain
