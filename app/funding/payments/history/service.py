"""A payment that was made before the fund had books: told as it was, asked of nobody."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.funding.funds.buckets import EntryKind
from app.funding.funds.ledger import post
from app.funding.funds.references import folded
from app.funding.grants.booking.queries import net
from app.funding.grants.models import Grant, Milestone
from app.funding.payments import access
from app.funding.payments.lifecycle import PAYMENT
from app.funding.payments.models import Payment
from app.kernel.clock import now
from app.kernel.lifecycle import create
from app.people.identity.actors import Actor


async def record_as_paid(
    db: AsyncSession,
    actor: Actor,
    grant: Grant,
    milestone: Milestone,
    *,
    value_on: date | None,
    bank_reference: str | None,
    effective_on: date,
) -> bool:
    """Have all that a milestone made payable be disbursed, by a payment that is history.

    The caller holds the grant, which a fund pays. False where nothing of it is payable, or where a
    payment of it was requested, or where it is in another currency than its fund: what the bank
    took then is said when it is settled.
    """
    assert grant.fund_id is not None
    if grant.exchange_rate_id is not None:
        return False
    assert actor.person_id is not None
    undone = EntryKind.ACCEPTANCE_UNDONE
    payable = net(grant.id, EntryKind.ACCEPTANCE, undone, milestone.id).booked
    amount_minor = (await db.scalars(select(payable))).one()
    if not amount_minor or await access.live(db, milestone.id) is not None:
        return False
    number = await access.next_number(db, grant.id)
    payment = Payment(
        is_history=True,
        scope_id=grant.id,
        grant_id=grant.id,
        grant=grant,
        milestone_id=milestone.id,
        fund_id=grant.fund_id,
        number=number,
        reference=f"{grant.reference}-P{number}",
        amount_minor=amount_minor,
        tax_minor=0,
        currency=grant.current.currency,
        requested_by_id=actor.person_id,
        settled_at=now(db),
        value_on=value_on,
        bank_reference=bank_reference,
        bank_reference_folded=bank_reference and folded(bank_reference),
    )
    await create(db, actor, payment, PAYMENT, "record", under=grant.scope_id)
    for kind in (EntryKind.PAYMENT, EntryKind.SETTLEMENT):
        await post(
            db,
            actor,
            grant.fund_id,
            kind,
            amount_minor,
            effective_on=effective_on,
            grant_id=grant.id,
            milestone_id=milestone.id,
            bank_reference=bank_reference if kind is EntryKind.SETTLEMENT else None,
            is_opening=True,
        )
    return True
