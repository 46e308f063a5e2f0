"""Payee accounts, for those who may see them, and holding their grant."""

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from app.funding.grants.models import Grant
from app.funding.payments.payee_accounts.lifecycle import PayeeAccountStatus
from app.funding.payments.payee_accounts.models import PayeeAccount
from app.kernel.errors import NotFound
from app.people.identity.access import Loader, Model

READ: Final = "payee_account.read"


class PayeeAccountNotFound(NotFound):
    """There is no such payee account, or none that you may see."""


@dataclass(frozen=True)
class OfGrant(Loader[Model]):
    """How something of a grant's money is obtained: with `lock` the grant is held first, so that
    where it is paid to, what is paid and how it ends wait for each other."""

    async def hold_above(self, db: AsyncSession, wanted: Select[Model]) -> None:
        model: Any = self.model
        grant_id = await db.scalar(wanted.with_only_columns(model.grant_id))
        if grant_id is None:
            raise self.missing
        await hold_grant(db, grant_id)


async def hold_grant(db: AsyncSession, grant_id: UUID) -> None:
    """Lock a grant's row until the transaction ends, whoever asks."""
    statement = select(Grant.id).where(Grant.id == grant_id)
    await db.execute(statement.with_for_update(key_share=True))


payee_account: Final = OfGrant(
    PayeeAccount,
    READ,
    PayeeAccountNotFound,
    (joinedload(PayeeAccount.grant).joinedload(Grant.collaboration),),
)


async def verified(db: AsyncSession, grant_id: UUID) -> PayeeAccount | None:
    """The account to which a grant is paid now."""
    return await _in_status(db, grant_id, PayeeAccountStatus.VERIFIED)


async def replaced_last(db: AsyncSession, grant_id: UUID) -> PayeeAccount | None:
    """The account to which it was paid before that one."""
    statement = select(PayeeAccount).where(
        PayeeAccount.grant_id == grant_id, PayeeAccount.status == PayeeAccountStatus.REPLACED
    )
    return await db.scalar(statement.order_by(PayeeAccount.number.desc()).limit(1))


async def proposed(db: AsyncSession, grant_id: UUID) -> PayeeAccount | None:
    """The account that waits to take its place."""
    return await _in_status(db, grant_id, PayeeAccountStatus.PROPOSED)


async def _in_status(
    db: AsyncSession, grant_id: UUID, status: PayeeAccountStatus
) -> PayeeAccount | None:
    statement = select(PayeeAccount).where(
        PayeeAccount.grant_id == grant_id, PayeeAccount.status == status
    )
    return await db.scalar(statement.execution_options(populate_existing=True))


async def next_number(db: AsyncSession, grant_id: UUID) -> int:
    """The number of the next account of a grant that the caller holds."""
    highest = select(func.max(PayeeAccount.number)).where(PayeeAccount.grant_id == grant_id)
    return (await db.scalar(highest) or 0) + 1
