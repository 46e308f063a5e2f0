"""What becomes of the money of a fund when a grant that it pays moves, or one of its milestones."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.funding.funds.buckets import Bucket, EntryKind
from app.funding.funds.ledger import balance, post
from app.funding.grants.booking.queries import amount_of, award, day_of, net
from app.funding.grants.lifecycle import GRANT, MILESTONE
from app.funding.grants.models import Grant, Milestone
from app.people.identity.actors import Actor


async def _book(
    db: AsyncSession,
    actor: Actor,
    grant: Grant,
    kind: EntryKind,
    amount_minor: int,
    milestone: Milestone | None = None,
) -> None:
    """Write an entry in the ledger of the fund that pays the grant, if it is about more than
    nothing."""
    if grant.fund_id is None or amount_minor == 0:
        return
    await post(
        db,
        actor,
        grant.fund_id,
        kind,
        amount_minor,
        effective_on=await day_of(db, grant),
        grant_id=grant.id,
        milestone_id=milestone.id if milestone else None,
    )


async def _held(db: AsyncSession, grant: Grant, bucket: Bucket) -> int:
    return await balance(db, grant.fund_id, bucket, grant.id) if grant.fund_id else 0


async def _funded(db: AsyncSession, milestone: Milestone) -> Grant | None:
    """The grant of a milestone, if a fund pays it."""
    grant = await db.get_one(Grant, milestone.grant_id)
    return grant if grant.fund_id else None


@GRANT.consequence("offer")
async def award_is_reserved(
    db: AsyncSession, actor: Actor, grant: Grant, _reason: str | None
) -> None:
    """The fund that pays it reserves the award."""
    if grant.fund_id is not None:
        award_minor, _ = await award(db, grant.id)
        await _book(db, actor, grant, EntryKind.RESERVATION, award_minor)


@GRANT.consequence("retract_offer")
@GRANT.consequence("decline")
@GRANT.consequence("cancel")
async def reservation_is_released(
    db: AsyncSession, actor: Actor, grant: Grant, _reason: str | None
) -> None:
    """What the fund had reserved for it is promised to nobody again."""
    reserved = await _held(db, grant, Bucket.RESERVED)
    await _book(db, actor, grant, EntryKind.RELEASE, reserved)


@GRANT.consequence("activate")
async def award_is_committed(
    db: AsyncSession, actor: Actor, grant: Grant, _reason: str | None
) -> None:
    """The fund is committed to what it had reserved for it."""
    reserved = await _held(db, grant, Bucket.RESERVED)
    await _book(db, actor, grant, EntryKind.COMMITMENT, reserved)


@GRANT.consequence("close")
@GRANT.consequence("terminate")
async def rest_goes_back_to_the_fund(
    db: AsyncSession, actor: Actor, grant: Grant, _reason: str | None
) -> None:
    """What it did not earn is promised to nobody again."""
    committed = await _held(db, grant, Bucket.COMMITTED)
    await _book(db, actor, grant, EntryKind.DECOMMITMENT, committed)


@GRANT.consequence("reopen")
async def rest_is_committed_again(
    db: AsyncSession, actor: Actor, grant: Grant, _reason: str | None
) -> None:
    """The fund is committed again to what its closing gave back."""
    if grant.fund_id is not None:
        rest = await net(db, grant.id, EntryKind.DECOMMITMENT, EntryKind.RECOMMITMENT)
        await _book(db, actor, grant, EntryKind.RECOMMITMENT, rest)


@MILESTONE.consequence("sign")
@MILESTONE.consequence("accept")
@MILESTONE.consequence("accept_partially")
async def accepted_amount_is_payable(
    db: AsyncSession, actor: Actor, milestone: Milestone, _reason: str | None
) -> None:
    """What was accepted of it is to be paid by the fund."""
    if grant := await _funded(db, milestone):
        amount_minor = await amount_of(db, milestone)
        await _book(db, actor, grant, EntryKind.ACCEPTANCE, amount_minor, milestone)


@MILESTONE.consequence("reopen")
async def accepted_amount_is_payable_no_more(
    db: AsyncSession, actor: Actor, milestone: Milestone, _reason: str | None
) -> None:
    """What was accepted of it is what it may still earn."""
    if grant := await _funded(db, milestone):
        back = EntryKind.ACCEPTANCE_UNDONE
        payable = await net(db, grant.id, EntryKind.ACCEPTANCE, back, milestone.id)
        await _book(db, actor, grant, back, payable, milestone)


@MILESTONE.consequence("excuse")
async def excused_amount_goes_back_to_the_fund(
    db: AsyncSession, actor: Actor, milestone: Milestone, _reason: str | None
) -> None:
    """What it was worth is promised to nobody again."""
    if grant := await _funded(db, milestone):
        amount_minor = await amount_of(db, milestone)
        await _book(db, actor, grant, EntryKind.DECOMMITMENT, amount_minor, milestone)
