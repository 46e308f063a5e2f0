"""What a fund must hold before the grant that it pays moves."""

from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncSession

from app.funding.funds.buckets import EntryKind
from app.funding.funds.exchange_rates.access import latest
from app.funding.funds.lifecycle import FundStatus
from app.funding.grants.booking.exchange import queries as exchange
from app.funding.grants.booking.queries import Means, award, means, net
from app.funding.grants.lifecycle import GRANT
from app.funding.grants.models import Grant
from app.kernel.activity import Actor
from app.kernel.clock import today
from app.kernel.money import decimal
from app.kernel.transitions import Unmet


@GRANT.guard("offer")
async def fund_can_pay(db: AsyncSession, _actor: Actor, grant: Grant) -> Unmet | None:
    """A grant that a fund pays is offered out of what is promised to nobody, at an exchange rate
    where it is in another currency."""
    fund = await means(db, grant, award(grant.id).granted)
    if fund is None:
        return None
    if fund.status is FundStatus.CLOSED:
        return Unmet("fund_closed", f"The fund {fund.reference} is closed: name another.")
    if fund.currency != fund.wanted_currency:
        return await _in_another_currency(db, grant, fund)
    return short(fund)


async def _in_another_currency(db: AsyncSession, grant: Grant, fund: Means) -> Unmet | None:
    assert grant.fund_id is not None, "what has means has a fund"
    day = today(db, grant.cohort.timezone)
    rate = await latest(db, grant.fund_id, fund.wanted_currency, day)
    needs = f"The award is in {fund.wanted_currency}, the fund {fund.reference} in {fund.currency}"
    if (unmet := exchange.unfit(db, grant, rate, needs)) is not None:
        return unmet
    assert rate is not None, "what is missing is unfit"
    terms = await exchange.agreed_amounts(db, grant.id)
    in_books = exchange.booked(terms, rate.minor_rate)
    if exchange.vanishes([one.amount_minor for one in terms], in_books):
        said = f"A milestone comes to less than the least amount of {fund.currency}."
        return Unmet(exchange.TOO_SMALL, said)
    return short(replace(fund, wanted_minor=sum(in_books)))


@GRANT.guard("reopen")
async def fund_can_pay_again(db: AsyncSession, _actor: Actor, grant: Grant) -> Unmet | None:
    """What its closing gave back to the fund is committed to it again."""
    given_back = net(grant.id, EntryKind.DECOMMITMENT, EntryKind.RECOMMITMENT)
    fund = await means(db, grant, given_back.booked)
    if fund is None:
        return None
    if fund.status is FundStatus.CLOSED:
        return Unmet("fund_closed", f"The fund {fund.reference} is closed: reopen it first.")
    return short(fund)


def short(fund: Means) -> Unmet | None:
    """That a fund has less than is asked of it, where it has."""
    if fund.wanted_minor <= fund.left_minor:
        return None
    needed, there = (
        decimal(fund.wanted_minor, fund.currency),
        decimal(fund.left_minor, fund.currency),
    )
    return Unmet(
        "fund_short",
        f"It takes {fund.currency} {needed}; the fund {fund.reference} has {there} left that is "
        "promised to nobody.",
    )
