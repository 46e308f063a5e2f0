"""What crosses the wire about journal entries."""

from enum import StrEnum
from uuid import UUID

from pydantic import Field

from app.funding.funds.buckets import Bucket, EntryKind, PostingSide
from app.funding.funds.references import Numbered
from app.funding.funds.schemas import AmountIn, BelowFund
from app.kernel.filters import Several
from app.kernel.money import Money
from app.kernel.paging import Page, PageQuery
from app.kernel.schemas import (
    Day,
    InstantIn,
    InstantOut,
    Prose,
    Reason,
    Ref,
    Reference,
    Request,
    Response,
)
from app.network.programmes.schemas import BelowProgramme


class FromFunder(Request):
    """Money that moved between a funder and its fund."""

    amount: AmountIn
    effective_on: Day = Field(description="The day on which the bank booked it.")
    bank_reference: Numbered = Field(
        description="What the bank calls it: once in a fund for receipts, once for refunds, but "
        "for what was reversed. Letters and digits alone count.",
        examples=["FT21134-0091"],
    )
    note: Prose | None = None


class ReverseEntry(Request):
    """Why an entry is undone, and on which day that counts."""

    effective_on: Day = Field(description="The day on which the reversal counts.")
    reason: Reason


class PostingOut(Response):
    """One line of an entry."""

    bucket: Bucket
    side: PostingSide = Field(
        description="The side of the bucket's account. `external` grows by debits, all others "
        "grow by credits."
    )
    amount: Money


class JournalEntryOut(Response):
    """One thing that happened to the money of a fund. It never changes; it is reversed."""

    id: UUID
    fund: Ref
    kind: EntryKind
    amount: Money
    granted: Money | None = Field(
        description="The same in the currency of the grant, where that is another than the fund's: "
        "nothing of it for an exchange difference."
    )
    effective_on: Day = Field(description="The day on which it counts.")
    grant_id: UUID | None = Field(description="The grant whose money moved.")
    milestone_id: UUID | None = Field(description="The milestone of that grant by which it moved.")
    recovery_id: UUID | None = Field(description="The recovery of that grant by which it moved.")
    expense_claim_id: UUID | None = Field(
        description="The claim of expenses by which it moved; who may see that, reads it there."
    )
    bank_reference: str | None = Field(
        description="What the bank calls it; null for what no bank did."
    )
    note: str | None
    is_opening: bool = Field(
        description="Whether it tells of what had happened before the fund had books."
    )
    reverses_id: UUID | None = Field(description="The entry that this one undoes.")
    reversed_by_id: UUID | None = Field(description="The entry that undid this one.")
    postings: list[PostingOut] = Field(description="Its lines: two sides of the same sum.")
    recorded_by: Ref | None = Field(description="Null where the service did it by itself.")
    recorded_at: InstantOut


class JournalEntryPage(Page[JournalEntryOut]):
    """Some of the journal entries."""


class JournalEntrySort(StrEnum):
    EARLIEST = "effective_on"
    LATEST = "-effective_on"
    OLDEST = "recorded_at"
    NEWEST = "-recorded_at"


class JournalEntryFilters(PageQuery):
    """Which entries of a ledger, in which order."""

    kind: Several[EntryKind] | None = None
    grant_id: Several[UUID] | None = Field(None, description="Those of these grants.")
    grant_reference: Several[Reference] | None = None
    milestone_id: Several[UUID] | None = Field(None, description="Those of these milestones.")
    milestone_reference: Several[Reference] | None = None
    effective_from: Day | None = None
    effective_until: Day | None = None
    recorded_from: InstantIn | None = None
    recorded_until: InstantIn | None = None
    sort: JournalEntrySort = JournalEntrySort.EARLIEST


class JournalEntryQuery(BelowProgramme, BelowFund, JournalEntryFilters):
    """Which journal entries, in which order."""
