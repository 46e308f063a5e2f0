"""The form of public identifiers of organisations: a register's code and a number in it.

Codes are those of https://org-id.guide: two letters of a country, or XI, XM, XR for international
registers, then the register's short name. Numbers are checked against the form that the register
itself gives, for the registers below; of others only the characters are checked.
"""

import re
from typing import Final

from app.kernel.schemas import COUNTRIES

INTERNATIONAL: Final = frozenset({"XI", "XM", "XR"})

FORMS: Final = {
    "GB-COH": (
        r"\d{8}|R\d{7}|[A-Z]{2}\d{5}[\dA-Z]|(IP|RS|SP)\d{4}[A-Z]{2}",
        "eight characters, such as 09506232, SC123456, IP00106C or SP1478RS",
    ),
    "GB-CHC": (r"\d{6,7}(-\d{1,2})?", "six or seven digits, such as 1164883"),
    "GB-SC": (r"SC\d{6}", "SC and six digits, such as SC012345"),
    "GB-NIC": (r"\d{6}", "six digits, such as 100012"),
    "US-EIN": (r"\d{2}-?\d{7}", "nine digits, such as 20-0049703"),
    "NL-KVK": (r"\d{8}", "eight digits"),
    "NO-BRC": (r"\d{9}", "nine digits"),
    "FR-INSEE": (r"\d{9}(\d{5})?", "nine or fourteen digits"),
    "XI-GRID": (r"grid\.\d+\.[0-9a-f]+", "such as grid.433563.1"),
    "XI-ROR": (r"0[a-hj-km-np-tv-z0-9]{6}\d{2}", "nine characters, such as 02mhbdp94"),
    "XI-LEI": (r"[A-Z0-9]{18}\d{2}", "twenty characters"),
}
"""The pattern of each register's numbers, and how to say it."""


_CAPITALS: Final = frozenset({"GB-COH", "GB-SC", "XI-LEI"})


def as_registered(list_code: str, number: str) -> str:
    """A number as its register writes it: letters of one case, and the zeros before a company's
    number that spreadsheets take away."""
    if list_code in _CAPITALS:
        number = number.upper()
    if list_code == "GB-COH" and re.fullmatch(r"\d{6,7}", number):
        return number.zfill(8)
    return number


def fault(list_code: str, number: str) -> str | None:
    """What is wrong with an identifier, as a sentence; None when nothing is."""
    prefix = list_code[:2]
    if prefix not in COUNTRIES and prefix not in INTERNATIONAL:
        return (
            "must name a register of org-id.guide, whose code begins with a country, such as GB-COH"
        )
    pattern, form = FORMS.get(list_code, (r".+", ""))
    if not re.fullmatch(pattern, number):
        return f"a number of {list_code} is {form}"
    if list_code == "XI-LEI" and not _is_lei(number):
        return "the check digits of this LEI are wrong"
    if list_code == "NO-BRC" and not _is_norwegian(number):
        return "the check digit of this Norwegian number is wrong"
    return None


def _is_lei(number: str) -> bool:
    """ISO 17442: letters count from ten, and the whole leaves one when divided by 97."""
    return int("".join(str(int(character, 36)) for character in number)) % 97 == 1


def _is_norwegian(number: str) -> bool:
    """Weights 3 2 7 6 5 4 3 2 modulo 11, as the Brønnøysund registers check it."""
    weighted = zip(number, (3, 2, 7, 6, 5, 4, 3, 2, 1), strict=True)
    return sum(int(digit) * weight for digit, weight in weighted) % 11 == 0
