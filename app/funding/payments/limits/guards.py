"""Who sets limits, and that nobody pays or gives up more than theirs."""

from sqlalchemy import any_, literal, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.types import Uuid

from app.funding.grants.recoveries.lifecycle import RECOVERY
from app.funding.grants.recoveries.models import Recovery
from app.funding.grants.recoveries.telling import LEFT
from app.funding.payments.exchange.access import fund_of
from app.funding.payments.lifecycle import PAYMENT
from app.funding.payments.limits.access import READ
from app.funding.payments.limits.lifecycle import PAYMENT_LIMIT, LimitedAct
from app.funding.payments.limits.models import PaymentLimit
from app.funding.payments.limits.queries import Matter
from app.funding.payments.models import Payment
from app.kernel.activity import Actor
from app.kernel.clock import now
from app.kernel.money import decimal
from app.kernel.schemas import Ref
from app.kernel.transitions import Unmet
from app.people.identity.actors import Actor as NetworkActor

_ASKED = {
    LimitedAct.APPROVE: "approve",
    LimitedAct.RELEASE: "release",
    LimitedAct.WRITE_OFF: "write off",
}


@PAYMENT_LIMIT.guard("propose")
@PAYMENT_LIMIT.guard("confirm")
async def limit_is_of_another(_db: AsyncSession, actor: Actor, limit: PaymentLimit) -> Unmet | None:
    """Nobody sets or confirms how much they may do themselves, be it by a role that they hold."""
    assert isinstance(actor, NetworkActor)
    held = [*actor.roles, *(actor.owner.roles if actor.owner else ())]
    if limit.account_id not in actor.persons and limit.role not in {one.role for one in held}:
        return None
    return Unmet("own_limit", "It would be your own limit: others set and confirm it.")


@PAYMENT_LIMIT.guard("confirm")
async def limit_was_set_by_another(
    _db: AsyncSession, actor: Actor, limit: PaymentLimit
) -> Unmet | None:
    """Whoever confirms a limit has not set it."""
    if limit.proposed_by_id not in actor.persons:
        return None
    return Unmet("limit_set_by_you", "You have set it: another person confirms it.")


@PAYMENT_LIMIT.guard("recall")
async def deputy_is_ones_own(_db: AsyncSession, actor: Actor, limit: PaymentLimit) -> Unmet | None:
    """A deputy's limit is taken back by whom they stand in for."""
    if limit.delegated_from_id is not None and limit.proposed_by_id in actor.persons:
        return None
    return Unmet("limit_not_lent_by_you", "You have not lent it: it takes two persons to end it.")


@PAYMENT.guard("approve")
async def approval_is_within_the_limit(
    db: AsyncSession, actor: Actor, payment: Payment
) -> Unmet | None:
    """Nobody approves a payment above their limit, where limits stand."""
    return await _of_payment(db, actor, payment, LimitedAct.APPROVE)


@PAYMENT.guard("release")
async def release_is_within_the_limit(
    db: AsyncSession, actor: Actor, payment: Payment
) -> Unmet | None:
    """Nobody releases a payment above their limit, where limits stand."""
    return await _of_payment(db, actor, payment, LimitedAct.RELEASE)


@RECOVERY.guard("write_off")
async def write_off_is_within_the_limit(
    db: AsyncSession, actor: Actor, recovery: Recovery
) -> Unmet | None:
    """Neither of the two who give an amount up does so above their limit, where limits stand."""
    left_minor = (await db.scalars(select(LEFT).where(Recovery.id == recovery.id))).one()
    matter = Matter(
        LimitedAct.WRITE_OFF,
        recovery.grant.cohort.programme_id,
        recovery.currency,
        recovery.grant_id,
        now(db),
    )
    return await above_limit(db, actor, matter, left_minor)


async def _of_payment(
    db: AsyncSession, actor: Actor, payment: Payment, act: LimitedAct
) -> Unmet | None:
    programme_id = payment.cohort.programme_id
    currency = payment.currency
    if payment.booked_minor is not None:
        currency = (await fund_of(db, payment)).currency
    matter = Matter(act, programme_id, currency, payment.scope_id, now(db))
    return await above_limit(db, actor, matter, payment.in_books_minor)


async def above_limit(
    db: AsyncSession, actor: Actor, matter: Matter, amount_minor: int
) -> Unmet | None:
    """That the actor's limit does not reach, with the limit and those whose does; None where it
    reaches, or none stands there."""
    persons = any_(literal(sorted(actor.persons), ARRAY(Uuid())))
    asked = select(
        matter.reaches(persons, amount_minor).label("reaches"),
        matter.limit_of(persons).label("limit_minor"),
    )
    found = (await db.execute(asked)).one()
    if found.reaches or actor.person_id is None:
        return None
    could = await _could(db, actor, matter, amount_minor)
    said = _told(matter, amount_minor, found.limit_minor, could)
    return Unmet("above_your_limit", said, subjects=could)


async def _could(
    db: AsyncSession, actor: Actor, matter: Matter, amount_minor: int
) -> tuple[Ref, ...]:
    if not actor.holds(READ, matter.scope_id):
        return ()
    people = await db.scalars(matter.who_could(amount_minor))
    return tuple(Ref(id=one.id, reference=None, name=one.name) for one in people)


def _told(
    matter: Matter, amount_minor: int, limit_minor: int | None, could: tuple[Ref, ...]
) -> str:
    of = f"{matter.currency} {decimal(amount_minor, matter.currency)}"
    asked = _ASKED[matter.act]
    if limit_minor is None:
        said = f"You have no limit in {matter.currency} by which to {asked} {of}."
    else:
        limit = f"{matter.currency} {decimal(limit_minor, matter.currency)}"
        said = f"Your limit to {asked} is {limit}, and this is {of}."
    if not could:
        return f"{said} Have a limit set that reaches."
    return f"{said} It is within the limit of {', '.join(one.name for one in could)}."
