"""Account numbers as banks write them: an IBAN, or a bank's code with a number of a country's own.

An IBAN is looked at whole, with its check digits; the others by their shape, a routing number by
its check digit too (ABA: weights 3, 7, 1).
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from schwifty import IBAN
from schwifty.exceptions import SchwiftyException

_BETWEEN: Final = re.compile(r"[\s-]")


class AccountForm(StrEnum):
    """How an account is named."""

    IBAN = "iban"
    SORT_CODE = "sort_code"
    IFSC = "ifsc"
    CNAPS = "cnaps"
    ROUTING_NUMBER = "routing_number"


@dataclass(frozen=True)
class _Shape:
    """Where it is used, and what its two parts look like."""

    country: str
    bank_code: re.Pattern[str]
    number: re.Pattern[str]
    is_sound: Callable[[str], bool] = lambda _code: True


def _has_check_digit(routing_number: str) -> bool:
    weighed = zip(map(int, routing_number), (3, 7, 1) * 3, strict=True)
    return sum(digit * weight for digit, weight in weighed) % 10 == 0


_SHAPES: Final[Mapping[AccountForm, _Shape]] = {
    AccountForm.SORT_CODE: _Shape("GB", re.compile(r"\d{6}"), re.compile(r"\d{8}")),
    AccountForm.IFSC: _Shape(
        "IN", re.compile(r"[A-Z]{4}0[A-Z0-9]{6}"), re.compile(r"[A-Z0-9]{9,18}")
    ),
    AccountForm.CNAPS: _Shape("CN", re.compile(r"\d{12}"), re.compile(r"\d{8,25}")),
    AccountForm.ROUTING_NUMBER: _Shape(
        "US", re.compile(r"\d{9}"), re.compile(r"\d{4,17}"), _has_check_digit
    ),
}


@dataclass(frozen=True)
class AccountNumber:
    """An account as it is written in a payment, without what stands between for the eye."""

    form: AccountForm
    bank_code: str | None
    number: str

    @property
    def last_four(self) -> str:
        """All that is told of it."""
        return self.number[-4:]


def account_number(form: AccountForm, bank_code: str | None, number: str) -> AccountNumber:
    """What was looked at part by part, as it is written in a payment."""
    return AccountNumber(form, None if bank_code is None else _plain(bank_code), _plain(number))


# Each raises ValueError, which never repeats what was sent, for what is no part of an account of
# the form.


def refuse_country(form: AccountForm, country: str) -> None:
    """An account of a country's own form is kept there."""
    if form is not AccountForm.IBAN and country != _SHAPES[form].country:
        raise ValueError(f"is of {_SHAPES[form].country}, and not of the country that is named")


def refuse_bank_code(form: AccountForm, bank_code: str | None) -> None:
    """An IBAN holds its bank, which every other form names."""
    if form is AccountForm.IBAN:
        if bank_code is not None:
            raise ValueError("is an IBAN, which holds its bank: leave bank_code out")
        return
    shape, code = _SHAPES[form], _plain(bank_code or "")
    if not shape.bank_code.fullmatch(code) or not shape.is_sound(code):
        raise ValueError("has no bank_code of its form")


def refuse_number(form: AccountForm, country: str, number: str) -> None:
    """It is one of the form, of the country that is named."""
    if form is AccountForm.IBAN:
        _refuse_unsound_iban(country, _plain(number))
    elif not _SHAPES[form].number.fullmatch(_plain(number)):
        raise ValueError("has no number of its form")


def _refuse_unsound_iban(country: str, number: str) -> None:
    try:
        IBAN(number)
    except SchwiftyException as fault:
        raise ValueError("is no IBAN, or one with a digit that is wrong") from fault
    if number[:2] != country:
        raise ValueError("is an IBAN of another country than the one that is named")


def _plain(text: str) -> str:
    return _BETWEEN.sub("", text).upper()
