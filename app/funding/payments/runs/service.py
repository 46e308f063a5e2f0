"""The verbs of runs of payments: each is made of the verbs of its payments."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.funding.funds.access import fund as funds
from app.funding.funds.models import Fund
from app.funding.payments import access as payments
from app.funding.payments import service
from app.funding.payments.lifecycle import PAYMENT, PaymentStatus
from app.funding.payments.models import Payment
from app.funding.payments.runs import access
from app.funding.payments.runs.guards import refused
from app.funding.payments.runs.leaving import leave
from app.funding.payments.runs.lifecycle import PAYMENT_RUN, LeftBecause
from app.funding.payments.runs.models import PaymentRun, PaymentRunItem
from app.funding.payments.runs.queries import APPROVABLE, ready
from app.funding.payments.runs.schemas import MOST_IN_A_RUN, GatherPaymentRun, PaymentRunOut
from app.funding.payments.runs.telling import PAYMENT_RUNS
from app.kernel.clock import now
from app.kernel.db import new_id
from app.kernel.errors import Conflict, FieldProblem, Unprocessable, constraint
from app.kernel.lifecycle import create, explain_actions, move, refuse_unmet, unmet_of
from app.kernel.schemas import ActionsOut
from app.kernel.transitions import Unmet
from app.kernel.versions import ANY_VERSION
from app.kernel.written import Written
from app.people.identity.actors import Actor


class NothingToGather(Conflict):
    """No payment of the fund can be approved now that is in no run."""


class PaymentInARun(Conflict):
    """A payment is in one run at a time: it is in another that is not done."""


class PaymentNotGathered(Unprocessable):
    """What is gathered is a payment of the fund, in the currency of the run, that waits to be
    approved or released."""


constraint("uq_payment_run_items_one_live", PaymentInARun)


async def gather_payment_run(
    db: AsyncSession, actor: Actor, fund_id: UUID, body: GatherPaymentRun
) -> Written[PaymentRunOut]:
    """Gather payments into a run. Raises NothingToGather, PaymentInARun (409), PaymentNotGathered
    (422)."""
    fund = await funds.allowing(db, actor, fund_id, "payment_run.gather")
    currency = body.currency or fund.currency
    gathered = await _gathered(db, fund, body.payment_ids, currency)
    fund = await funds(db, actor, fund_id, lock=True)
    assert actor.person_id is not None
    run = PaymentRun(
        id=new_id(),
        fund_id=fund.id,
        number=await access.next_number(db, fund.id),
        currency=currency,
        gathered_by_id=actor.person_id,
    )
    detail = {"payments": len(gathered)}
    await create(db, actor, run, PAYMENT_RUN, "gather", under=fund.id, detail=detail)
    db.add_all(PaymentRunItem(run_id=run.id, payment_id=one) for one in gathered)
    await db.flush()
    return await PAYMENT_RUNS.told_to(db, actor, run.id)


async def _gathered(
    db: AsyncSession, fund: Fund, payment_ids: Sequence[UUID] | None, currency: str
) -> Sequence[UUID]:
    """The payments, whose grants are held from now on."""
    if payment_ids is not None:
        return await _named(db, fund, payment_ids, currency)
    candidates = ready(fund.id, currency, now(db)).limit(MOST_IN_A_RUN)
    found = (await db.scalars(candidates)).all()
    await access.hold_grants(db, access.named(found))
    gathered = (await db.scalars(candidates.where(access.named(found)))).all()
    if not gathered:
        raise NothingToGather
    return gathered


async def _named(
    db: AsyncSession, fund: Fund, payment_ids: Sequence[UUID], currency: str
) -> Sequence[UUID]:
    await access.hold_grants(db, access.named(payment_ids))
    of_fund = select(Payment.id).where(
        access.named(payment_ids),
        Payment.fund_id == fund.id,
        Payment.currency == currency,
        Payment.status.in_((*APPROVABLE, PaymentStatus.APPROVED)),
    )
    found = set((await db.scalars(of_fund)).all())
    faults = [
        FieldProblem(
            pointer=f"/payment_ids/{number}",
            code=PaymentNotGathered.code,
            detail=f"Name a payment of the fund in {currency} that waits to be approved or "
            "released.",
        )
        for number, one in enumerate(payment_ids)
        if one not in found
    ]
    if faults:
        raise PaymentNotGathered(errors=faults)
    await _refuse_gathered_already(db, found)
    return sorted(found)


async def _refuse_gathered_already(db: AsyncSession, payment_ids: set[UUID]) -> None:
    taken = select(Payment.reference).where(access.named(payment_ids), access.in_a_run())
    references = (await db.scalars(taken.order_by(Payment.reference))).all()
    if references:
        raise PaymentInARun(f"In another run that is not done: {', '.join(references)}.")


async def approve_payment_run(
    db: AsyncSession, actor: Actor, payment_run_id: UUID, *, if_match: int | None
) -> Written[PaymentRunOut]:
    """Approve each of its payments, or none. Raises GuardsUnmet (409), which names those that
    stand in the way."""
    run = await access.payment_run(db, actor, payment_run_id, lock=True)
    writes = {"approved_by_id": actor.person_id, "approved_at": now(db)}
    await move(db, actor, run, PAYMENT_RUN, "approve", if_match=if_match, writes=writes)
    for payment_id in await access.payments_of(db, run):
        payment = await payments.payment(db, actor, payment_id)
        if payment.status is not PaymentStatus.APPROVED:
            await service.approve_payment(db, actor, payment_id, if_match=ANY_VERSION)
    return await PAYMENT_RUNS.told_to(db, actor, run.id)


async def release_payment_run(
    db: AsyncSession, actor: Actor, payment_run_id: UUID, *, if_match: int | None
) -> Written[PaymentRunOut]:
    """Release each of its payments that can be; the others leave it, with what is in their way.

    Raises GuardsUnmet (409) where none can be.
    """
    run = await access.payment_run(db, actor, payment_run_id, lock=True)
    writes = {"released_by_id": actor.person_id, "released_at": now(db)}
    await move(db, actor, run, PAYMENT_RUN, "release", if_match=if_match, writes=writes)
    await db.flush()
    came = [
        await _release_or_leave(db, actor, item) for item in await access.live_items(db, run.id)
    ]
    if None not in came:
        refuse_unmet(*came)
    await db.flush()
    return await PAYMENT_RUNS.told_to(db, actor, run.id)


async def _release_or_leave(db: AsyncSession, actor: Actor, item: PaymentRunItem) -> Unmet | None:
    """Release the payment, or say what is in its way: it leaves the run then."""
    payment = await payments.payment(db, actor, item.payment_id, lock=True)
    in_the_way = await unmet_of(db, actor, payment, PAYMENT, "release")
    if not in_the_way:
        await service.release_payment(db, actor, payment.id, if_match=ANY_VERSION)
        return None
    unmet = refused(payment, in_the_way)
    leave(db, item, LeftBecause.REFUSED, " ".join(one.detail for one in in_the_way))
    return unmet


async def cancel_payment_run(
    db: AsyncSession, actor: Actor, payment_run_id: UUID, reason: str, *, if_match: int | None
) -> Written[PaymentRunOut]:
    """Give a run up that was not released; its payments stay as they are."""
    run = await access.payment_run(db, actor, payment_run_id, lock=True)
    await move(db, actor, run, PAYMENT_RUN, "cancel", reason=reason, if_match=if_match)
    return await PAYMENT_RUNS.told_to(db, actor, run.id)


async def explain_payment_run_actions(
    db: AsyncSession, actor: Actor, payment_run_id: UUID
) -> ActionsOut:
    """Every move of the run now, with what stands in its way."""
    run = await access.payment_run(db, actor, payment_run_id)
    return await explain_actions(db, actor, run, PAYMENT_RUN)
