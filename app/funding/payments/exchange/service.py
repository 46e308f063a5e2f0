"""What the bank took for a payment in another currency than its fund's, and the difference of that
to what stood in the books."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from app.funding.funds.buckets import Bucket, EntryKind
from app.funding.funds.ledger import lowest, post, reverse
from app.funding.funds.service import in_its_currency
from app.funding.payments.exchange import access
from app.funding.payments.models import Payment
from app.funding.payments.schemas import ExchangeIn
from app.kernel.errors import Unprocessable
from app.kernel.money import Money, decimal, effective_rate, exchanged, minor_rate
from app.kernel.transitions import Unmet
from app.people.identity.actors import Actor


class ExchangeMissing(Unprocessable):
    """The payment is in another currency than its fund: say in `exchange` what the bank took for
    it, or at which rate."""


class ExchangeNotNeeded(Unprocessable):
    """The payment is in the currency of its fund: leave `exchange` out."""


class NothingTaken(Unprocessable):
    """At this rate the bank would have taken nothing of the fund's currency."""


async def taken(db: AsyncSession, payment: Payment, said: ExchangeIn | None) -> Mapping[str, Any]:
    """What is kept of what the bank took. Raises ExchangeMissing, ExchangeNotNeeded,
    CurrencyDiffers, NothingTaken (422)."""
    if (payment.booked_minor is None) != (said is None):
        refused = ExchangeMissing if said is None else ExchangeNotNeeded
        raise refused.at("/exchange")
    if said is None:
        return {}
    fund = await access.fund_of(db, payment)
    of, into = payment.currency, fund.currency
    if said.taken is not None:
        taken_minor = in_its_currency(fund, said.taken, at="/exchange/taken")
        rate = effective_rate(taken_minor, into, payment.amount_minor, of)
    else:
        rate = Decimal(said.rate or 0)
        taken_minor = exchanged(payment.amount_minor, minor_rate(rate, of, into))
    if not taken_minor:
        raise NothingTaken.at("/exchange/rate")
    source = {"rate_source": said.source, "rate_on": said.quoted_on}
    return {"taken_minor": taken_minor, "taken_rate": rate, **source}


async def uncovered(
    db: AsyncSession, payment: Payment, taken_minor: int | None, value_on: date
) -> Unmet | None:
    """That the bank took more than stood in the books, and the fund has not so much left on its
    day, or on any since."""
    more_minor = (taken_minor or 0) - payment.in_books_minor
    if more_minor <= 0:
        return None
    left_minor = await lowest(db, payment.fund_id, Bucket.UNALLOCATED, value_on)
    if more_minor <= left_minor:
        return None
    fund = await access.fund_of(db, payment)
    more, left = (decimal(one, fund.currency) for one in (more_minor, left_minor))
    return Unmet(
        "exchange_loss_uncovered",
        f"The bank took {fund.currency} {more} more than stood in the books; the fund "
        f"{fund.reference} has {left} left that is promised to nobody.",
    )


async def post_difference(
    db: AsyncSession, actor: Actor, payment: Payment, effective_on: date
) -> None:
    """Have what was disbursed be what the bank took: a loss comes out of what is promised to
    nobody, a gain goes back to it."""
    if payment.taken_minor is None:
        return
    more_minor = payment.taken_minor - payment.in_books_minor
    if more_minor:
        await post(
            db,
            actor,
            payment.fund_id,
            EntryKind.EXCHANGE_LOSS if more_minor > 0 else EntryKind.EXCHANGE_GAIN,
            abs(more_minor),
            effective_on=effective_on,
            grant_id=payment.grant_id,
            milestone_id=payment.milestone_id,
            granted=Money(amount_minor=0, currency=payment.currency),
        )


async def undo_difference(
    db: AsyncSession, actor: Actor, payment: Payment, effective_on: date, note: str
) -> None:
    """Undo exactly what was posted of a payment that came back."""
    if payment.taken_minor is None:
        return
    entry = await access.difference_of(db, payment)
    if entry is not None:
        await reverse(db, actor, entry, effective_on=effective_on, note=note)
