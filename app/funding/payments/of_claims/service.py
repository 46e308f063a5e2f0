"""Saying where a claim is to be paid to, and asking that it be paid."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.funding.expenses import access as claims
from app.funding.expenses.lifecycle import CLAIM, ExpenseClaimStatus
from app.funding.expenses.models import ExpenseClaim
from app.funding.payments import access
from app.funding.payments.lifecycle import PAYMENT
from app.funding.payments.models import Payment
from app.funding.payments.payee_accounts.access import hold_payable, of_claim, verified
from app.funding.payments.payee_accounts.lifecycle import PAYEE_ACCOUNT
from app.funding.payments.payee_accounts.schemas import PayeeAccountOut, ProposeOwnAccount
from app.funding.payments.payee_accounts.service import propose_own
from app.funding.payments.payee_accounts.telling import PAYEE_ACCOUNTS
from app.funding.payments.schemas import PaymentOut
from app.funding.payments.service import REQUEST, PayeeAccountMissing, PaymentOpen
from app.funding.payments.telling import PAYMENTS
from app.kernel.errors import Conflict, constraint
from app.kernel.lifecycle import create, move
from app.kernel.written import Written
from app.people.erasures.personal import NAME
from app.people.identity.actors import Actor


class ExpenseClaimEnded(Conflict):
    """A claim that was declined or withdrawn is paid nowhere."""


class AccountOfAnother(Conflict):
    """The account is said, and taken back, by the person whose it is: the claimant."""


class ExpenseClaimNotApproved(Conflict):
    """A claim is paid once it is approved."""


class ClaimantErased(Conflict):
    """Whoever claims it was erased, and the name on the account is known no more: reopen the claim,
    and decline it."""


constraint("uq_payments_one_live_of_claim", PaymentOpen)


async def propose_expense_payee_account(
    db: AsyncSession, actor: Actor, expense_claim_id: UUID, body: ProposeOwnAccount
) -> Written[PayeeAccountOut]:
    """Say where one's claim is to be paid to. Raises ExpenseClaimNotFound (404), AccountOfAnother,
    ExpenseClaimEnded, PayeeAccountProposedAlready (409), AccountInAnotherCurrency (422)."""
    claim = await _own(db, actor, expense_claim_id)
    if claim.status in (ExpenseClaimStatus.DECLINED, ExpenseClaimStatus.WITHDRAWN):
        raise ExpenseClaimEnded
    return await propose_own(db, actor, claim, body)


async def withdraw_expense_payee_account(
    db: AsyncSession,
    actor: Actor,
    expense_claim_id: UUID,
    payee_account_id: UUID,
    *,
    if_match: int | None,
) -> Written[PayeeAccountOut]:
    """Take a proposal of one's own back that was not verified yet. Raises ExpenseClaimNotFound,
    PayeeAccountNotFound (404), AccountOfAnother (409)."""
    claim = await _own(db, actor, expense_claim_id)
    account = await of_claim(db, claim.id, payee_account_id)
    await move(db, actor, account, PAYEE_ACCOUNT, "withdraw_own", if_match=if_match)
    return await PAYEE_ACCOUNTS.told_to(db, actor, account.id)


async def _own(db: AsyncSession, actor: Actor, expense_claim_id: UUID) -> ExpenseClaim:
    """A claim of the actor's own, held as all that its money waits for. Raises AccountOfAnother
    (409)."""
    await claims.expense_claim.allowing(db, actor, expense_claim_id, CLAIM)
    await hold_payable(db, expense_claim_id)
    claim = await claims.expense_claim(db, actor, expense_claim_id)
    if claim.claimant_id not in actor.persons:
        raise AccountOfAnother
    return claim


async def request_expense_payment(
    db: AsyncSession, actor: Actor, expense_claim_id: UUID
) -> Written[PaymentOut]:
    """Ask that what was approved of a claim be paid. Raises ExpenseClaimNotFound (404), NotAllowed
    (403), ExpenseClaimNotApproved, PaymentOpen, PayeeAccountMissing, ClaimantErased (409)."""
    claim = await claims.expense_claim.allowing(db, actor, expense_claim_id, REQUEST, lock=True)
    if claim.approved_minor is None or claim.approved_tax_minor is None:
        raise ExpenseClaimNotApproved
    if await access.live_of_claim(db, claim.id) is not None:
        raise PaymentOpen
    account = await verified(db, claim.id)
    if account is None:
        raise PayeeAccountMissing
    if account.holder_name == NAME:
        raise ClaimantErased
    payment = await _asked(db, actor, claim, account.id)
    payment.amount_minor = claim.approved_minor
    payment.tax_minor = claim.approved_tax_minor
    await create(db, actor, payment, PAYMENT, "request", under=claim.id)
    return await PAYMENTS.told_to(db, actor, payment.id)


async def _asked(db: AsyncSession, actor: Actor, claim: ExpenseClaim, account_id: UUID) -> Payment:
    assert actor.person_id is not None
    number = await access.next_number(db, claim.id)
    return Payment(
        scope_id=claim.id,
        expense_claim_id=claim.id,
        expense_claim=claim,
        fund_id=claim.fund_id,
        payee_account_id=account_id,
        number=number,
        reference=f"{claim.reference}-P{number}",
        currency=claim.currency,
        requested_by_id=actor.person_id,
    )
