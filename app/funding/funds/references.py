"""What a bank calls a movement of money, however it is written."""

import unicodedata


def folded(bank_reference: str) -> str:
    """Its letters and digits alone: `BANK-1`, `bank 1` and `Bank1` are one reference. One that has
    neither is compared as it stands."""
    plain = unicodedata.normalize("NFKC", bank_reference).casefold()
    return "".join(filter(str.isalnum, plain)) or plain
