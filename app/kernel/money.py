"""Money: a whole number of minor units and its currency, never a float.

Amounts of two currencies are never added; `total` refuses to. One is made another by `exchanged`,
which rounds half to even, once.
"""

from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import Annotated, Final

from pydantic import AfterValidator, Field

from app.kernel.schemas import CURRENCIES, SAFE_INTEGER, CurrencyCode, MinorUnits, Request, Response

_EXACT: Final = Context(prec=80, rounding=ROUND_HALF_EVEN)
"""Room for every digit of an amount times a rate: nothing is rounded before the end."""
RATE_DIGITS: Final = 12
"""How many digits a rate has at most before its point, and after it."""


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


def _more_than_nothing(value: str) -> str:
    if not Decimal(value):
        raise ValueError("must be more than nothing")
    return value


Rate = Annotated[
    str,
    Field(
        min_length=1,
        max_length=2 * RATE_DIGITS + 1,
        pattern=rf"^[0-9]{{1,{RATE_DIGITS}}}(\.[0-9]{{1,{RATE_DIGITS}}})?$",
        examples=["0.8565"],
    ),
    AfterValidator(_more_than_nothing),
]
"""An exact decimal as digits, never a float: how many units of one currency for one of another."""


def minor_rate(rate: Decimal, of: str, into: str) -> Decimal:
    """How many minor units of `into` one minor unit of `of` is, by a rate between major units."""
    return _EXACT.scaleb(rate, exponent(into) - exponent(of))


def exchanged(amount_minor: int, per_minor: Decimal) -> int:
    """An amount in the minor units of another currency, by a `minor_rate`."""
    exact = _EXACT.multiply(Decimal(amount_minor), per_minor)
    return int(exact.quantize(Decimal(1), context=_EXACT))


def effective_rate(taken_minor: int, into: str, amount_minor: int, of: str) -> Decimal:
    """The rate at which an amount of `of` became one of `into`, rounded as far as rates are kept;
    never nothing."""
    taken = _EXACT.scaleb(Decimal(taken_minor), -exponent(into))
    amount = _EXACT.scaleb(Decimal(amount_minor), -exponent(of))
    least = Decimal(1).scaleb(-RATE_DIGITS)
    return max(_EXACT.divide(taken, amount).quantize(least, context=_EXACT), least)


def apportioned(
    amounts: Sequence[int], per_minor: Decimal, *, before: int = 0, booked: int = 0
) -> list[int]:
    """Several amounts in another currency, each rounded so that all of them together are what
    their sum is: what one is rounded by is left to the next.

    `before` and `booked` are what came before them, in either currency.
    """
    found: list[int] = []
    for amount_minor in amounts:
        before += amount_minor
        whole = max(exchanged(before, per_minor), booked) if amount_minor else booked
        found.append(whole - booked)
        booked = whole
    return found
