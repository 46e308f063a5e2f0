"""What a grant has in the ledger of its fund, and what of it a move is about."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import BigInteger, ColumnElement, Select, case, cast, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from app.funding.funds.buckets import Bucket, EntryKind
from app.funding.funds.ledger import held
from app.funding.funds.lifecycle import FundStatus
from app.funding.funds.models import Fund, JournalEntry
from app.funding.grants.models import Grant, GrantVersion, Milestone, MilestoneTerms, is_current
from app.network.cohorts.models import Cohort


@dataclass(frozen=True)
class Booking:
    """An amount of a grant that a fund pays, and the zone whose day it counts on."""

    fund_id: UUID
    timezone: str
    amount_minor: int


async def booking(db: AsyncSession, grant_id: UUID, amount: ColumnElement[int]) -> Booking | None:
    """What `amount` comes to, for a grant that a fund pays; None where it is nothing."""
    statement = (
        select(Grant.fund_id, Cohort.timezone, amount.label("amount_minor"))
        .join(Grant.cohort)
        .where(Grant.id == grant_id, Grant.fund_id.is_not(None))
    )
    row = (await db.execute(statement)).one_or_none()
    if row is None or not row.amount_minor:
        return None
    return Booking(row.fund_id, row.timezone, row.amount_minor)


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


def award(grant_id: UUID) -> ColumnElement[int]:
    """What a grant is worth, in minor units."""
    statement = select(GrantVersion.award_minor)
    return statement.where(GrantVersion.grant_id == grant_id, is_current()).scalar_subquery()


def accepted(milestone: Milestone) -> ColumnElement[int]:
    """What a milestone is worth, or the part of it that was accepted."""
    statement = (
        select(func.coalesce(Milestone.accepted_minor, MilestoneTerms.amount_minor))
        .join(MilestoneTerms, MilestoneTerms.milestone_id == Milestone.id)
        .join(GrantVersion, GrantVersion.id == MilestoneTerms.grant_version_id)
        .where(Milestone.id == milestone.id, is_current())
    )
    return statement.scalar_subquery()


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
) -> ColumnElement[int]:
    """What entries of one kind moved and those of the other did not move back: of a milestone, or
    of the grant itself."""
    entry = aliased(JournalEntry)
    signed = case((entry.kind == forth, entry.amount_minor), else_=-entry.amount_minor)
    statement = select(cast(func.coalesce(func.sum(signed), 0), BigInteger)).where(
        entry.grant_id == grant_id,
        entry.milestone_id.is_not_distinct_from(milestone_id),
        entry.kind.in_((forth, back)),
    )
    return statement.scalar_subquery()
