"""What is told of journal entries."""

from typing import Any, Final

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import aliased, join

from app.funding.funds.access import FundNotFound, JournalEntryNotFound
from app.funding.funds.entries.schemas import JournalEntryOut, JournalEntryPage, PostingOut
from app.funding.funds.models import Fund, JournalEntry, LedgerAccount, Posting
from app.kernel.written import Present, many
from app.people.reads.declarations import Telling, Within
from app.people.reads.exported import exported


def _money(amount_minor: Any) -> dict[str, Any]:
    return {"amount_minor": amount_minor, "currency": Fund.currency}


_undoing = aliased(JournalEntry)
_undone_by = (
    select(_undoing.id)
    .where(_undoing.reverses_id == JournalEntry.id)
    .correlate(JournalEntry)
    .scalar_subquery()
)


def _changed_since(asked: Any) -> ColumnElement[bool]:
    """An entry never changes, but for what is told of it once it is undone."""
    undone = select(_undoing.reverses_id).where(_undoing.recorded_at >= asked)
    return or_(JournalEntry.recorded_at >= asked, JournalEntry.id.in_(undone))


_postings = many(
    PostingOut,
    join(Posting, LedgerAccount, Posting.account),
    Posting.entry_id == JournalEntry.id,
    order=[Posting.line],
    told={
        "bucket": LedgerAccount.bucket,
        "side": Posting.side,
        "amount": {"amount_minor": Posting.amount_minor, "currency": Fund.currency},
    },
)

ENTRIES: Final = Telling(
    JournalEntryOut,
    JournalEntry,
    "fund.read",
    missing=JournalEntryNotFound,
    joins=[JournalEntry.fund],
    told={
        "amount": _money(JournalEntry.amount_minor),
        "granted": Present(
            JournalEntry.granted_minor.is_not(None),
            {
                "amount_minor": JournalEntry.granted_minor,
                "currency": JournalEntry.granted_currency,
            },
        ),
        "reversed_by_id": _undone_by,
        "postings": _postings,
    },
    filters={
        "updated_since": _changed_since,
        "created_from": lambda asked: JournalEntry.recorded_at >= asked,
        "created_until": lambda asked: JournalEntry.recorded_at <= asked,
    },
    sorts={
        "effective_on": (JournalEntry.effective_on, JournalEntry.id),
        "recorded_at": (JournalEntry.recorded_at, JournalEntry.id),
    },
    page_of=JournalEntryPage,
)
OF_FUND: Final = Within(JournalEntry.fund_id, Fund, "fund.read", FundNotFound)
ENTRIES_AS_CSV: Final = exported("journal-entries", ENTRIES)
