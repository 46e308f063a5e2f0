"""What must hold of a run of payments before it is approved or released."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.funding.payments import access as payments
from app.funding.payments.lifecycle import PAYMENT, PaymentStatus
from app.funding.payments.limits.guards import above_limit
from app.funding.payments.limits.lifecycle import LimitedAct
from app.funding.payments.limits.queries import Matter
from app.funding.payments.models import Payment
from app.funding.payments.runs import access
from app.funding.payments.runs.lifecycle import PAYMENT_RUN
from app.funding.payments.runs.models import PaymentRun
from app.kernel.activity import Actor
from app.kernel.clock import now
from app.kernel.lifecycle import unmet_of
from app.kernel.schemas import Ref
from app.kernel.transitions import Unmet
from app.people.identity.actors import Actor as NetworkActor


@PAYMENT_RUN.guard("approve")
@PAYMENT_RUN.guard("release")
async def run_has_payments(db: AsyncSession, _actor: Actor, run: PaymentRun) -> Unmet | None:
    """A run that all payments have left is cancelled."""
    if await access.payments_of(db, run):
        return None
    return Unmet("payment_run_empty", "No payment is in it any more: cancel it.")


@PAYMENT_RUN.guard("release")
async def run_was_approved_by_another(
    _db: AsyncSession, actor: Actor, run: PaymentRun
) -> Unmet | None:
    """Whoever releases a run has not approved it, be it that another had approved each payment."""
    if run.approved_by_id not in actor.persons:
        return None
    return Unmet("payment_run_approved_by_you", "You approved it: another person releases it.")


@PAYMENT_RUN.guard("approve")
async def sum_is_within_the_limit_of_approval(
    db: AsyncSession, actor: Actor, run: PaymentRun
) -> Unmet | None:
    """Nobody approves together what comes to more than their limit, where limits stand."""
    return await _above(db, actor, run, LimitedAct.APPROVE)


@PAYMENT_RUN.guard("release")
async def sum_is_within_the_limit_of_release(
    db: AsyncSession, actor: Actor, run: PaymentRun
) -> Unmet | None:
    """Nobody releases together what comes to more than their limit, where limits stand."""
    return await _above(db, actor, run, LimitedAct.RELEASE)


@PAYMENT_RUN.guard("approve")
async def each_may_be_approved(db: AsyncSession, actor: Actor, run: PaymentRun) -> list[Unmet]:
    """A run is approved as a whole: each of its payments by the rules of payments."""
    found: list[Unmet] = []
    for payment_id in await access.payments_of(db, run):
        assert isinstance(actor, NetworkActor)
        payment = await payments.payment(db, actor, payment_id)
        if payment.status is not PaymentStatus.APPROVED:
            in_the_way = await unmet_of(db, actor, payment, PAYMENT, "approve")
            if in_the_way:
                found.append(refused(payment, in_the_way))
    return found


def refused(payment: Payment, in_the_way: list[Unmet]) -> Unmet:
    """That one payment is in the way of its run, and why."""
    why = " ".join(one.detail for one in in_the_way)
    about = Ref(id=payment.id, reference=payment.reference, name=payment.reference)
    return Unmet("payment_refused", f"{payment.reference}: {why}", subjects=(about,))


async def _above(db: AsyncSession, actor: Actor, run: PaymentRun, act: LimitedAct) -> Unmet | None:
    fund = await access.fund_of(db, run)
    matter = Matter(act, fund.programme_id, fund.currency, run.fund_id, now(db))
    return await above_limit(db, actor, matter, await access.total_minor(db, run))
