"""What a bank calls a movement of money, and a payee an invoice, however it is written."""

import unicodedata
from typing import Annotated

from pydantic import AfterValidator

from app.kernel.schemas import Line


def _has_a_letter(said: str) -> str:
    if not any(map(str.isalnum, unicodedata.normalize("NFKC", said))):
        raise ValueError("must have a letter or a digit")
    return said


Numbered = Annotated[Line, AfterValidator(_has_a_letter)]
"""A line of which letters and digits alone count, and that has some."""


def folded(bank_reference: str) -> str:
    """Its letters and digits alone: `BANK-1`, `bank 1` and `Bank1` are one reference."""
    plain = unicodedata.normalize("NFKC", bank_reference).casefold()
    return "".join(filter(str.isalnum, plain))
