"""E-mail addresses as they are stored and compared."""

import unicodedata


def normalised(address: str) -> str:
    """One spelling for addresses that reach the same mailbox: lower case, composed characters."""
    return unicodedata.normalize("NFC", address.strip()).lower()
