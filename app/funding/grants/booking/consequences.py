"""What becomes of the money of a fund when a grant that it pays moves, or one of its milestones."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.funding.funds.buckets import Bucket, EntryKind
from app.funding.funds.exchange_rates.models import ExchangeRate
from app.funding.funds.ledger import post
from app.funding.grants.booking.exchange import queries as exchange
from app.funding.grants.booking.queries import Worth, accepted, award, booking, holding, net
from app.funding.grants.lifecycle import GRANT, MILESTONE
from app.funding.grants.models import Grant, Milestone
from app.kernel.clock import today
from app.people.identity.actors import Actor


async def _book(
    db: AsyncSession,
    actor: Actor,
    grant_id: UUID,
    kind: EntryKind,
    amount: Worth,
    milestone_id: UUID | None = None,
) -> None:
    """Write an entry in the ledger of the fund that pays a grant, if one does and the amount comes
    to more than nothing."""
    if (booked := await booking(db, grant_id, amount)) is not None:
        await post(
            db,
            actor,
            booked.fund_id,
            kind,
            booked.amount_minor,
            effective_on=today(db, booked.timezone),
            grant_id=grant_id,
            milestone_id=milestone_id,
            granted=booked.granted,
        )


@GRANT.consequence("offer")
async def award_is_reserved(
    db: AsyncSession, actor: Actor, grant: Grant, _reason: str | None
) -> None:
    """The fund that pays it reserves the award, at an exchange rate where it is in another
    currency."""
    await _fix_what_it_is_in_the_books(db, grant)
    if grant.fund_id is not None:
        await _book(db, actor, grant.id, EntryKind.RESERVATION, award(grant.id))


async def _fix_what_it_is_in_the_books(db: AsyncSession, grant: Grant) -> None:
    """Each milestone in the fund's currency, by the rate of the grant; or as it was granted."""
    terms = await exchange.agreed_amounts(db, grant.id)
    if grant.exchange_rate_id is None:
        for one in terms:
            one.booked_minor = None
    else:
        rate = select(ExchangeRate.minor_rate).where(ExchangeRate.id == grant.exchange_rate_id)
        minor_rate = (await db.scalars(rate)).one()
        for one, minor in zip(terms, exchange.booked(terms, minor_rate), strict=True):
            one.booked_minor = minor
    await db.flush()


@GRANT.consequence("retract_offer")
@GRANT.consequence("decline")
@GRANT.consequence("cancel")
async def reservation_is_released(
    db: AsyncSession, actor: Actor, grant: Grant, _reason: str | None
) -> None:
    """What the fund had reserved for it is promised to nobody again."""
    if grant.fund_id is not None:
        reserved = holding(grant.fund_id, Bucket.RESERVED, grant.id)
        await _book(db, actor, grant.id, EntryKind.RELEASE, reserved)


@GRANT.consequence("activate")
async def award_is_committed(
    db: AsyncSession, actor: Actor, grant: Grant, _reason: str | None
) -> None:
    """The fund is committed to what it had reserved for it."""
    if grant.fund_id is not None:
        reserved = holding(grant.fund_id, Bucket.RESERVED, grant.id)
        await _book(db, actor, grant.id, EntryKind.COMMITMENT, reserved)


@GRANT.consequence("close")
@GRANT.consequence("terminate")
async def rest_goes_back_to_the_fund(
    db: AsyncSession, actor: Actor, grant: Grant, _reason: str | None
) -> None:
    """What it did not earn is promised to nobody again."""
    if grant.fund_id is not None:
        committed = holding(grant.fund_id, Bucket.COMMITTED, grant.id)
        await _book(db, actor, grant.id, EntryKind.DECOMMITMENT, committed)


@GRANT.consequence("reopen")
async def rest_is_committed_again(
    db: AsyncSession, actor: Actor, grant: Grant, _reason: str | None
) -> None:
    """The fund is committed again to what its closing gave back."""
    if grant.fund_id is not None:
        rest = net(grant.id, EntryKind.DECOMMITMENT, EntryKind.RECOMMITMENT)
        await _book(db, actor, grant.id, EntryKind.RECOMMITMENT, rest)


@MILESTONE.consequence("sign")
@MILESTONE.consequence("accept")
@MILESTONE.consequence("accept_partially")
async def accepted_amount_is_payable(
    db: AsyncSession, actor: Actor, milestone: Milestone, _reason: str | None
) -> None:
    """What was accepted of it is to be paid by the fund."""
    amount, kind = accepted(milestone), EntryKind.ACCEPTANCE
    await _book(db, actor, milestone.grant_id, kind, amount, milestone.id)


@MILESTONE.consequence("reopen")
async def accepted_amount_is_payable_no_more(
    db: AsyncSession, actor: Actor, milestone: Milestone, _reason: str | None
) -> None:
    """What was accepted of it is what it may still earn."""
    kind = EntryKind.ACCEPTANCE_UNDONE
    payable = net(milestone.grant_id, EntryKind.ACCEPTANCE, kind, milestone.id)
    await _book(db, actor, milestone.grant_id, kind, payable, milestone.id)


@MILESTONE.consequence("excuse")
async def excused_amount_goes_back_to_the_fund(
    db: AsyncSession, actor: Actor, milestone: Milestone, _reason: str | None
) -> None:
    """What it was worth is promised to nobody again."""
    amount, kind = accepted(milestone), EntryKind.DECOMMITMENT
    await _book(db, actor, milestone.grant_id, kind, amount, milestone.id)
