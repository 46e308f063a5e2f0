"""What waits among payee accounts: those that were proposed, and those that one of two revokes."""

from typing import Final

from sqlalchemy import func, or_

from app.funding.expenses.lifecycle import OPEN, ExpenseClaimStatus
from app.funding.expenses.models import ExpenseClaim
from app.funding.grants.lifecycle import PAID
from app.funding.grants.models import Grant
from app.funding.grants.work import OF_GRANT
from app.funding.payments.payee_accounts.access import READ
from app.funding.payments.payee_accounts.lifecycle import PAYEE_ACCOUNT, PayeeAccountStatus
from app.funding.payments.payee_accounts.models import PayeeAccount
from app.people.obligations.register import Branch, Kind, Moving, Side, work
from app.people.obligations.rows import Reach, Row, When
from app.people.obligations.seconds import Seconding

_OF_IT: Final = {
    **OF_GRANT,
    "cohort_id": func.coalesce(Grant.cohort_id, ExpenseClaim.cohort_id),
}
_CALLED: Final = (
    PayeeAccount.id,
    func.coalesce(Grant.reference, ExpenseClaim.reference),
    func.coalesce(Grant.title, ExpenseClaim.reference),
)


def _to_be_verified(reach: Reach, waits: Branch) -> Row:
    """Accounts that were proposed for grants and claims that are paid, for whoever calls."""
    mine = reach.is_mine(PayeeAccount.scope_id, waits.permission)
    row = reach.row(
        _CALLED,
        _OF_IT,
        When(),
        (PayeeAccount.scope_id, mine),
        matter_id=PayeeAccount.id,
    )
    return (
        row.select_from(PayeeAccount)
        .outerjoin(Grant, Grant.id == PayeeAccount.grant_id)
        .outerjoin(ExpenseClaim, ExpenseClaim.id == PayeeAccount.expense_claim_id)
        .where(
            PayeeAccount.status == PayeeAccountStatus.PROPOSED,
            or_(
                ExpenseClaim.status.in_((*OPEN, ExpenseClaimStatus.APPROVED)),
                Grant.status.in_(PAID),
            ),
            reach.concerns(mine, PayeeAccount.scope_id, waits.permission, READ),
        )
    )


def _revocations(reach: Reach, _waits: Branch) -> Row:
    """Verified accounts of which one of two has said that they are paid to no more."""
    revoking = Seconding(PAYEE_ACCOUNT, "revoke", PayeeAccount.id, PayeeAccount.scope_id)
    mine = revoking.is_mine(reach)
    row = reach.row(
        _CALLED,
        _OF_IT,
        When(),
        (PayeeAccount.scope_id, mine),
        matter_id=PayeeAccount.id,
    )
    return (
        row.select_from(PayeeAccount)
        .outerjoin(Grant, Grant.id == PayeeAccount.grant_id)
        .outerjoin(ExpenseClaim, ExpenseClaim.id == PayeeAccount.expense_claim_id)
        .where(revoking.waits(), or_(mine, reach.sees(PayeeAccount.scope_id, "activity.read_team")))
    )


work(
    Branch(
        Kind("verify_payee_account", Moving(PAYEE_ACCOUNT, "verify")),
        "payee_account.verify",
        Side.CONVENOR,
        _to_be_verified,
    ),
    Branch(
        Kind("endorse_payee_account_revocation", Moving(PAYEE_ACCOUNT, "revoke")),
        "payee_account.endorse_revocation",
        Side.CONVENOR,
        _revocations,
    ),
)
