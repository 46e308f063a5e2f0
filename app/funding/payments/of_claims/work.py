"""What waits among claims that were approved: saying where to they are paid, and asking for it."""

from sqlalchemy import ColumnElement, and_, any_, exists, false

from app.funding.expenses.access import READ
from app.funding.expenses.lifecycle import CLAIM, ExpenseClaimStatus
from app.funding.expenses.models import ExpenseClaim
from app.funding.expenses.work import CALLED, OF_CLAIM
from app.funding.payments.lifecycle import LIVE
from app.funding.payments.models import Payment
from app.funding.payments.payee_accounts.lifecycle import PayeeAccountStatus
from app.funding.payments.payee_accounts.models import PayeeAccount
from app.people.erasures.personal import NAME
from app.people.obligations.register import Branch, Kind, Making, Side, work
from app.people.obligations.rows import Reach, Row, When


def _has_account(*statuses: PayeeAccountStatus) -> ColumnElement[bool]:
    account = exists().where(
        PayeeAccount.expense_claim_id == ExpenseClaim.id, PayeeAccount.status.in_(statuses)
    )
    return account.correlate(ExpenseClaim)


def _is_known() -> ColumnElement[bool]:
    """Whether an account was verified, and it is known still whose that is."""
    account = exists().where(
        PayeeAccount.expense_claim_id == ExpenseClaim.id,
        PayeeAccount.status == PayeeAccountStatus.VERIFIED,
        PayeeAccount.holder_name != NAME,
    )
    return account.correlate(ExpenseClaim)


def _is_asked_for() -> ColumnElement[bool]:
    asked = exists().where(Payment.expense_claim_id == ExpenseClaim.id, Payment.status.in_(LIVE))
    return asked.correlate(ExpenseClaim)


def _account_to_be_named(reach: Reach, waits: Branch) -> Row:
    """Claims that were approved, where the claimant has not said yet where to."""
    mine: ColumnElement[bool] = false()
    if reach.actor is not None:
        own = ExpenseClaim.claimant_id == any_(reach.actor.persons)
        mine = and_(own, reach.is_mine(ExpenseClaim.id, waits.permission))
    row = reach.row(
        CALLED, OF_CLAIM, When(), (ExpenseClaim.id, mine), person_id=ExpenseClaim.claimant_id
    )
    named = _has_account(PayeeAccountStatus.VERIFIED, PayeeAccountStatus.PROPOSED)
    return row.select_from(ExpenseClaim).where(
        ExpenseClaim.status == ExpenseClaimStatus.APPROVED,
        ~named,
        reach.concerns(mine, ExpenseClaim.id, waits.permission, READ),
    )


def _to_be_requested(reach: Reach, waits: Branch) -> Row:
    """Claims that were approved of which no payment was requested, where it is known where to."""
    mine = reach.is_mine(ExpenseClaim.id, waits.permission)
    row = reach.row(CALLED, OF_CLAIM, When(), (ExpenseClaim.id, mine))
    return row.select_from(ExpenseClaim).where(
        ExpenseClaim.status == ExpenseClaimStatus.APPROVED,
        _is_known(),
        ~_is_asked_for(),
        reach.concerns(mine, ExpenseClaim.id, waits.permission, READ),
    )


work(
    Branch(
        Kind(
            "propose_expense_payee_account",
            Making(
                "expense_claim", "propose_own", "propose_expense_payee_account", "payee-accounts"
            ),
        ),
        CLAIM,
        Side.GRANTEE,
        _account_to_be_named,
    ),
    Branch(
        Kind(
            "request_expense_payment",
            Making("expense_claim", "request", "request_expense_payment", "payments"),
        ),
        "payment.request",
        Side.GRANTEE,
        _to_be_requested,
    ),
)
