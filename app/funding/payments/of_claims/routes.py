"""The contract of paying what people claim."""

from typing import Annotated
from uuid import UUID

from fastapi import Path

from app.funding.expenses.access import ExpenseClaimNotFound
from app.funding.expenses.lifecycle import CLAIM
from app.funding.payments.lifecycle import PAYMENT
from app.funding.payments.of_claims import service
from app.funding.payments.payee_accounts.access import PayeeAccountNotFound
from app.funding.payments.payee_accounts.lifecycle import PAYEE_ACCOUNT
from app.funding.payments.payee_accounts.schemas import PayeeAccountOut, ProposeOwnAccount
from app.funding.payments.payee_accounts.service import (
    AccountInAnotherCurrency,
    PayeeAccountProposedAlready,
)
from app.funding.payments.schemas import PaymentOut
from app.funding.payments.service import PayeeAccountMissing, PaymentOpen
from app.kernel.written import Written
from app.people.identity.deps import CurrentActor
from app.web.moves import told
from app.web.preconditions import IfMatch
from app.web.routing import Router
from app.web.transaction import Db

router = Router("Expenses")

ExpenseClaimId = Annotated[UUID, Path(description="The claim.")]
PayeeAccountId = Annotated[UUID, Path(description="The payee account.")]


@router.create(
    PAYEE_ACCOUNT,
    "/expense-claims/{expense_claim_id}/payee-accounts",
    by=("propose_own",),
    refuses=(
        ExpenseClaimNotFound,
        service.AccountOfAnother,
        service.ExpenseClaimEnded,
        PayeeAccountProposedAlready,
        AccountInAnotherCurrency,
    ),
    example={
        "form": "sort_code",
        "country": "GB",
        "currency": "GBP",
        "holder_name": "Ada Marsh",
        "bank_code": "20-00-00",
        "number": "55779911",
        "contact_name": "Ada Marsh",
        "contact_email": "ada@example.org",
    },
)
async def propose_expense_payee_account(
    db: Db, actor: CurrentActor, expense_claim_id: ExpenseClaimId, body: ProposeOwnAccount
) -> Written[PayeeAccountOut]:
    """Propose the account of yours to which a claim of yours is to be paid. It is verified by a
    call, and paid to once it has cooled off, as that of a grant."""
    return await service.propose_expense_payee_account(db, actor, expense_claim_id, body)


@router.post(
    "/expense-claims/{expense_claim_id}/payee-accounts/{payee_account_id}/withdraw",
    permission=CLAIM,
    moves=told(PAYEE_ACCOUNT, "withdraw_own"),
    refuses=(ExpenseClaimNotFound, PayeeAccountNotFound, service.AccountOfAnother),
)
async def withdraw_expense_payee_account(
    db: Db,
    actor: CurrentActor,
    expense_claim_id: ExpenseClaimId,
    payee_account_id: PayeeAccountId,
    if_match: IfMatch,
) -> Written[PayeeAccountOut]:
    """Take back where a claim of yours is to be paid to, as long as it was not verified: a claim
    tells it in `proposed_payee_account`. Payments to the account before it go on, and another may
    be proposed."""
    return await service.withdraw_expense_payee_account(
        db, actor, expense_claim_id, payee_account_id, if_match=if_match
    )


@router.create(
    PAYMENT,
    "/expense-claims/{expense_claim_id}/payments",
    by=("request",),
    key_required=True,
    refuses=(
        ExpenseClaimNotFound,
        service.ExpenseClaimNotApproved,
        PaymentOpen,
        PayeeAccountMissing,
        service.ClaimantErased,
    ),
)
async def request_expense_payment(
    db: Db, actor: CurrentActor, expense_claim_id: ExpenseClaimId
) -> Written[PaymentOut]:
    """Ask that all that was approved of a claim be paid to the claimant's account. From here on it
    is a payment as any other. A claim has one that was not cancelled or reversed."""
    return await service.request_expense_payment(db, actor, expense_claim_id)
