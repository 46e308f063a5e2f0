"""What crosses the wire about statements of a fund."""

from uuid import UUID

from pydantic import Field

from app.funding.funds.buckets import Bucket
from app.kernel.money import Money
from app.kernel.schemas import CurrencyCode, Day, Ref, Request, Response
from app.web.exports import ExportChoice


class PrintTrialBalance(Request):
    """On which day."""

    effective_until: Day | None = Field(
        None, description="Of the entries that count until this day; of all where it is left out."
    )


class TrialBalanceQuery(PrintTrialBalance, ExportChoice):
    """On which day."""


class PrintFundStatement(Request):
    """Of which days, and of which grant."""

    effective_from: Day | None = Field(
        None, description="What counts before this day is in `opening`."
    )
    effective_until: Day | None = Field(None, description="What counts after this day is left out.")
    grant_id: UUID | None = Field(None, description="The accounts of this grant alone.")


class FundStatementQuery(PrintFundStatement, ExportChoice):
    """Of which days, and of which grant."""


class TrialBalanceLineOut(Response):
    """An account of the ledger and its balance, on the side on which it is."""

    bucket: Bucket
    grant: Ref | None = Field(description="The grant whose account it is; null for the fund's own.")
    debit: Money
    credit: Money


class TrialBalanceOut(Response):
    """All accounts of a ledger that hold something: the two sides have the same sum."""

    fund: Ref
    effective_until: Day | None = Field(
        description="The last day that counts; null for all there is."
    )
    currency: CurrencyCode
    debit: Money = Field(description="The sum of that side.")
    credit: Money = Field(description="The sum of that side.")
    lines: list[TrialBalanceLineOut]


class FundStatementLineOut(Response):
    """An account of the ledger in a period: `opening`, and what was `added` less what was `taken`,
    is `closing`."""

    bucket: Bucket
    grant: Ref | None = Field(description="The grant whose account it is; null for the fund's own.")
    opening: Money = Field(description="What it held before the period.")
    added: Money
    taken: Money
    closing: Money = Field(description="What it held at the end of the period.")


class FundStatementOut(Response):
    """The accounts of a ledger that held something in a period, or in which something moved."""

    fund: Ref
    effective_from: Day | None = Field(description="The first day; null for the beginning.")
    effective_until: Day | None = Field(
        description="The last day that counts; null for all there is."
    )
    currency: CurrencyCode
    lines: list[FundStatementLineOut]
