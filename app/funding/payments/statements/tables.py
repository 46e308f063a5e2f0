"""What a bank says as CSV, in columns of ours: `outcome` (`paid`, `not_paid`), `end_to_end_id`,
`bank_reference`, `amount`, `currency`, `value_on`, `charges`, `reason`, and of what was paid in
another currency than the account's `taken` and `taken_currency`."""

import csv
import io
from collections.abc import Iterator, Mapping
from typing import Any, Final

from app.funding.payments.statements.lines import (
    BankOutcome,
    Line,
    LineUnreadable,
    day,
    known,
    minor,
    text,
)

REQUIRED: Final = ("outcome", "amount", "currency", "value_on")
COLUMNS: Final = (
    *REQUIRED,
    "end_to_end_id",
    "bank_reference",
    "charges",
    "reason",
    "taken",
    "taken_currency",
)


def read(content: bytes) -> Iterator[Line]:
    """The lines of a table, in their order. Raises LineUnreadable, naming the row and column."""
    try:
        rows = csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True)
        names = rows.fieldnames or []
        if lacking := [name for name in REQUIRED if name not in names]:
            separated = " (columns are separated by commas)" if ";" in "".join(names) else ""
            raise LineUnreadable(f"the first row lacks {', '.join(lacking)}{separated}")
        if unknown := [name for name in names if name not in COLUMNS]:
            raise LineUnreadable(f"the first row has columns that are not known: {unknown[0]!r}")
        if len(set(names)) < len(names):
            raise LineUnreadable("the first row names a column twice")
        for row in rows:
            try:
                _refuse_more_cells(row)
                yield _line({name: (row.get(name) or "").strip() for name in COLUMNS})
            except LineUnreadable as fault:
                raise LineUnreadable(f"row {rows.line_num}: {fault}") from None
    except UnicodeDecodeError:
        raise LineUnreadable("it is not text in UTF-8") from None
    except csv.Error as fault:
        raise LineUnreadable(f"it is no table: {fault}") from None


def _refuse_more_cells(row: Mapping[Any, Any]) -> None:
    """Raises LineUnreadable for a row with more cells than columns: a comma within an amount."""
    if None in row:
        raise LineUnreadable("it has more cells than there are columns: write 12.50, not 12,50")


def _line(row: Mapping[str, str]) -> Line:
    if row["outcome"] not in tuple(BankOutcome):
        raise LineUnreadable("outcome is paid or not_paid")
    currency = row["currency"]
    amount_minor, charges_minor = minor(row["amount"], currency), 0
    if row["charges"]:
        charges_minor = minor(row["charges"], currency)
    if amount_minor <= 0 or charges_minor < 0:
        raise LineUnreadable("amount is more than nothing, and charges are no less")
    if bool(row["taken"]) != bool(row["taken_currency"]):
        raise LineUnreadable("taken and taken_currency are said together")
    taken_minor = minor(row["taken"], row["taken_currency"]) if row["taken"] else None
    if taken_minor is not None and taken_minor <= 0:
        raise LineUnreadable("taken is more than nothing")
    return Line(
        outcome=BankOutcome(row["outcome"]),
        amount_minor=amount_minor,
        currency=currency,
        value_on=day(row["value_on"]),
        end_to_end_id=known(row["end_to_end_id"]),
        bank_reference=known(row["bank_reference"]),
        charges_minor=charges_minor,
        reason=text(row["reason"]),
        taken_minor=taken_minor,
        taken_currency=row["taken_currency"] or None,
    )
