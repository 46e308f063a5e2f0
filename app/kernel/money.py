"""Money: a whole number of minor units and its currency, never a float.

Amounts of two currencies are never added; `total` refuses to.
"""

from collections.abc import Iterable
from decimal import Decimal
from typing import Annotated

from pydantic import Field

from app.kernel.schemas import CURRENCIES, SAFE_INTEGER, CurrencyCode, MinorUnits, Request, Response


class MoneyIn(Request):
    """An amount as it comes in."""

    amount_minor: MinorUnits = Field(examples=[2000000])
    currency: CurrencyCode


class Money(Response):
    """An amount of one currency."""

    amount_minor: Annotated[int, Field(ge=-SAFE_INTEGER, le=SAFE_INTEGER)] = Field(
        description="In minor units: 2000000 is 20,000.00 pounds.", examples=[2000000]
    )
    currency: str = Field(description="ISO 4217.", examples=["GBP"])


def exponent(currency: str) -> int:
    """How many digits the minor unit of `currency` has: 2 for GBP, 0 for JPY, 3 for KWD."""
    return CURRENCIES[currency]


def decimal(amount_minor: int, currency: str) -> str:
    """The amount in major units as an exact decimal string: 2000000 GBP is `20000.00`."""
    digits = exponent(currency)
    sign = "-" if amount_minor < 0 else ""
    whole, fraction = divmod(abs(amount_minor), 10**digits)
    return f"{sign}{whole}.{fraction:0{digits}d}" if digits else f"{sign}{whole}"


def written(amount: Money) -> str:
    """The amount as people write it, without its currency: `20,000.00`."""
    return f"{Decimal(decimal(amount.amount_minor, amount.currency)):,f}"


def total(amounts: Iterable[Money], currency: str) -> Money:
    """The sum of amounts of one currency; zero of it when there are none."""
    sum_minor = 0
    for amount in amounts:
        if amount.currency != currency:
            raise ValueError(f"{amount.currency} cannot be added to {currency}")
        sum_minor += amount.amount_minor
    return Money(amount_minor=sum_minor, currency=currency)
