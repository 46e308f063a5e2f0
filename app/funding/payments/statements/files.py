"""A bank's file, read whole before anything of it is kept."""

from collections.abc import Sequence
from typing import Final

from app.funding.payments.statements import camt, tables
from app.funding.payments.statements.lines import BankFileForm, Line, LineUnreadable

MOST_LINES: Final = 5_000


def read(content: bytes) -> tuple[BankFileForm, Sequence[Line], int]:
    """Its form, its lines, and how many entries are about no payment. Raises LineUnreadable."""
    if content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        form, found = _of_xml(content)
    else:
        form, found = BankFileForm.CSV, list[Line | None](tables.read(content))
    lines = [one for one in found if one is not None]
    if len(lines) > MOST_LINES:
        raise LineUnreadable(f"it has more than {MOST_LINES} lines: split it")
    return form, lines, len(found) - len(lines)


def _of_xml(content: bytes) -> tuple[BankFileForm, list[Line | None]]:
    document = camt.tree(content)
    if document.find(camt.STATEMENT) is not None:
        return BankFileForm.CAMT_053, list(camt.read(document))
    if document.find(camt.NOTIFICATION) is not None:
        return BankFileForm.CAMT_054, list(camt.read(document))
    raise LineUnreadable("it is no statement (camt.053) or notification (camt.054)")
