"""Which grants stand before the books, and what these hold once they came."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import Select, exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.funding.funds.buckets import Bucket
from app.funding.funds.models import Fund, LedgerAccount
from app.funding.grants.models import Grant, GrantVersion, Milestone, is_current
from app.funding.payments.models import Payment
from app.funding.payments.opening.schemas import OpenedFundOut, OpenedGrantOut
from app.kernel.money import Money
from app.network.cohorts.models import Cohort
from app.network.programmes.models import Programme


def standing(programme_id: UUID) -> Select[UUID, str, str, bool]:
    """Every grant of a programme, with whether a fund pays it already."""
    statement = select(Grant.id, Grant.reference, Grant.title, Grant.fund_id.is_not(None))
    statement = statement.join(Cohort, Cohort.id == Grant.cohort_id)
    return statement.where(Cohort.programme_id == programme_id).order_by(Grant.reference)


def milestones_named(ids: Collection[UUID]) -> Select[Milestone]:
    """These milestones, in their order."""
    return select(Milestone).where(Milestone.id.in_(ids)).order_by(Milestone.reference)


async def was_recorded(db: AsyncSession, milestone_id: UUID) -> bool:
    """Whether it has a payment already that is history."""
    history = exists().where(Payment.milestone_id == milestone_id, Payment.is_history)
    return (await db.scalars(select(history))).one()


def _sum(*buckets: Bucket) -> Any:
    held = func.sum(LedgerAccount.balance_minor).filter(LedgerAccount.bucket.in_(buckets))
    return func.coalesce(held, 0)


_PROMISED = {
    "reserved": Bucket.RESERVED,
    "committed": Bucket.COMMITTED,
    "payable": Bucket.PAYABLE,
    "disbursed": Bucket.DISBURSED,
}
_OF_FUND = {"received": Bucket.EXTERNAL, "unallocated": Bucket.UNALLOCATED, **_PROMISED}


async def holdings(
    db: AsyncSession, fund_ids: Collection[UUID], grant_ids: Collection[UUID]
) -> tuple[list[OpenedFundOut], list[OpenedGrantOut]]:
    """What these funds hold, and what they hold for these grants."""
    of_funds = (
        select(
            Fund.reference,
            Fund.name,
            Programme.reference.label("programme"),
            Fund.currency,
            *(_sum(bucket).label(name) for name, bucket in _OF_FUND.items()),
        )
        .join(Programme, Programme.id == Fund.programme_id)
        .join(LedgerAccount, LedgerAccount.fund_id == Fund.id)
        .where(Fund.id.in_(fund_ids))
        .group_by(Fund.id, Programme.id)
        .order_by(Fund.reference)
    )
    of_grants = (
        select(
            Grant.reference,
            Grant.title,
            Fund.reference.label("fund"),
            Fund.currency,
            GrantVersion.award_minor.label("award"),
            *(_sum(bucket).label(name) for name, bucket in _PROMISED.items()),
        )
        .join(Fund, Fund.id == Grant.fund_id)
        .join(GrantVersion, GrantVersion.grant_id == Grant.id)
        .join(LedgerAccount, LedgerAccount.grant_id == Grant.id)
        .where(Grant.id.in_(grant_ids), is_current())
        .group_by(Grant.id, Fund.id, GrantVersion.id)
        .order_by(Grant.reference)
    )
    funds = (await db.execute(of_funds)).mappings().all()
    opened = (await db.execute(of_grants)).mappings().all()
    return (
        [OpenedFundOut(**_told(row, _OF_FUND)) for row in funds],
        [OpenedGrantOut(**_told(row, {"award", *_PROMISED})) for row in opened],
    )


def _told(row: Any, amounts: Collection[str]) -> dict[str, Any]:
    """A row with its amounts in its currency."""
    currency = row["currency"]
    return {
        name: Money(amount_minor=int(value), currency=currency) if name in amounts else value
        for name, value in row.items()
        if name != "currency"
    }
