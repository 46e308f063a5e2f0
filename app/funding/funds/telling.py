"""What is told of funds."""

from typing import Any, Final

from sqlalchemy import BigInteger, ColumnElement, cast, func, or_, select

from app.funding.funds.access import FundNotFound
from app.funding.funds.buckets import Bucket
from app.funding.funds.lifecycle import FUND
from app.funding.funds.models import Fund, JournalEntry, LedgerAccount
from app.funding.funds.schemas import FundOut, FundPage
from app.kernel.filters import known_above
from app.people.identity.scopes import ScopeKind, lies_below
from app.people.reads.declarations import Telling
from app.people.reads.exported import exported


def _money(amount_minor: Any) -> dict[str, Any]:
    return {"amount_minor": amount_minor, "currency": Fund.currency}


def _held(bucket: Bucket) -> dict[str, Any]:
    """What a bucket of the fund holds, of all grants together."""
    held = cast(func.coalesce(func.sum(LedgerAccount.balance_minor), 0), BigInteger)
    of_it = select(held).where(LedgerAccount.fund_id == Fund.id, LedgerAccount.bucket == bucket)
    return _money(of_it.correlate(Fund).scalar_subquery())


def _changed(asked: Any) -> ColumnElement[bool]:
    """What a fund holds changes by its ledger, and its version does not."""
    booked = select(JournalEntry.fund_id).where(JournalEntry.recorded_at >= asked)
    return or_(Fund.updated_at >= asked, Fund.id.in_(booked))


FUNDS: Final = Telling(
    FundOut,
    Fund,
    "fund.read",
    missing=FundNotFound,
    lifecycle=FUND,
    told={
        "limit": _money(Fund.limit_minor),
        "received": _held(Bucket.EXTERNAL),
        "unallocated": _held(Bucket.UNALLOCATED),
        "reserved": _held(Bucket.RESERVED),
        "committed": _held(Bucket.COMMITTED),
        "payable": _held(Bucket.PAYABLE),
        "in_transit": _held(Bucket.IN_TRANSIT),
        "disbursed": _held(Bucket.DISBURSED),
        "recoverable": _held(Bucket.RECOVERABLE),
        "written_off": _held(Bucket.WRITTEN_OFF),
    },
    filters={"updated_since": _changed},
    sorts={
        "reference": (Fund.reference,),
        "name": (Fund.name_folded, Fund.id),
        "created_at": (Fund.created_at, Fund.id),
    },
    page_of=FundPage,
)
known_above("fund", Fund, lies_below(ScopeKind.FUND))
FUNDS_AS_CSV: Final = exported("funds", FUNDS)
