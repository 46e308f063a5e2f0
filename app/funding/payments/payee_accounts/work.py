"""What waits among payee accounts: those that were proposed."""

from app.funding.grants.lifecycle import PAID
from app.funding.grants.models import Grant
from app.funding.grants.work import OF_GRANT
from app.funding.payments.payee_accounts.access import READ
from app.funding.payments.payee_accounts.lifecycle import PAYEE_ACCOUNT, PayeeAccountStatus
from app.funding.payments.payee_accounts.models import PayeeAccount
from app.people.obligations.register import Branch, Kind, Moving, Side, work
from app.people.obligations.rows import Reach, Row, When


def _to_be_verified(reach: Reach, waits: Branch) -> Row:
    """Accounts that were proposed for grants that are paid, for whoever calls."""
    mine = reach.is_mine(PayeeAccount.grant_id, waits.permission)
    row = reach.row(
        (PayeeAccount.id, Grant.reference, Grant.title),
        OF_GRANT,
        When(),
        (PayeeAccount.grant_id, mine),
        matter_id=PayeeAccount.id,
    )
    return (
        row.select_from(PayeeAccount)
        .join(Grant, Grant.id == PayeeAccount.grant_id)
        .where(
            PayeeAccount.status == PayeeAccountStatus.PROPOSED,
            Grant.status.in_(PAID),
            reach.concerns(mine, PayeeAccount.grant_id, waits.permission, READ),
        )
    )


work(
    Branch(
        Kind("verify_payee_account", Moving(PAYEE_ACCOUNT, "verify")),
        "payee_account.verify",
        Side.CONVENOR,
        _to_be_verified,
    ),
)
