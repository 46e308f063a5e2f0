"""What is told of claims."""

from typing import Any, Final

from sqlalchemy import BigInteger, cast, func, or_, select

from app.funding.expenses.access import READ, ExpenseClaimNotFound, is_seen
from app.funding.expenses.lifecycle import EXPENSE_CLAIM
from app.funding.expenses.models import ExpenseClaim, ExpenseItem
from app.funding.expenses.paying import PAYING
from app.funding.expenses.schemas import ExpenseClaimOut, ExpenseClaimPage, ExpenseItemOut
from app.kernel.filters import searched
from app.kernel.written import Present, many
from app.people.reads.declarations import Telling
from app.people.reads.exported import exported


def _money(amount_minor: Any) -> dict[str, Any]:
    return {"amount_minor": amount_minor, "currency": ExpenseClaim.currency}


def named_claim(claim: Any) -> dict[str, Any]:
    """A claim as those who pay it are told of it: by its reference alone, since what it is called
    may say what nobody else is to know."""
    return {"id": claim.id, "reference": claim.reference, "name": claim.reference}


_claimed = (
    select(cast(func.coalesce(func.sum(ExpenseItem.amount_minor), 0), BigInteger))
    .where(ExpenseItem.claim_id == ExpenseClaim.id)
    .correlate(ExpenseClaim)
    .scalar_subquery()
)

EXPENSE_CLAIMS: Final = Telling(
    ExpenseClaimOut,
    ExpenseClaim,
    READ,
    missing=ExpenseClaimNotFound,
    lifecycle=EXPENSE_CLAIM,
    joins=[ExpenseClaim.cohort, ExpenseClaim.fund],
    told={
        "claimed": _money(_claimed),
        "approved": Present(
            ExpenseClaim.approved_minor.is_not(None), _money(ExpenseClaim.approved_minor)
        ),
        "items": many(
            ExpenseItemOut,
            ExpenseItem,
            ExpenseItem.claim_id == ExpenseClaim.id,
            order=[ExpenseItem.number],
            told={
                "amount": _money(ExpenseItem.amount_minor),
                "tax": _money(ExpenseItem.tax_minor),
                "approved": Present(
                    ExpenseItem.approved_minor.is_not(None), _money(ExpenseItem.approved_minor)
                ),
            },
        ),
        "payee_account": lambda: PAYING.of("payee_account"),
        "proposed_payee_account": lambda: PAYING.of("proposed_payee_account"),
        "payment": lambda: PAYING.of("payment"),
    },
    filters={
        "q": lambda asked: ExpenseClaim.id.in_(searched(ExpenseClaim, asked, name="title")),
        "updated_since": lambda asked: or_(ExpenseClaim.updated_at >= asked, PAYING.since(asked)),
    },
    sorts={
        "created_at": (ExpenseClaim.created_at, ExpenseClaim.id),
        "reference": (ExpenseClaim.reference,),
    },
    page_of=ExpenseClaimPage,
    seen=is_seen,
    for_everyone=True,
)
EXPENSE_CLAIMS_AS_CSV: Final = exported("expense-claims", EXPENSE_CLAIMS)
