"""Which payments are ready to be gathered."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, and_, exists, or_, select
from sqlalchemy.orm import aliased

from app.funding.grants.lifecycle import PAYING
from app.funding.grants.models import Grant
from app.funding.grants.queries import is_held
from app.funding.payments.lifecycle import PaymentStatus
from app.funding.payments.models import Payment
from app.funding.payments.payee_accounts.lifecycle import PayeeAccountStatus
from app.funding.payments.payee_accounts.models import PayeeAccount
from app.funding.payments.runs.access import in_a_run

APPROVABLE = (PaymentStatus.REQUESTED, PaymentStatus.FAILED)


def ready(fund_id: UUID, currency: str, at: datetime) -> Select[UUID]:
    """The payments of a fund that can be approved, as far as that is not about who does it, and
    are in no run."""
    another = aliased(PayeeAccount)
    changing = exists().where(
        another.scope_id == Payment.scope_id, another.status == PayeeAccountStatus.PROPOSED
    )
    return (
        select(Payment.id)
        .outerjoin(Grant, Grant.id == Payment.grant_id)
        .join(PayeeAccount, PayeeAccount.id == Payment.payee_account_id)
        .where(
            Payment.fund_id == fund_id,
            Payment.currency == currency,
            Payment.status.in_(APPROVABLE),
            or_(
                Payment.expense_claim_id.is_not(None),
                and_(Grant.status.in_(PAYING), ~is_held(at)),
            ),
            PayeeAccount.status == PayeeAccountStatus.VERIFIED,
            PayeeAccount.usable_at <= at,
            ~changing,
            ~in_a_run(),
        )
        .order_by(Payment.created_at, Payment.id)
    )
