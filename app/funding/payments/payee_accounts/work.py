"""What waits among payee accounts: those that were proposed, and those that one of two revokes."""

from sqlalchemy import or_

from app.funding.grants.lifecycle import PAID
from app.funding.grants.models import Grant
from app.funding.grants.work import OF_GRANT
from app.funding.payments.payee_accounts.access import READ
from app.funding.payments.payee_accounts.lifecycle import PAYEE_ACCOUNT, PayeeAccountStatus
from app.funding.payments.payee_accounts.models import PayeeAccount
from app.people.obligations.register import Branch, Kind, Moving, Side, work
from app.people.obligations.rows import Reach, Row, When
from app.people.obligations.seconds import Seconding


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


def _revocations(reach: Reach, _waits: Branch) -> Row:
    """Verified accounts of which one of two has said that they are paid to no more."""
    revoking = Seconding(PAYEE_ACCOUNT, "revoke", PayeeAccount.id, PayeeAccount.grant_id)
    mine = revoking.is_mine(reach)
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
        .where(revoking.waits(), or_(mine, reach.sees(PayeeAccount.grant_id, "activity.read_team")))
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
