"""At which rate a grant in another currency than its fund stands in the books, and what each of its
milestones is there."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.funding.funds.buckets import Bucket
from app.funding.funds.exchange_rates.access import latest
from app.funding.funds.exchange_rates.models import ExchangeRate
from app.funding.funds.models import Fund
from app.funding.grants.booking.queries import holding
from app.funding.grants.models import Grant, GrantVersion, MilestoneTerms, is_current
from app.kernel.clock import today
from app.kernel.limits import limits_of
from app.kernel.money import Money, apportioned
from app.kernel.transitions import Unmet

TOO_SMALL = "amount_too_small"


async def rate_of_offer(db: AsyncSession, grant: Grant) -> ExchangeRate | None:
    """The rate at which a grant would be offered now, which is kept from being withdrawn meanwhile;
    None where it needs none, or there is none."""
    if grant.fund_id is None:
        return None
    currencies = (
        select(Fund.currency, GrantVersion.currency)
        .join(GrantVersion, GrantVersion.grant_id == grant.id)
        .where(Fund.id == grant.fund_id, is_current())
    )
    of_fund, of_grant = (await db.execute(currencies)).one()
    if of_fund == of_grant:
        return None
    rate = await latest(db, grant.fund_id, of_grant, today(db, grant.cohort.timezone))
    if rate is not None:
        held = select(ExchangeRate.id).where(ExchangeRate.id == rate.id)
        await db.execute(held.with_for_update(read=True))
    return rate


def unfit(db: AsyncSession, grant: Grant, rate: ExchangeRate | None, needs: str) -> Unmet | None:
    """Why a grant is not offered at a rate, where that is so; `needs` says what one is for."""
    if rate is None:
        said = f"{needs}: have an exchange rate recorded."
        return Unmet("exchange_rate_missing", said)
    days = limits_of(db).exchange_rate_days
    if rate.quoted_on >= today(db, grant.cohort.timezone) - timedelta(days=days):
        return None
    said = f"{needs}, and the last exchange rate is of {rate.quoted_on}, more than {days} days ago."
    return Unmet("exchange_rate_stale", f"{said} Have a later one recorded.")


async def agreed_amounts(db: AsyncSession, grant_id: UUID) -> Sequence[MilestoneTerms]:
    """What the milestones of a grant that was not signed are worth, in their order."""
    terms = (
        select(MilestoneTerms)
        .join(GrantVersion, GrantVersion.id == MilestoneTerms.grant_version_id)
        .where(GrantVersion.grant_id == grant_id, is_current())
        .order_by(MilestoneTerms.position)
    )
    return (await db.scalars(terms)).all()


def booked(terms: Iterable[MilestoneTerms], minor_rate: Decimal) -> list[int]:
    """What milestones are in the books: together what the award is."""
    return apportioned([one.amount_minor for one in terms], minor_rate)


@dataclass(frozen=True)
class Change:
    """By how much an award becomes more, or less: in the books, and as it was granted."""

    booked_minor: int
    granted_minor: int

    def vanishes(self) -> bool:
        """Whether it is nothing in the books, or the other way round, by rounding."""
        return bool(self.granted_minor) and self.booked_minor * self.granted_minor <= 0


async def minor_rate_of(db: AsyncSession, grant: Grant) -> Decimal | None:
    """At which rate a grant stands in the books; None where it is in the currency of its fund."""
    rate = select(ExchangeRate.minor_rate).where(ExchangeRate.id == grant.exchange_rate_id)
    return await db.scalar(rate) if grant.exchange_rate_id is not None else None


def rebooked(
    base: GrantVersion, wanted: Sequence[tuple[UUID | None, int]], minor_rate: Decimal
) -> list[int]:
    """What milestones, of which some are new, are in the books by other terms: those whose amount
    stays as they were, the others so that all of them together are what the award is."""
    had: dict[tuple[UUID | None, int], int | None] = {
        (one.milestone_id, one.amount_minor): one.booked_minor for one in base.milestone_terms
    }
    kept = [had.get(one) for one in wanted]
    pairs = list(zip((amount for _, amount in wanted), kept, strict=True))
    others = apportioned(
        [amount for amount, minor in pairs if minor is None],
        minor_rate,
        before=sum(amount for amount, minor in pairs if minor is not None),
        booked=sum(minor for _, minor in pairs if minor is not None),
    )
    shares = iter(others)
    return [next(shares) if minor is None else minor for minor in kept]


def change(base: GrantVersion, wanted: Iterable[int], booked_minor: Iterable[int]) -> Change:
    """What other terms make of an award."""
    had = base.milestone_terms
    return Change(
        sum(booked_minor) - sum(one.booked_minor or 0 for one in had),
        sum(wanted) - sum(one.amount_minor for one in had),
    )


def vanishes(amounts_minor: Iterable[int], booked_minor: Iterable[int]) -> bool:
    """Whether something would be nothing in the books."""
    pairs = zip(amounts_minor, booked_minor, strict=True)
    return any(amount and not in_books for amount, in_books in pairs)


async def share(db: AsyncSession, grant: Grant, bucket: Bucket, amount_minor: int) -> Money | None:
    """What an amount of the fund's currency that leaves a bucket is of what that holds in the
    grant's; None where it is the same currency."""
    if grant.exchange_rate_id is None or grant.fund_id is None:
        return None
    there = holding(grant.fund_id, bucket, grant.id)
    asked = select(there.booked, there.granted, ExchangeRate.currency)
    asked = asked.where(ExchangeRate.id == grant.exchange_rate_id)
    in_books, granted, currency = (await db.execute(asked)).one()
    part = round(Fraction(amount_minor * granted, in_books)) if in_books else 0
    return Money(amount_minor=part, currency=currency)
