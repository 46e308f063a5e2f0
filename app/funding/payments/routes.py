"""The contract of payments."""

from typing import Annotated, Final
from uuid import UUID

from fastapi import Path, Query

from app.funding.funds.ledger import NotEnoughMoney
from app.funding.funds.service import CurrencyDiffers
from app.funding.grants.access import GrantNotFound, MilestoneNotFound
from app.funding.payments import access, service
from app.funding.payments.access import READ
from app.funding.payments.exchange.service import ExchangeMissing, ExchangeNotNeeded, NothingTaken
from app.funding.payments.lifecycle import PAYMENT
from app.funding.payments.runs.lifecycle import PAYMENT_RUN
from app.funding.payments.schemas import (
    EditPayment,
    PaymentFilters,
    PaymentOut,
    PaymentPage,
    PaymentQuery,
    RequestPayment,
    SettlePayment,
)
from app.funding.payments.telling import OF_FUND, OF_GRANT, PAYMENTS, PAYMENTS_AS_CSV
from app.kernel.lifecycle import GuardsUnmet
from app.kernel.schemas import ActionsOut, WithReason
from app.kernel.written import Written, WrittenList
from app.people.identity.deps import CurrentActor
from app.people.reads.deps import Reading, export_of, history_of
from app.web.moves import told
from app.web.preconditions import IfMatch
from app.web.routing import Router
from app.web.transaction import Db

router = Router("Payments")

GrantId = Annotated[UUID, Path(description="The grant.")]
FundId = Annotated[UUID, Path(description="The fund.")]
MilestoneId = Annotated[UUID, Path(description="The milestone.")]
PaymentId = Annotated[UUID, Path(description="The payment.")]
WHY: Final = {"reason": "The bank asked who stands behind the account."}


@router.create(
    PAYMENT,
    "/milestones/{milestone_id}/payments",
    by=("request",),
    key_required=True,
    refuses=(
        MilestoneNotFound,
        GuardsUnmet,
        service.NoFundPaysIt,
        service.NothingPayable,
        service.PaymentOpen,
        service.PayeeAccountMissing,
        service.InvoiceNumberTaken,
        service.InvoiceNumberMissing,
        service.AmountNotPayable,
        service.TaxAboveAmount,
    ),
    example={
        "amount": {"amount_minor": 800000, "currency": "GBP"},
        "tax_minor": 133333,
        "invoice_number": "INV-2026-014",
    },
)
async def request_payment(
    db: Db, actor: CurrentActor, milestone_id: MilestoneId, body: RequestPayment
) -> Written[PaymentOut]:
    """Ask that what a milestone made payable be paid to the grant's payee account. A milestone has
    one payment that was not cancelled or reversed."""
    return await service.request_payment(db, actor, milestone_id, body)


@router.get("/grants/{grant_id}/payments", permission=READ, refuses=(GrantNotFound,))
async def list_grant_payments(
    read: Reading, grant_id: GrantId, query: Annotated[PaymentFilters, Query()]
) -> WrittenList[PaymentPage]:
    """The payments of a grant, the latest first."""
    return await PAYMENTS.page(read, query, OF_GRANT, grant_id)


@router.get("/funds/{fund_id}/payments", permission=READ)
async def list_fund_payments(
    read: Reading, fund_id: FundId, query: Annotated[PaymentFilters, Query()]
) -> WrittenList[PaymentPage]:
    """The payments that a fund makes, the latest first."""
    return await PAYMENTS.page(read, query, OF_FUND, fund_id)


@router.get("/payments", permission=READ)
async def list_payments(
    read: Reading, query: Annotated[PaymentQuery, Query()]
) -> WrittenList[PaymentPage]:
    """The payments that you may see, the latest first."""
    return await PAYMENTS.page(read, query)


@router.get("/payments/{payment_id}", permission=READ)
async def get_payment(read: Reading, payment_id: PaymentId) -> Written[PaymentOut]:
    """One payment, with each time that it was handed to the bank."""
    return await PAYMENTS.one(read, payment_id)


@router.patch(
    "/payments/{payment_id}",
    permission=service.REQUEST,
    moves=told(PAYMENT, "void"),
    if_match=True,
    refuses=(service.PaymentFixed, service.InvoiceNumberTaken, service.TaxAboveAmount),
    example={"invoice_number": "INV-2026-014A"},
)
async def edit_payment(
    db: Db, actor: CurrentActor, payment_id: PaymentId, body: EditPayment, if_match: IfMatch
) -> Written[PaymentOut]:
    """Change what the body names and nothing else. A payment that was approved is requested again:
    the approval was of what it said before."""
    return await service.edit_payment(db, actor, payment_id, body, if_match=if_match)


@router.move(PAYMENT, "approve", key_required=True)
async def approve_payment(
    db: Db, actor: CurrentActor, payment_id: PaymentId, if_match: IfMatch
) -> Written[PaymentOut]:
    """Approve a payment. The approval is of the amount, its account and its milestone as they are
    now: when one of them changes, it is void."""
    return await service.approve_payment(db, actor, payment_id, if_match=if_match)


@router.move(PAYMENT, "hold", example=WHY)
async def hold_payment(
    db: Db, actor: CurrentActor, payment_id: PaymentId, body: WithReason, if_match: IfMatch
) -> Written[PaymentOut]:
    """Put a payment on hold that was not released. Nobody is asked for it meanwhile."""
    return await service.unapproving(
        db, actor, payment_id, "hold", if_match=if_match, reason=body.reason
    )


@router.move(PAYMENT, "resume")
async def resume_payment(
    db: Db, actor: CurrentActor, payment_id: PaymentId, if_match: IfMatch
) -> Written[PaymentOut]:
    """Take a payment up again that was on hold; it is to be approved, again if it was."""
    return await service.unapproving(db, actor, payment_id, "resume", if_match=if_match)


@router.move(PAYMENT, "release", key_required=True)
async def release_payment(
    db: Db, actor: CurrentActor, payment_id: PaymentId, if_match: IfMatch
) -> Written[PaymentOut]:
    """Hand what was approved to the bank, under the `end_to_end_id` of a new attempt."""
    return await service.release_payment(db, actor, payment_id, if_match=if_match)


@router.move(
    PAYMENT,
    "settle",
    also=told(PAYMENT_RUN, "finish"),
    key_required=True,
    refuses=(
        service.BankReferenceUsed,
        service.ValueDayOutOfOrder,
        service.ChargesAboveAmount,
        ExchangeMissing,
        ExchangeNotNeeded,
        CurrencyDiffers,
        NothingTaken,
        NotEnoughMoney,
    ),
    example={"bank_reference": "FT26062-0441", "value_on": "2026-03-02"},
)
async def settle_payment(
    db: Db, actor: CurrentActor, payment_id: PaymentId, body: SettlePayment, if_match: IfMatch
) -> Written[PaymentOut]:
    """Record the bank's settlement of a payment. Of one in another currency than its fund's
    `exchange` says what the bank took: the difference to what stood in the books is the fund's
    (`exchange_loss_uncovered` where it has not so much left)."""
    return await service.settle_payment(db, actor, payment_id, body, if_match=if_match)


@router.move(
    PAYMENT,
    "fail",
    also=told(PAYMENT_RUN, "finish"),
    example={"reason": "AC04: the account was closed."},
)
async def fail_payment(
    db: Db, actor: CurrentActor, payment_id: PaymentId, body: WithReason, if_match: IfMatch
) -> Written[PaymentOut]:
    """Record that the bank did not carry out a payment, and why. The amount is payable again; it is
    approved and released once more, or cancelled."""
    return await service.fail_payment(db, actor, payment_id, body.reason, if_match=if_match)


@router.move(
    PAYMENT,
    "reverse",
    completed_by="the second of two persons",
    key_required=True,
    refuses=(NotEnoughMoney,),
    example={"reason": "The bank sent it back on 9 March."},
)
async def reverse_payment(
    db: Db, actor: CurrentActor, payment_id: PaymentId, body: WithReason, if_match: IfMatch
) -> Written[PaymentOut]:
    """Record that the bank returned a settled payment. It takes two persons, one of them with
    `payment.endorse_reversal`; what is still owed is requested anew."""
    return await service.reverse_payment(db, actor, payment_id, body.reason, if_match=if_match)


@router.move(PAYMENT, "cancel", example={"reason": "The invoice was for another grant."})
async def cancel_payment(
    db: Db, actor: CurrentActor, payment_id: PaymentId, body: WithReason, if_match: IfMatch
) -> Written[PaymentOut]:
    """Give up a payment that was not released. What was earned stays payable."""
    return await service.unapproving(
        db, actor, payment_id, "cancel", if_match=if_match, reason=body.reason
    )


@router.get("/payments/{payment_id}/actions", permission=READ)
async def explain_payment_actions(db: Db, actor: CurrentActor, payment_id: PaymentId) -> ActionsOut:
    """Every move of the payment now, with what stands in its way."""
    return await service.explain_payment_actions(db, actor, payment_id)


history_of(router, "payment", "/payments/{payment_id}", access.payment, permission=READ)

export_of(router, "/payments", PAYMENTS_AS_CSV, PaymentQuery, permission=READ)
