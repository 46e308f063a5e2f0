"""The verbs of limits of authority: setting, confirming, standing in, ending."""

from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.funding.payments.limits import access
from app.funding.payments.limits.lifecycle import PAYMENT_LIMIT, LimitedAct, PaymentLimitStatus
from app.funding.payments.limits.models import PaymentLimit
from app.funding.payments.limits.queries import acts_there, is_role_of
from app.funding.payments.limits.schemas import (
    DelegatePaymentLimit,
    PaymentLimitOut,
    ProposePaymentLimit,
)
from app.funding.payments.limits.telling import PAYMENT_LIMITS
from app.kernel.clock import now
from app.kernel.errors import Conflict, Unprocessable
from app.kernel.lifecycle import create, explain_actions, move
from app.kernel.money import decimal
from app.kernel.schemas import ActionsOut
from app.kernel.written import Written
from app.network.programmes import access as programmes
from app.people.identity.accounts.access import AccountUnknown
from app.people.identity.actors import Actor
from app.people.identity.models import Account, AccountKind

PROPOSE: Final = "payment_limit.propose"
DELEGATE: Final = "payment_limit.delegate"


class LimitOfIdleRole(Unprocessable):
    """Whoever holds that role does not do this by it: name one that does, or a person."""


class LimitDatesOutOfOrder(Unprocessable):
    """A limit begins now or later, and ends after it has begun."""


class LimitNotYours(Conflict):
    """Whoever is stood in for has the limit now, and not as somebody's deputy."""


class LimitAboveOwn(Unprocessable):
    """Nobody is lent more than the limit of whom they stand in for."""


class DeputyForOneself(Unprocessable):
    """Another person stands in for you."""


async def propose_payment_limit(
    db: AsyncSession, actor: Actor, programme_id: UUID, body: ProposePaymentLimit
) -> Written[PaymentLimitOut]:
    """Set how much somebody may do, for another to confirm. Raises GuardsUnmet (409),
    AccountUnknown, LimitOfIdleRole, LimitDatesOutOfOrder (422)."""
    programme = await programmes.programme.allowing(db, actor, programme_id, PROPOSE)
    if body.role is not None and not is_role_of(body.act, body.role):
        raise LimitOfIdleRole.at("/role", "Name a role that does this.")
    if body.account_id is not None:
        await _refuse_stranger(db, body.act, programme.id, body.account_id)
    assert actor.person_id is not None
    limit = PaymentLimit(
        programme_id=programme.id,
        act=body.act,
        role=body.role,
        account_id=body.account_id,
        currency=body.amount.currency,
        amount_minor=body.amount.amount_minor,
        valid_from=_begins(db, body.valid_from, body.valid_until),
        valid_until=body.valid_until,
        proposed_by_id=actor.person_id,
    )
    await create(db, actor, limit, PAYMENT_LIMIT, "propose", under=programme.id)
    return await PAYMENT_LIMITS.told_to(db, actor, limit.id)


async def delegate_payment_limit(
    db: AsyncSession, actor: Actor, payment_limit_id: UUID, body: DelegatePaymentLimit
) -> Written[PaymentLimitOut]:
    """Have somebody stand in for you. Raises LimitNotYours (409), AccountUnknown, LimitAboveOwn,
    DeputyForOneself, LimitDatesOutOfOrder (422)."""
    own = await access.payment_limit.allowing(db, actor, payment_limit_id, DELEGATE, lock=True)
    await _refuse_not_own(db, actor, own)
    if body.account_id in actor.persons:
        raise DeputyForOneself.at("/account_id", "Name another person.")
    await _refuse_stranger(db, own.act, own.programme_id, body.account_id)
    amount_minor = body.amount_minor or own.amount_minor
    if amount_minor > own.amount_minor:
        detail = f"It is {own.currency} {decimal(own.amount_minor, own.currency)}."
        raise LimitAboveOwn.at("/amount_minor", detail)
    assert actor.person_id is not None
    lent = PaymentLimit(
        programme_id=own.programme_id,
        act=own.act,
        account_id=body.account_id,
        currency=own.currency,
        amount_minor=amount_minor,
        valid_from=_begins(db, body.valid_from, body.valid_until),
        valid_until=body.valid_until,
        delegated_from_id=own.id,
        proposed_by_id=actor.person_id,
    )
    await create(db, actor, lent, PAYMENT_LIMIT, "delegate", under=own.programme_id)
    return await PAYMENT_LIMITS.told_to(db, actor, lent.id)


async def _refuse_not_own(db: AsyncSession, actor: Actor, own: PaymentLimit) -> None:
    """Raises LimitNotYours (409) for a limit that the actor has not, or has as a deputy."""
    stands = own.status is PaymentLimitStatus.STANDING and own.delegated_from_id is None
    runs_out = own.valid_until is not None and own.valid_until <= now(db)
    by_role = any(held.role == own.role for held in actor.roles)
    if not stands or runs_out or not (own.account_id in actor.persons or by_role):
        raise LimitNotYours


async def _refuse_stranger(
    db: AsyncSession, act: LimitedAct, programme_id: UUID, account_id: UUID
) -> None:
    """Raises AccountUnknown (422) for who does not do this in the programme."""
    person = select(Account.id).where(
        Account.id == account_id,
        Account.kind == AccountKind.PERSON,
        Account.disabled_at.is_(None),
        acts_there(act, programme_id, Account.id, now(db)),
    )
    if await db.scalar(person) is None:
        raise AccountUnknown.at("/account_id", "Name a person who does this in the programme.")


def _begins(db: AsyncSession, begins: datetime | None, ends: datetime | None) -> datetime:
    at = now(db)
    begins = begins or at
    if begins < at:
        raise LimitDatesOutOfOrder.at("/valid_from", "Name an instant that is to come.")
    if ends is not None and ends <= begins:
        raise LimitDatesOutOfOrder.at("/valid_until", "Name an instant after it begins.")
    return begins


async def confirm_payment_limit(
    db: AsyncSession, actor: Actor, payment_limit_id: UUID, *, if_match: int | None
) -> Written[PaymentLimitOut]:
    """Confirm what another has set: it counts from its first instant on."""
    limit = await access.payment_limit(db, actor, payment_limit_id, lock=True)
    writes = {"confirmed_by_id": actor.person_id, "confirmed_at": now(db)}
    await move(db, actor, limit, PAYMENT_LIMIT, "confirm", if_match=if_match, writes=writes)
    return await PAYMENT_LIMITS.told_to(db, actor, limit.id)


async def move_payment_limit(
    db: AsyncSession,
    actor: Actor,
    payment_limit_id: UUID,
    name: str,
    reason: str,
    *,
    if_match: int | None,
) -> Written[PaymentLimitOut]:
    """Dismiss, end or recall a limit.

    Raises SecondPersonRequired (409) for who has said that it ends already.
    """
    limit = await access.payment_limit(db, actor, payment_limit_id, lock=True)
    await move(db, actor, limit, PAYMENT_LIMIT, name, reason=reason, if_match=if_match)
    return await PAYMENT_LIMITS.told_to(db, actor, limit.id)


async def explain_payment_limit_actions(
    db: AsyncSession, actor: Actor, payment_limit_id: UUID
) -> ActionsOut:
    """Every move of the limit now, with what stands in its way."""
    limit = await access.payment_limit(db, actor, payment_limit_id)
    return await explain_actions(db, actor, limit, PAYMENT_LIMIT)
