"""Money is whole minor units of one currency; what is shown of it is exact."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from app.kernel.money import Money, MoneyIn, decimal, exponent, total
from app.kernel.schemas import CURRENCIES, SAFE_INTEGER

currencies = st.sampled_from(sorted(CURRENCIES))
amounts = st.integers(-SAFE_INTEGER, SAFE_INTEGER)
small_amounts = st.integers(-(10**9), 10**9)


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
