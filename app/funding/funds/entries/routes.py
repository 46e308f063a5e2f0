"""The contract of journal entries."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query

from app.funding.funds import access
from app.funding.funds.entries import service
from app.funding.funds.entries.schemas import (
    FromFunder,
    JournalEntryFilters,
    JournalEntryOut,
    JournalEntryPage,
    JournalEntryQuery,
    ReverseEntry,
)
from app.funding.funds.entries.telling import ENTRIES, ENTRIES_AS_CSV, OF_FUND
from app.funding.funds.ledger import (
    AccountingPeriodClosed,
    EntryReversedAlready,
    NotEnoughMoney,
)
from app.funding.funds.service import CurrencyDiffers, FundClosed
from app.kernel.written import Written, WrittenList
from app.people.identity.deps import CurrentActor
from app.people.reads.deps import Reading, export_of, history_of
from app.web.routing import Router
from app.web.transaction import Db

router = Router("Funds")

FundId = Annotated[UUID, Path(description="The fund.")]
JournalEntryId = Annotated[UUID, Path(description="The journal entry.")]


@router.post(
    "/funds/{fund_id}/receipts",
    permission=service.KEEPS,
    refuses=(
        FundClosed,
        service.LimitExceeded,
        service.BankReferenceTaken,
        CurrencyDiffers,
        service.EffectiveDayOutOfOrder,
        AccountingPeriodClosed,
    ),
    status=201,
    location="/v1/journal-entries/{id}",
    example={
        "amount": {"amount_minor": 6000000, "currency": "GBP"},
        "effective_on": "2021-03-01",
        "bank_reference": "FT21060-0417",
    },
)
async def receive_money(
    db: Db, actor: CurrentActor, fund_id: FundId, body: FromFunder
) -> Written[JournalEntryOut]:
    """Record what came from the funder, as the bank booked it. It is unallocated at first."""
    return await service.receive_money(db, actor, fund_id, body)


@router.post(
    "/funds/{fund_id}/refunds",
    permission=service.KEEPS,
    refuses=(
        FundClosed,
        NotEnoughMoney,
        service.BankReferenceTaken,
        CurrencyDiffers,
        service.EffectiveDayOutOfOrder,
        AccountingPeriodClosed,
    ),
    status=201,
    location="/v1/journal-entries/{id}",
    example={
        "amount": {"amount_minor": 250000, "currency": "GBP"},
        "effective_on": "2023-05-02",
        "bank_reference": "FT23122-0008",
        "note": "What was left of the grants of the first cohort.",
    },
)
async def refund_money(
    db: Db, actor: CurrentActor, fund_id: FundId, body: FromFunder
) -> Written[JournalEntryOut]:
    """Record what went back to the funder: no more than is unallocated."""
    return await service.refund_money(db, actor, fund_id, body)


@router.post(
    "/journal-entries/{journal_entry_id}/reversals",
    permission=service.KEEPS,
    refuses=(
        FundClosed,
        service.MadeByAMove,
        EntryReversedAlready,
        service.LimitExceeded,
        NotEnoughMoney,
        service.EffectiveDayOutOfOrder,
        AccountingPeriodClosed,
    ),
    status=201,
    location="/v1/journal-entries/{id}",
    example={"effective_on": "2021-03-04", "reason": "The bank booked it for another account."},
)
async def reverse_journal_entry(
    db: Db, actor: CurrentActor, journal_entry_id: JournalEntryId, body: ReverseEntry
) -> Written[JournalEntryOut]:
    """Undo a receipt or a refund by an entry that is its mirror image; both stay in the ledger.
    What counts in a closed accounting period is undone on a day of a later one."""
    return await service.reverse_journal_entry(db, actor, journal_entry_id, body)


@router.get("/funds/{fund_id}/journal-entries", permission="fund.read")
async def list_fund_journal_entries(
    read: Reading, fund_id: FundId, query: Annotated[JournalEntryFilters, Query()]
) -> WrittenList[JournalEntryPage]:
    """The ledger of a fund, entry by entry."""
    return await ENTRIES.page(read, query, OF_FUND, fund_id)


@router.get("/journal-entries", permission="fund.read")
async def list_journal_entries(
    read: Reading, query: Annotated[JournalEntryQuery, Query()]
) -> WrittenList[JournalEntryPage]:
    """The journal entries of all funds that you may see, by the day on which they count."""
    return await ENTRIES.page(read, query)


@router.get("/journal-entries/{journal_entry_id}", permission="fund.read")
async def get_journal_entry(
    read: Reading, journal_entry_id: JournalEntryId
) -> Written[JournalEntryOut]:
    """One journal entry with its postings."""
    return await ENTRIES.one(read, journal_entry_id)


history_of(
    router,
    "journal_entry",
    "/journal-entries/{journal_entry_id}",
    access.journal_entry,
    permission="fund.read",
)

export_of(router, "/journal-entries", ENTRIES_AS_CSV, JournalEntryQuery, permission="fund.read")
