"""What is told of runs of payments: each payment, how many there are, and what they come to."""

from typing import Any, Final

from sqlalchemy import BigInteger, ColumnElement, cast, exists, func, or_, select
from sqlalchemy.orm import aliased

from app.funding.expenses.models import ExpenseClaim
from app.funding.expenses.telling import named_claim
from app.funding.grants.models import Grant
from app.funding.payments.models import Payment
from app.funding.payments.payee_accounts.models import PayeeAccount
from app.funding.payments.runs.access import READ, PaymentRunNotFound
from app.funding.payments.runs.lifecycle import PAYMENT_RUN, LeftBecause
from app.funding.payments.runs.models import PaymentRun, PaymentRunItem
from app.funding.payments.runs.schemas import PaymentInRunOut, PaymentRunOut, PaymentRunPage
from app.kernel.written import Present, many
from app.people.organisations.models import Organisation
from app.people.reads.declarations import Telling
from app.people.reads.exported import exported

_PAID_BY_IT: Final = (LeftBecause.SETTLED, LeftBecause.FAILED)


def _of_it(what: Any) -> ColumnElement[int]:
    """Something of the payments that a run has, or has paid or tried to."""
    item, payment = aliased(PaymentRunItem), aliased(Payment)
    counts = or_(item.left_because.is_(None), item.left_because.in_(_PAID_BY_IT))
    found = select(what(payment)).select_from(item).join(payment, payment.id == item.payment_id)
    return found.where(item.run_id == PaymentRun.id, counts).correlate(PaymentRun).scalar_subquery()


def _sum(payment: Any) -> ColumnElement[int]:
    return cast(func.coalesce(func.sum(payment.amount_minor), 0), BigInteger)


def _is_partial() -> ColumnElement[bool]:
    item = aliased(PaymentRunItem)
    refused = exists().where(item.run_id == PaymentRun.id, item.left_because == LeftBecause.REFUSED)
    return refused.correlate(PaymentRun)


PAYMENT_RUNS: Final = Telling(
    PaymentRunOut,
    PaymentRun,
    READ,
    missing=PaymentRunNotFound,
    lifecycle=PAYMENT_RUN,
    joins=[PaymentRun.fund],
    told={
        "count": _of_it(lambda _payment: func.count()),  # pyright: ignore[reportUnknownLambdaType]
        "total": {"amount_minor": _of_it(_sum), "currency": PaymentRun.currency},
        "is_partial": _is_partial(),
        "payments": many(
            PaymentInRunOut,
            PaymentRunItem,
            PaymentRunItem.run_id == PaymentRun.id,
            order=[Payment.reference],
            told={
                "id": Payment.id,
                "reference": Payment.reference,
                "status": Payment.status,
                "grant": Present(
                    Payment.grant_id.is_not(None),
                    {"id": Grant.id, "reference": Grant.reference, "name": Grant.title},
                ),
                "expense_claim": Present(
                    Payment.expense_claim_id.is_not(None), named_claim(ExpenseClaim)
                ),
                "payee": Present(
                    Payment.payee_id.is_not(None),
                    {"id": Organisation.id, "name": Organisation.name},
                ),
                "account_ending": PayeeAccount.last_four,
                "amount": {"amount_minor": Payment.amount_minor, "currency": Payment.currency},
            },
            beside=[
                (Payment, Payment.id == PaymentRunItem.payment_id),
                (Grant, Grant.id == Payment.grant_id),
                (ExpenseClaim, ExpenseClaim.id == Payment.expense_claim_id),
                (Organisation, Organisation.id == Payment.payee_id),
                (PayeeAccount, PayeeAccount.id == Payment.payee_account_id),
            ],
        ),
    },
    filters={
        "payment_id": lambda asked: PaymentRun.id.in_(
            select(PaymentRunItem.run_id).where(PaymentRunItem.payment_id == asked)
        )
    },
    sorts={"created_at": (PaymentRun.created_at, PaymentRun.id)},
    page_of=PaymentRunPage,
)
PAYMENT_RUNS_AS_CSV: Final = exported("payment-runs", PAYMENT_RUNS)
