"""Payee accounts, for those who may see them, and holding the grant or the claim that is paid."""

from typing import Final
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from app.funding.expenses.models import ExpenseClaim
from app.funding.grants.models import Grant
from app.funding.payments.payee_accounts.lifecycle import PayeeAccountStatus
from app.funding.payments.payee_accounts.models import PayeeAccount
from app.kernel.errors import NotFound
from app.people.identity.access import Above, Loader, held

READ: Final = "payee_account.read"


class PayeeAccountNotFound(NotFound):
    """There is no such payee account, or none that you may see."""


async def hold_payable(db: AsyncSession, scope_id: UUID) -> None:
    """Lock the row of a grant or a claim until the transaction ends, whoever asks, so that where it
    is paid to, what is paid and how it ends wait for each other."""
    await hold_grant(db, scope_id)
    claim = select(ExpenseClaim.id).where(ExpenseClaim.id == scope_id)
    await db.execute(claim.with_for_update(key_share=True))


async def hold_grant(db: AsyncSession, grant_id: UUID) -> None:
    """Lock a grant's row until the transaction ends, whoever asks."""
    statement = select(Grant.id).where(Grant.id == grant_id)
    await db.execute(statement.with_for_update(key_share=True))


payee_account: Final = Loader(
    PayeeAccount,
    READ,
    PayeeAccountNotFound,
    (
        joinedload(PayeeAccount.grant).joinedload(Grant.collaboration),
        joinedload(PayeeAccount.expense_claim).joinedload(ExpenseClaim.claimant),
    ),
    above=Above(PayeeAccount.scope_id, hold_payable),
)


async def of_claim(db: AsyncSession, claim_id: UUID, payee_account_id: UUID) -> PayeeAccount:
    """An account of a claim that the caller holds, held after it. Raises PayeeAccountNotFound
    (404)."""
    wanted = select(PayeeAccount).where(
        PayeeAccount.id == payee_account_id, PayeeAccount.expense_claim_id == claim_id
    )
    found = await db.scalar(held(wanted, PayeeAccount))
    if found is None:
        raise PayeeAccountNotFound
    return found


async def verified(db: AsyncSession, scope_id: UUID) -> PayeeAccount | None:
    """The account to which a grant or a claim is paid now."""
    return await _in_status(db, scope_id, PayeeAccountStatus.VERIFIED)


async def replaced_last(db: AsyncSession, scope_id: UUID) -> PayeeAccount | None:
    """The account to which it was paid before that one."""
    statement = select(PayeeAccount).where(
        PayeeAccount.scope_id == scope_id, PayeeAccount.status == PayeeAccountStatus.REPLACED
    )
    return await db.scalar(statement.order_by(PayeeAccount.number.desc()).limit(1))


async def proposed(db: AsyncSession, scope_id: UUID) -> PayeeAccount | None:
    """The account that waits to take its place."""
    return await _in_status(db, scope_id, PayeeAccountStatus.PROPOSED)


async def _in_status(
    db: AsyncSession, scope_id: UUID, status: PayeeAccountStatus
) -> PayeeAccount | None:
    statement = select(PayeeAccount).where(
        PayeeAccount.scope_id == scope_id, PayeeAccount.status == status
    )
    return await db.scalar(statement.execution_options(populate_existing=True))


async def next_number(db: AsyncSession, scope_id: UUID) -> int:
    """The number of the next account of a grant or claim that the caller holds."""
    highest = select(func.max(PayeeAccount.number)).where(PayeeAccount.scope_id == scope_id)
    return (await db.scalar(highest) or 0) + 1
