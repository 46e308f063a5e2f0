"""What crosses the wire about what the bank has said."""

from enum import StrEnum
from typing import Final
from uuid import UUID

from pydantic import Field

from app.funding.funds.schemas import BelowFund
from app.funding.payments.statements.lifecycle import BankLineObstacle, BankLineStatus
from app.funding.payments.statements.lines import BankFileForm, BankOutcome
from app.kernel.filters import Several
from app.kernel.money import Money
from app.kernel.paging import Page, PageQuery
from app.kernel.schemas import (
    ActionOut,
    CurrencyCode,
    Day,
    InstantIn,
    InstantOut,
    Reason,
    Ref,
    Reference,
    Request,
    Response,
)
from app.network.programmes.schemas import BelowProgramme

MOST_AT_ONCE: Final = 200
"""Lines that are set aside together: as many as a page of them has."""


class ImportBankStatement(Request):
    """Which file of the bank is brought in."""

    file_id: UUID = Field(
        description="A file of yours that was uploaded and is attached to nothing: CSV in the "
        "columns that the guide lists, or XML of ISO 20022 (camt.053, camt.054)."
    )


class MatchBankLine(Request):
    """Which payment a line is about."""

    payment_id: UUID = Field(description="A payment of the fund that is with the bank.")


class SetAsideBankLines(Request):
    """Which lines of a file are about no payment here."""

    bank_line_ids: list[UUID] = Field(
        min_length=1,
        max_length=MOST_AT_ONCE,
        description="Lines of the file of which it is not known what they are about. All are set "
        "aside, or none.",
    )
    reason: Reason


class BankStatementOut(Response):
    """That a file of the bank was brought in, what of it was new, and what became of that."""

    id: UUID
    fund: Ref
    file_name: str = Field(description="What the file was called.")
    form: BankFileForm
    sha256: str = Field(description="Of the file, in hexadecimal digits.")
    line_count: int = Field(description="Its lines that no file had told before.")
    known_count: int = Field(description="Its lines that another file had told before.")
    other_count: int = Field(
        description="Its entries that are about no payment: what came in, or is not booked."
    )
    settled_count: int = Field(description="Lines by which a payment was paid.")
    failed_count: int = Field(description="Lines by which a payment was not paid.")
    unmatched_count: int = Field(description="Lines of which it is not known what they are about.")
    ambiguous_count: int = Field(description="Lines that may be about several payments.")
    set_aside_count: int = Field(description="Lines that are about no payment here.")
    imported_by: Ref
    version: int
    created_at: InstantOut
    updated_at: InstantOut


class BankLineOut(Response):
    """One thing that the bank says: that it paid an amount, or did not."""

    id: UUID
    fund: Ref
    statement_id: UUID = Field(description="The file by which it was told first.")
    position: int = Field(description="Counts the lines of the file.")
    status: BankLineStatus
    outcome: BankOutcome
    amount: Money
    charges: Money = Field(description="What the bank took besides.")
    taken: Money | None = Field(
        description="What it took for the amount in another currency, where it says so."
    )
    value_on: Day = Field(description="The day on which the bank booked it.")
    end_to_end_id: str | None = Field(
        description="Of the attempt that it names.", examples=["MS01-G04-P1-1"]
    )
    bank_reference: str | None = Field(description="What the bank calls it.")
    reason: str | None = Field(description="Why the bank did not do it.")
    payment: Ref | None = Field(description="What it is about; null until that is known.")
    obstacle: BankLineObstacle | None = Field(
        description="Why it was matched to no payment by itself."
    )
    obstacle_detail: str | None = Field(description="What was in the way of the payment's move.")
    candidates: list[Ref] = Field(
        description="The payments of its amount that are with the bank; none once it is matched."
    )
    available_actions: list[ActionOut]
    version: int
    created_at: InstantOut
    updated_at: InstantOut


class BankStatementPage(Page[BankStatementOut]):
    """Some of the files that were brought in."""


class BankLinePage(Page[BankLineOut]):
    """Some of the lines."""


class BankSort(StrEnum):
    OLDEST = "created_at"
    NEWEST = "-created_at"
    UPDATED = "updated_at"
    UPDATED_DESCENDING = "-updated_at"


class BankLineSort(StrEnum):
    OLDEST = "created_at"
    NEWEST = "-created_at"
    VALUE = "value_on"
    VALUE_DESCENDING = "-value_on"
    UPDATED = "updated_at"
    UPDATED_DESCENDING = "-updated_at"


class BankStatementQuery(BelowProgramme, BelowFund, PageQuery):
    """Which files of the bank, in which order."""

    form: Several[BankFileForm] | None = None
    created_from: InstantIn | None = None
    created_until: InstantIn | None = None
    sort: BankSort = BankSort.NEWEST


class BankLineQuery(BelowProgramme, BelowFund, PageQuery):
    """Which lines, in which order."""

    statement_id: Several[UUID] | None = Field(None, description="Those of these files.")
    status: Several[BankLineStatus] | None = None
    outcome: Several[BankOutcome] | None = None
    obstacle: Several[BankLineObstacle] | None = None
    payment_id: Several[UUID] | None = Field(None, description="Those about these payments.")
    payment_reference: Several[Reference] | None = None
    currency: Several[CurrencyCode] | None = None
    value_from: Day | None = None
    value_until: Day | None = None
    created_from: InstantIn | None = None
    created_until: InstantIn | None = None
    sort: BankLineSort = BankLineSort.NEWEST
