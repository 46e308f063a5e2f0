"""What is told of a claim by those who pay it: where to, and how far that has come."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, exists, func, select

from app.funding.expenses.models import ExpenseClaim
from app.funding.expenses.paying import PAYING
from app.funding.expenses.schemas import AccountOfClaimOut, PaymentOfClaimOut
from app.funding.payments.lifecycle import LIVE
from app.funding.payments.models import Payment
from app.funding.payments.payee_accounts.lifecycle import PayeeAccountStatus
from app.funding.payments.payee_accounts.models import PayeeAccount
from app.kernel.written import NULL, single


def _payment() -> Any:
    its = (Payment.expense_claim_id == ExpenseClaim.id, Payment.status.in_(LIVE))
    return func.coalesce(single(PaymentOfClaimOut, Payment, *its), NULL)


def _account() -> Any:
    """The one that it is paid to, or the one that was said last."""
    order = [
        (PayeeAccount.status == PayeeAccountStatus.VERIFIED).desc(),
        PayeeAccount.number.desc(),
    ]
    of_it = select(PayeeAccount.id).where(PayeeAccount.expense_claim_id == ExpenseClaim.id)
    latest = of_it.order_by(*order).limit(1).correlate(ExpenseClaim).scalar_subquery()
    return func.coalesce(single(AccountOfClaimOut, PayeeAccount, PayeeAccount.id == latest), NULL)


def _proposed() -> Any:
    """The one that waits to be verified."""
    its = (
        PayeeAccount.expense_claim_id == ExpenseClaim.id,
        PayeeAccount.status == PayeeAccountStatus.PROPOSED,
    )
    return func.coalesce(single(AccountOfClaimOut, PayeeAccount, *its), NULL)


def _moved(model: Any) -> Callable[[Any], ColumnElement[bool]]:
    """That a payment or an account of a claim has moved: the claim has not, and tells of it."""

    def since(instant: Any) -> ColumnElement[bool]:
        its = exists().where(model.expense_claim_id == ExpenseClaim.id, model.updated_at >= instant)
        return its.correlate(ExpenseClaim)

    return since


PAYING.tells("payment", _payment)
PAYING.tells("payee_account", _account)
PAYING.tells("proposed_payee_account", _proposed)
PAYING.moves(_moved(Payment))
PAYING.moves(_moved(PayeeAccount))
