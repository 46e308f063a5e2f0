"""What is told of recoveries: what came and what was given up, by the ledger."""

from typing import Any, Final

from sqlalchemy import BigInteger, ColumnElement, case, cast, func, select
from sqlalchemy.orm import aliased

from app.funding.funds.buckets import EntryKind
from app.funding.funds.ledger import is_undone
from app.funding.funds.models import Fund, JournalEntry
from app.funding.grants.access import GrantNotFound
from app.funding.grants.models import Grant
from app.funding.grants.recoveries.access import RecoveryNotFound
from app.funding.grants.recoveries.lifecycle import OUTSTANDING, RECOVERY
from app.funding.grants.recoveries.models import Recovery
from app.funding.grants.recoveries.schemas import RecoveryOut, RecoveryPage
from app.funding.grants.telling import granted_to
from app.people.reads.declarations import Telling, Within
from app.people.reads.exported import exported


def booked(kind: EntryKind) -> ColumnElement[int]:
    """What entries of a kind that were not undone say of a recovery, in minor units."""
    entry = aliased(JournalEntry)
    moved = select(cast(func.coalesce(func.sum(entry.amount_minor), 0), BigInteger))
    of_it = moved.where(entry.recovery_id == Recovery.id, entry.kind == kind, ~is_undone(entry))
    return of_it.correlate(Recovery).scalar_subquery()


def _money(amount_minor: Any) -> dict[str, Any]:
    return {"amount_minor": amount_minor, "currency": Recovery.currency}


RECEIVED: Final = booked(EntryKind.RECOVERY_RECEIPT)
LEFT: Final = case(
    (Recovery.status.in_(OUTSTANDING), Recovery.amount_minor - RECEIVED),
    else_=0,
)

RECOVERIES: Final = Telling(
    RecoveryOut,
    Recovery,
    "grant.read",
    missing=RecoveryNotFound,
    lifecycle=RECOVERY,
    joins=[Recovery.grant, Grant.fund],
    told={
        "grant": {"id": Grant.id, "reference": Grant.reference, "name": Grant.title},
        "fund": {"id": Fund.id, "reference": Fund.reference, "name": Fund.name},
        "amount": _money(Recovery.amount_minor),
        "received": _money(RECEIVED),
        "written_off": _money(booked(EntryKind.WRITE_OFF)),
        "outstanding": _money(LEFT),
    },
    filters={"organisation_id": granted_to(Recovery.grant_id)},
    sorts={"created_at": (Recovery.created_at, Recovery.id)},
    page_of=RecoveryPage,
)
OF_GRANT: Final = Within(Recovery.grant_id, Grant, "grant.read", GrantNotFound)
RECOVERIES_AS_CSV: Final = exported("recoveries", RECOVERIES)
