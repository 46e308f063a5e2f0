"""Money is whole minor units of one currency; what is shown of it is exact."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from app.kernel.money import (
    Money,
    MoneyIn,
    apportioned,
    decimal,
    effective_rate,
    exchanged,
    exponent,
    minor_rate,
    total,
)
from app.kernel.schemas import CURRENCIES, SAFE_INTEGER

currencies = st.sampled_from(sorted(CURRENCIES))
amounts = st.integers(-SAFE_INTEGER, SAFE_INTEGER)
small_amounts = st.integers(-(10**9), 10**9)
of_digits = st.sampled_from(["JPY", "GBP", "KWD", "TND", "EUR", "CLF"])
"""Currencies whose minor units have none, two, three and four digits."""
rates = st.decimals("0.000000000001", "999999", places=12).filter(bool)
granted = st.lists(st.integers(0, 10**9), min_size=1, max_size=12)


@pytest.mark.parametrize(
    ("amount", "currency", "written"),
    [
        (2_000_000, "GBP", "20000.00"),
        (5, "GBP", "0.05"),
        (-5, "GBP", "-0.05"),
        (0, "EUR", "0.00"),
        (1_500, "JPY", "1500"),
        (-1, "JPY", "-1"),
        (1, "KWD", "0.001"),
        (12_345, "CLF", "1.2345"),
    ],
)
def test_an_amount_in_major_units(amount: int, currency: str, written: str) -> None:
    assert decimal(amount, currency) == written


@given(amounts, currencies)
def test_the_decimal_is_exact_and_has_the_currencys_digits(amount: int, currency: str) -> None:
    written = decimal(amount, currency)

    assert Decimal(written) == Decimal(amount).scaleb(-exponent(currency))
    assert len(written.partition(".")[2]) == exponent(currency)
    assert not written.startswith("-0") or amount < 0


@given(st.lists(small_amounts), currencies)
def test_a_total_is_the_sum(minor: list[int], currency: str) -> None:
    added = total([Money(amount_minor=one, currency=currency) for one in minor], currency)

    assert added == Money(amount_minor=sum(minor), currency=currency)


@given(st.lists(small_amounts, min_size=1), currencies, currencies)
def test_amounts_of_two_currencies_are_never_added(minor: list[int], one: str, other: str) -> None:
    if one == other:
        return
    mixed = [*(Money(amount_minor=amount, currency=one) for amount in minor)]

    with pytest.raises(ValueError, match=f"{one} cannot be added to {other}"):
        total(mixed, other)


def test_a_total_that_some_readers_would_round_is_refused() -> None:
    much = Money(amount_minor=SAFE_INTEGER, currency="GBP")

    with pytest.raises(ValidationError):
        total([much, Money(amount_minor=1, currency="GBP")], "GBP")


@pytest.mark.parametrize("amount", [0.1, 1.0, "1", True, None, -1, 2**53, 10**400])
def test_no_amount_but_a_whole_one_comes_in(amount: object) -> None:
    with pytest.raises(ValidationError):
        MoneyIn.model_validate({"amount_minor": amount, "currency": "GBP"})


@given(st.integers(0, SAFE_INTEGER), currencies)
def test_money_goes_in_and_out_unchanged(amount: int, currency: str) -> None:
    taken = MoneyIn(amount_minor=amount, currency=currency)

    told = Money.model_validate(taken)

    assert told.model_dump_json() == f'{{"amount_minor":{amount},"currency":"{currency}"}}'


@pytest.mark.parametrize(
    ("amount", "of", "rate", "into", "becomes"),
    [
        (1_000_000, "JPY", "0.00525", "GBP", 525_000),
        (1, "JPY", "0.005", "GBP", 0),
        (3, "JPY", "0.005", "GBP", 2),
        (5, "JPY", "0.005", "GBP", 2),
        (7, "JPY", "0.005", "GBP", 4),
        (12_345, "KWD", "2.5", "GBP", 3_086),
        (800_000, "GBP", "0.405", "KWD", 3_240_000),
        (1_500, "KWD", "490", "JPY", 735),
        (1, "TND", "0.25", "EUR", 0),
    ],
)
def test_an_amount_of_another_currency(
    amount: int, of: str, rate: str, into: str, becomes: int
) -> None:
    assert exchanged(amount, minor_rate(Decimal(rate), of, into)) == becomes


@given(st.integers(0, SAFE_INTEGER), rates, of_digits, of_digits)
def test_an_exchange_rounds_half_to_even_once(
    amount: int, rate: Decimal, of: str, into: str
) -> None:
    exact = Fraction(amount) * Fraction(rate) * Fraction(10) ** (exponent(into) - exponent(of))

    assert exchanged(amount, minor_rate(rate, of, into)) == round(exact)


@given(granted, rates, of_digits, of_digits)
def test_parts_of_an_exchange_are_what_their_sum_is(
    parts: list[int], rate: Decimal, of: str, into: str
) -> None:
    per_minor = minor_rate(rate, of, into)
    found = apportioned(parts, per_minor)

    assert sum(found) == exchanged(sum(parts), per_minor)
    for part, minor in zip(parts, found, strict=True):
        assert minor >= 0
        assert abs(minor - Fraction(part) * Fraction(per_minor)) <= 1
        assert part or not minor


@given(granted, granted, rates, st.data())
def test_what_is_agreed_anew_loses_nothing(
    parts: list[int], others: list[int], rate: Decimal, data: st.DataObject
) -> None:
    """Some parts stay as they were, others take the place of the rest: together they are what their
    sum is, but where those that stay were rounded to more than that already."""
    before = apportioned(parts, rate)
    stays = data.draw(st.lists(st.booleans(), min_size=len(parts), max_size=len(parts)))
    kept = sum(part for part, stay in zip(parts, stays, strict=True) if stay)
    booked = sum(minor for minor, stay in zip(before, stays, strict=True) if stay)
    found = apportioned(others, rate, before=kept, booked=booked)

    whole = exchanged(kept + sum(others), rate)
    assert booked + sum(found) == max(whole, booked if sum(others) else 0) or not sum(others)
    assert min(found) >= 0


@given(st.integers(1, 10**12), st.integers(1, 10**12), of_digits, of_digits)
def test_the_rate_at_which_something_was_taken(taken: int, amount: int, of: str, into: str) -> None:
    """Rounded as far as rates are kept, and never nothing."""
    rate = effective_rate(taken, into, amount, of)
    units = Fraction(taken, 10 ** exponent(into)) / Fraction(amount, 10 ** exponent(of))

    assert rate > 0
    assert abs(Fraction(rate) - units) <= Fraction(1, 10**12)
