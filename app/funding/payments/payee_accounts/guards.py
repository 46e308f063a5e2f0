"""What else must hold before a payee account is verified or revoked."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.funding.payments.payee_accounts.lifecycle import PAYEE_ACCOUNT
from app.funding.payments.payee_accounts.models import PayeeAccount
from app.funding.payments.payee_accounts.queries import PAYEE_ACCOUNTS
from app.kernel.activity import Actor
from app.kernel.transitions import Marked, Unmet
from app.network.conflicts.guards import independence


@PAYEE_ACCOUNT.guard("verify")
@PAYEE_ACCOUNT.guard("revoke")
async def verifier_is_independent(
    db: AsyncSession, actor: Actor, account: PayeeAccount
) -> Unmet | Marked | None:
    """Whoever verifies or revokes an account did not propose it and is independent of the
    grantee."""
    return await independence(db, actor, PAYEE_ACCOUNTS, account.id)
