"""The verbs of payments: three people pay what a milestone made payable, and the bank says how it
went."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from pydantic import MISSING
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.funding.funds.buckets import EntryKind
from app.funding.funds.references import folded
from app.funding.grants import access as grants
from app.funding.grants.booking.queries import net
from app.funding.grants.models import Milestone
from app.funding.payments import access
from app.funding.payments.approvals import digest
from app.funding.payments.exchange import service as exchange
from app.funding.payments.guards import not_paying
from app.funding.payments.lifecycle import PAYMENT, PaymentStatus
from app.funding.payments.models import Payment
from app.funding.payments.payee_accounts.access import hold_grant, verified
from app.funding.payments.payee_accounts.models import PayeeAccount
from app.funding.payments.schemas import EditPayment, PaymentOut, RequestPayment, SettlePayment
from app.funding.payments.telling import PAYMENTS
from app.funding.payments.voiding import UNAPPROVED, void_approval
from app.kernel import activity
from app.kernel.clock import day, network_zone, now, today
from app.kernel.editing import amend
from app.kernel.errors import Conflict, Unprocessable, constraint
from app.kernel.lifecycle import create, explain_actions, move, refuse_unmet
from app.kernel.money import decimal
from app.kernel.schemas import ActionsOut
from app.kernel.written import Written
from app.people.identity.actors import Actor

REQUEST = "payment.request"
WITHOUT_INVOICE = "payment.request_without_invoice"


class NoFundPaysIt(Conflict):
    """The grant is in no fund's books, so nothing is paid of it here."""


class NothingPayable(Conflict):
    """Nothing of this milestone is to be paid: it was not accepted, or no money hangs on it."""


class PaymentOpen(Conflict):
    """It has a payment already. One that was cancelled or reversed can be requested anew."""


class PayeeAccountMissing(Conflict):
    """Nobody has verified yet where it is paid to: propose a payee account first."""


class InvoiceNumberTaken(Conflict):
    """The payee has named this invoice for another payment."""


class InvoiceNumberMissing(Unprocessable):
    """Whoever is paid names the invoice: send `invoice_number`."""


class AmountNotPayable(Unprocessable):
    """A payment is of all that its milestone made payable, in that currency."""


class TaxAboveAmount(Unprocessable):
    """The tax is a part of the amount, and no more than that."""


class PaymentFixed(Conflict):
    """A payment that was released, or has come to its end, stays as it is: one that failed is
    cancelled and requested anew."""


class ChargesAboveAmount(Unprocessable):
    """The bank took no more than it was given to pay."""


class BankReferenceUsed(Conflict):
    """Another payment of the fund was settled by this reference of the bank."""


class ValueDayOutOfOrder(Unprocessable):
    """The bank booked it on the day of its release or later, and not after today."""


constraint("uq_payments_one_live", PaymentOpen)
constraint("uq_payments_invoice", InvoiceNumberTaken, "/invoice_number")
constraint("uq_payments_bank_reference", BankReferenceUsed)


async def request_payment(
    db: AsyncSession, actor: Actor, milestone_id: UUID, body: RequestPayment
) -> Written[PaymentOut]:
    """Ask that what a milestone made payable be paid.

    Raises NoFundPaysIt, NothingPayable, PaymentOpen, PayeeAccountMissing, InvoiceNumberTaken (409),
    InvoiceNumberMissing, AmountNotPayable, TaxAboveAmount (422).
    """
    milestone = await _of_held_grant(db, actor, milestone_id)
    refuse_unmet(not_paying(db, milestone.grant))
    _refuse_without_invoice(actor, milestone, body.invoice_number)
    grant = milestone.grant
    if grant.fund_id is None:
        raise NoFundPaysIt
    await _refuse_second(db, milestone)
    booked_minor = await _refuse_another_amount(db, milestone, body)
    account = await _account_of(db, milestone)
    number = await access.next_number(db, grant.id)
    assert actor.person_id is not None
    payment = Payment(
        scope_id=grant.id,
        grant_id=grant.id,
        grant=grant,
        milestone_id=milestone.id,
        fund_id=grant.fund_id,
        payee_id=account.organisation_id,
        payee_account_id=account.id,
        number=number,
        reference=f"{grant.reference}-P{number}",
        amount_minor=body.amount.amount_minor,
        tax_minor=body.tax_minor,
        currency=body.amount.currency,
        booked_minor=booked_minor if grant.exchange_rate_id else None,
        invoice_number=body.invoice_number,
        invoice_folded=body.invoice_number and folded(body.invoice_number),
        requested_by_id=actor.person_id,
    )
    await create(db, actor, payment, PAYMENT, "request", under=grant.scope_id)
    return await PAYMENTS.told_to(db, actor, payment.id)


async def _of_held_grant(db: AsyncSession, actor: Actor, milestone_id: UUID) -> Milestone:
    """The milestone, held after its grant as all that its money waits for."""
    seen = await grants.milestone.allowing(db, actor, milestone_id, REQUEST)
    await hold_grant(db, seen.grant_id)
    return await grants.agreed_milestone(db, actor, milestone_id, lock=True)


def _refuse_without_invoice(actor: Actor, milestone: Milestone, invoice: str | None) -> None:
    if invoice is None and not actor.demand(WITHOUT_INVOICE, milestone.scope_id):
        raise InvoiceNumberMissing.at("/invoice_number", "Name the invoice.")


async def _refuse_second(db: AsyncSession, milestone: Milestone) -> None:
    if await access.live(db, milestone.id) is not None:
        raise PaymentOpen


async def _refuse_another_amount(
    db: AsyncSession, milestone: Milestone, body: RequestPayment
) -> int:
    """What is payable stands in the books as. Raises NothingPayable (409), AmountNotPayable,
    TaxAboveAmount (422)."""
    undone = EntryKind.ACCEPTANCE_UNDONE
    payable = net(milestone.grant_id, EntryKind.ACCEPTANCE, undone, milestone.id)
    asked = await db.execute(select(payable.booked, payable.granted))
    booked_minor, payable_minor = asked.one()
    currency = milestone.terms.grant_version.currency
    if not payable_minor:
        raise NothingPayable
    if (body.amount.amount_minor, body.amount.currency) != (payable_minor, currency):
        detail = f"Payable is {currency} {decimal(payable_minor, currency)}."
        raise AmountNotPayable.at("/amount", detail)
    _refuse_tax(body.tax_minor, payable_minor)
    return booked_minor


def _refuse_tax(tax_minor: int, amount_minor: int) -> None:
    if tax_minor > amount_minor:
        raise TaxAboveAmount.at("/tax_minor", "Name no more than the amount.")


async def _account_of(db: AsyncSession, milestone: Milestone) -> PayeeAccount:
    account = await verified(db, milestone.grant_id)
    if account is None:
        raise PayeeAccountMissing
    return account


async def edit_payment(
    db: AsyncSession, actor: Actor, payment_id: UUID, body: EditPayment, *, if_match: int | None
) -> Written[PaymentOut]:
    """Change its tax or its invoice; what was approved is to be approved again.

    Raises PaymentFixed, InvoiceNumberTaken (409), TaxAboveAmount (422).
    """
    payment = await access.payment.to_change(db, actor, payment_id, REQUEST, if_match=if_match)
    if payment.status not in (
        PaymentStatus.REQUESTED,
        PaymentStatus.APPROVED,
        PaymentStatus.ON_HOLD,
    ):
        raise PaymentFixed
    wanted = body.model_dump()
    if body.tax_minor is not MISSING:
        _refuse_tax(body.tax_minor, payment.amount_minor)
    if body.invoice_number is not MISSING:
        wanted["invoice_folded"] = folded(body.invoice_number)
    if changed := amend(payment, wanted):
        changed.pop("invoice_folded", None)
        activity.record(db, actor, "payment.edited", payment, detail=changed)
        await void_approval(db, actor, payment)
    return await PAYMENTS.told_to(db, actor, payment.id)


async def approve_payment(
    db: AsyncSession, actor: Actor, payment_id: UUID, *, if_match: int | None
) -> Written[PaymentOut]:
    """Approve a payment as it is now: the approval counts for that alone."""
    payment = await access.payment(db, actor, payment_id, lock=True)
    writes = {
        "approved_by_id": actor.person_id,
        "approved_at": now(db),
        "approved_sha256": digest(payment),
    }
    await move(db, actor, payment, PAYMENT, "approve", if_match=if_match, writes=writes)
    return await PAYMENTS.told_to(db, actor, payment.id)


async def release_payment(
    db: AsyncSession, actor: Actor, payment_id: UUID, *, if_match: int | None
) -> Written[PaymentOut]:
    """Hand what was approved to the bank."""
    payment = await access.payment(db, actor, payment_id, lock=True)
    writes = {"released_by_id": actor.person_id}
    await move(db, actor, payment, PAYMENT, "release", if_match=if_match, writes=writes)
    return await PAYMENTS.told_to(db, actor, payment.id)


async def settle_payment(
    db: AsyncSession, actor: Actor, payment_id: UUID, body: SettlePayment, *, if_match: int | None
) -> Written[PaymentOut]:
    """Record the bank's settlement of a payment.

    Raises BankReferenceUsed, GuardsUnmet (409), ValueDayOutOfOrder, ChargesAboveAmount,
    ExchangeMissing, ExchangeNotNeeded, CurrencyDiffers, NothingTaken (422).
    """
    payment = await access.payment.allowing(db, actor, payment_id, "payment.settle", lock=True)
    await _refuse_out_of_order(db, payment, body.value_on)
    if body.charges_minor > payment.amount_minor:
        raise ChargesAboveAmount.at("/charges_minor", "Name no more than the amount.")
    writes: Mapping[str, Any] = {
        **body.model_dump(exclude={"exchange"}),
        **await exchange.taken(db, payment, body.exchange),
        "bank_reference_folded": folded(body.bank_reference),
        "settled_at": now(db),
    }
    await _refuse_used(db, payment, body.bank_reference)
    taken_minor = writes.get("taken_minor")
    refuse_unmet(await exchange.uncovered(db, payment, taken_minor, body.value_on))
    await move(db, actor, payment, PAYMENT, "settle", if_match=if_match, writes=writes)
    return await PAYMENTS.told_to(db, actor, payment.id)


async def _refuse_out_of_order(db: AsyncSession, payment: Payment, value_on: date) -> None:
    """Raises ValueDayOutOfOrder (422): the bank's day may be that of the network, where that of the
    cohort had begun already."""
    timezone = payment.cohort.timezone
    attempt = await access.latest_attempt(db, payment.id)
    first = date.min
    if attempt is not None:
        first = min(day(attempt.released_at, zone) for zone in (timezone, network_zone(db)))
    if not first <= value_on <= today(db, timezone):
        raise ValueDayOutOfOrder.at("/value_on", "Name a day since its release.")


async def _refuse_used(db: AsyncSession, payment: Payment, bank_reference: str) -> None:
    used = select(Payment.id).where(
        Payment.fund_id == payment.fund_id,
        Payment.bank_reference_folded == folded(bank_reference),
        Payment.id != payment.id,
    )
    if await db.scalar(used) is not None:
        raise BankReferenceUsed


async def fail_payment(
    db: AsyncSession, actor: Actor, payment_id: UUID, reason: str, *, if_match: int | None
) -> Written[PaymentOut]:
    """Record that the bank did not carry out a payment: it is payable again, and approved anew."""
    payment = await access.payment(db, actor, payment_id, lock=True)
    account = await verified(db, payment.scope_id)
    back = {"payee_account_id": account.id if account else payment.payee_account_id}
    writes = {**UNAPPROVED, "released_by_id": None, **back}
    await move(db, actor, payment, PAYMENT, "fail", reason=reason, if_match=if_match, writes=writes)
    return await PAYMENTS.told_to(db, actor, payment.id)


async def reverse_payment(
    db: AsyncSession, actor: Actor, payment_id: UUID, reason: str, *, if_match: int | None
) -> Written[PaymentOut]:
    """Record that the bank returned a settled payment; it takes two persons.

    Raises SecondPersonRequired (409) for who has said so already.
    """
    payment = await access.payment(db, actor, payment_id, lock=True)
    await access.hold_fund(db, payment)
    bound = digest(payment).hex()
    await move(
        db, actor, payment, PAYMENT, "reverse", reason=reason, if_match=if_match, digest=bound
    )
    return await PAYMENTS.told_to(db, actor, payment.id)


async def unapproving(
    db: AsyncSession,
    actor: Actor,
    payment_id: UUID,
    name: str,
    *,
    if_match: int | None,
    reason: str | None = None,
) -> Written[PaymentOut]:
    """Put a payment on hold, take it up again or cancel it: none of these is approved any more."""
    payment = await access.payment(db, actor, payment_id, lock=True)
    await move(
        db, actor, payment, PAYMENT, name, reason=reason, if_match=if_match, writes=UNAPPROVED
    )
    return await PAYMENTS.told_to(db, actor, payment.id)


async def explain_payment_actions(db: AsyncSession, actor: Actor, payment_id: UUID) -> ActionsOut:
    """Every move of the payment now, with what stands in its way."""
    return await explain_actions(db, actor, await access.payment(db, actor, payment_id), PAYMENT)
