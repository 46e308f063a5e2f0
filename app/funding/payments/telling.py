"""What is told of payments."""

from typing import Any, Final

from sqlalchemy import select

from app.funding.expenses.models import ExpenseClaim
from app.funding.expenses.telling import named_claim
from app.funding.funds.access import FundNotFound
from app.funding.funds.exchange_rates.telling import digits
from app.funding.funds.models import Fund
from app.funding.grants.access import GrantNotFound
from app.funding.grants.models import Grant, Milestone
from app.funding.grants.telling import granted_to
from app.funding.payments.access import READ, PaymentNotFound
from app.funding.payments.lifecycle import PAYMENT
from app.funding.payments.models import Payment, PaymentAttempt
from app.funding.payments.payee_accounts.models import PayeeAccount
from app.funding.payments.schemas import PaymentAttemptOut, PaymentOut, PaymentPage
from app.kernel.filters import known_above
from app.kernel.written import Present, many
from app.network.collaborations.models import Collaboration
from app.people.reads.declarations import Telling, Within
from app.people.reads.exported import exported


def _money(amount_minor: Any) -> dict[str, Any]:
    return {"amount_minor": amount_minor, "currency": Payment.currency}


_ending = (
    select(PayeeAccount.last_four)
    .where(PayeeAccount.id == Payment.payee_account_id)
    .correlate(Payment)
    .scalar_subquery()
)

OF_A_GRANT: Final = Payment.grant_id.is_not(None)

PAYMENTS: Final = Telling(
    PaymentOut,
    Payment,
    READ,
    missing=PaymentNotFound,
    lifecycle=PAYMENT,
    joins=[Payment.fund],
    beside=[Payment.milestone, Payment.grant, Grant.collaboration, Payment.expense_claim],
    told={
        "milestone": Present(
            OF_A_GRANT,
            {"id": Milestone.id, "reference": Milestone.reference, "name": Milestone.title},
        ),
        "grant": Present(
            OF_A_GRANT, {"id": Grant.id, "reference": Grant.reference, "name": Grant.title}
        ),
        "collaboration": Present(
            OF_A_GRANT,
            {
                "id": Collaboration.id,
                "reference": Collaboration.reference,
                "name": Collaboration.name,
            },
        ),
        "expense_claim": Present(~OF_A_GRANT, named_claim(ExpenseClaim)),
        "fund": Fund,
        "account_ending": _ending,
        "amount": _money(Payment.amount_minor),
        "net": _money(Payment.amount_minor - Payment.tax_minor),
        "tax": _money(Payment.tax_minor),
        "charges": Present(Payment.charges_minor.is_not(None), _money(Payment.charges_minor)),
        "exchange": Present(
            Payment.booked_minor.is_not(None),
            {
                "booked": {"amount_minor": Payment.booked_minor, "currency": Fund.currency},
                "taken": Present(
                    Payment.taken_minor.is_not(None),
                    {"amount_minor": Payment.taken_minor, "currency": Fund.currency},
                ),
                "rate": digits(Payment.taken_rate),
                "source": Payment.rate_source,
                "quoted_on": Payment.rate_on,
            },
        ),
        "attempts": many(
            PaymentAttemptOut,
            PaymentAttempt,
            PaymentAttempt.payment_id == Payment.id,
            order=[PaymentAttempt.number],
        ),
    },
    filters={
        "organisation_id": granted_to(Payment.grant_id),
        "value_from": lambda asked: Payment.value_on >= asked,
        "value_until": lambda asked: Payment.value_on <= asked,
    },
    sorts={
        "created_at": (Payment.created_at, Payment.id),
        "reference": (Payment.reference,),
    },
    page_of=PaymentPage,
)
OF_GRANT: Final = Within(Payment.grant_id, Grant, "grant.read", GrantNotFound, is_asked_there=True)
OF_FUND: Final = Within(Payment.fund_id, Fund, "fund.read", FundNotFound)
known_above("payment", Payment)
PAYMENTS_AS_CSV: Final = exported("payments", PAYMENTS)
