"""What a grant has in the ledger of its fund, and what of it a move is about."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ColumnElement, Select, and_, case, cast, func, literal, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from app.funding.funds import ledger
from app.funding.funds.buckets import Bucket, EntryKind
from app.funding.funds.exchange_rates.models import ExchangeRate
from app.funding.funds.ledger import held
from app.funding.funds.lifecycle import FundStatus
from app.funding.funds.models import Fund, JournalEntry
from app.funding.grants.models import Grant, GrantVersion, Milestone, MilestoneTerms, is_current
from app.kernel.money import Money
from app.network.cohorts.models import Cohort


@dataclass(frozen=True)
class Worth:
    """An amount of a grant in SQL: as its fund has it in the books, and as it was granted. Both are
    the same unless the grant is in another currency than its fund."""

    booked: ColumnElement[int]
    granted: ColumnElement[int]


@dataclass(frozen=True)
class Booking:
    """An amount of a grant that a fund pays, and the zone whose day it counts on."""

    fund_id: UUID
    timezone: str
    amount_minor: int
    granted: Money | None
    """The same in the currency of the grant, where that is another."""


async def booking(db: AsyncSession, grant_id: UUID, amount: Worth) -> Booking | None:
    """What `amount` comes to, for a grant that a fund pays; None where it is nothing."""
    in_its_own = case((Grant.exchange_rate_id.is_not(None), amount.granted))
    statement = (
        select(
            Grant.fund_id,
            Cohort.timezone,
            amount.booked.label("amount_minor"),
            in_its_own.label("granted_minor"),
            ExchangeRate.currency,
        )
        .join(Grant.cohort)
        .outerjoin(Grant.exchange_rate)
        .where(Grant.id == grant_id, Grant.fund_id.is_not(None))
    )
    row = (await db.execute(statement)).one_or_none()
    if row is None or not row.amount_minor:
        return None
    granted = None
    if row.currency is not None:
        granted = Money(amount_minor=row.granted_minor, currency=row.currency)
    return Booking(row.fund_id, row.timezone, row.amount_minor, granted)


@dataclass(frozen=True)
class Means:
    """A fund, what it has that is promised to nobody, and what it is asked for."""

    status: FundStatus
    reference: str
    currency: str
    left_minor: int
    wanted_minor: int
    wanted_currency: str


async def means(db: AsyncSession, grant: Grant, wanted: ColumnElement[int]) -> Means | None:
    """Whether the fund of a grant has what `wanted` comes to; None where no fund pays it."""
    if grant.fund_id is None:
        return None
    currency = select(GrantVersion.currency).where(GrantVersion.grant_id == grant.id, is_current())
    statement = select(
        Fund.status,
        Fund.reference,
        Fund.currency,
        held(grant.fund_id, Bucket.UNALLOCATED),
        wanted,
        currency.scalar_subquery(),
    ).where(Fund.id == grant.fund_id)
    return Means(*(await db.execute(statement)).one())


def award(grant_id: UUID) -> Worth:
    """What a grant is worth, in minor units: in the books the sum of its milestones."""
    current = and_(GrantVersion.grant_id == grant_id, is_current())
    granted = select(GrantVersion.award_minor).where(current).scalar_subquery()
    booked = (
        select(func.sum(MilestoneTerms.booked_minor))
        .join(GrantVersion, GrantVersion.id == MilestoneTerms.grant_version_id)
        .where(current)
        .scalar_subquery()
    )
    return Worth(cast(func.coalesce(booked, granted), BigInteger), granted)


def accepted(milestone: Milestone) -> Worth:
    """What a milestone is worth, or the part of it that was accepted."""
    part, terms = Milestone.accepted_minor, MilestoneTerms
    granted = func.coalesce(part, terms.amount_minor)
    booked = case(
        (terms.booked_minor.is_(None), granted),
        (part.is_(None), terms.booked_minor),
        else_=part_booked(part, ExchangeRate.minor_rate, terms.booked_minor),
    )

    def of_it(amount: ColumnElement[int]) -> ColumnElement[int]:
        statement = (
            select(cast(amount, BigInteger))
            .select_from(Milestone)
            .join(MilestoneTerms, MilestoneTerms.milestone_id == Milestone.id)
            .join(GrantVersion, GrantVersion.id == MilestoneTerms.grant_version_id)
            .join(Grant, Grant.id == Milestone.grant_id)
            .outerjoin(ExchangeRate, ExchangeRate.id == Grant.exchange_rate_id)
            .where(Milestone.id == milestone.id, is_current())
            .correlate(None)
        )
        return statement.scalar_subquery()

    return Worth(of_it(booked), of_it(granted))


def part_booked(part_minor: Any, minor_rate: Any, whole_minor: Any) -> ColumnElement[int]:
    """A part of what is booked, rounded half to even; never more than the whole of it, nor nothing
    for something."""
    exact = part_minor * minor_rate
    is_half = exact - func.floor(exact) == literal(0.5)
    rounded = case((is_half, 2 * func.round(exact / 2)), else_=func.round(exact))
    return func.least(whole_minor, func.greatest(func.least(part_minor, 1), rounded))


def earning(grant_id: UUID) -> Select[UUID | None]:
    """The milestones of a grant of which something was accepted that was not taken back."""
    signed = case(
        (JournalEntry.kind == EntryKind.ACCEPTANCE, JournalEntry.amount_minor),
        else_=-JournalEntry.amount_minor,
    )
    accepted_and_undone = (EntryKind.ACCEPTANCE, EntryKind.ACCEPTANCE_UNDONE)
    statement = select(JournalEntry.milestone_id).where(
        JournalEntry.grant_id == grant_id, JournalEntry.kind.in_(accepted_and_undone)
    )
    return statement.group_by(JournalEntry.milestone_id).having(func.sum(signed) > 0)


def net(
    grant_id: UUID, forth: EntryKind, back: EntryKind, milestone_id: UUID | None = None
) -> Worth:
    """What entries of one kind moved and those of the other did not move back: of a milestone, or
    of the grant itself."""
    entry = aliased(JournalEntry)

    def moved(amount: Any) -> ColumnElement[int]:
        signed = case((entry.kind == forth, amount), else_=-amount)
        statement = select(cast(func.coalesce(func.sum(signed), 0), BigInteger)).where(
            entry.grant_id == grant_id,
            entry.milestone_id.is_not_distinct_from(milestone_id),
            entry.kind.in_((forth, back)),
        )
        return statement.scalar_subquery()

    granted = func.coalesce(entry.granted_minor, entry.amount_minor)
    return Worth(moved(entry.amount_minor), moved(granted))


def holding(fund_id: UUID, bucket: Bucket, grant_id: UUID) -> Worth:
    """What a bucket holds for a grant."""
    return Worth(held(fund_id, bucket, grant_id), ledger.granted(fund_id, bucket, grant_id))
