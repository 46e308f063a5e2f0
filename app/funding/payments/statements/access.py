"""What the bank has said, for those who may see it."""

from collections.abc import Collection
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.funding.payments.lifecycle import PaymentStatus
from app.funding.payments.models import Payment
from app.funding.payments.runs.access import hold_grants
from app.funding.payments.statements.models import BankLine, BankStatement
from app.kernel.errors import NotFound
from app.people.identity.access import Above, Loader, held

READ: Final = "bank_statement.read"


class BankStatementNotFound(NotFound):
    """There is no such statement of the bank, or none that you may see."""


class BankLineNotFound(NotFound):
    """There is no such line of the bank's, or none that you may see."""


bank_statement: Final = Loader(BankStatement, READ, BankStatementNotFound)


async def hold_what_is_with_the_bank(db: AsyncSession, fund_id: UUID) -> None:
    """Lock the grants of all that the bank was told to pay of a fund, as what moves one does."""
    released = Payment.status == PaymentStatus.RELEASED
    with_it = select(Payment.id).where(Payment.fund_id == fund_id, released)
    await hold_grants(db, Payment.id.in_(with_it))


bank_line: Final = Loader(
    BankLine,
    READ,
    BankLineNotFound,
    above=Above(BankLine.fund_id, hold_what_is_with_the_bank),
)


async def lines_of(
    db: AsyncSession, statement: BankStatement, ids: Collection[UUID]
) -> dict[UUID, BankLine]:
    """Those of these lines that a file has, by their ids, held."""
    named = select(BankLine).where(BankLine.statement_id == statement.id, BankLine.id.in_(ids))
    found = await db.scalars(held(named.order_by(BankLine.id), BankLine))
    return {line.id: line for line in found}
