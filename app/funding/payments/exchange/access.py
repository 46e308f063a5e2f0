"""What an exchange is about, for whoever has obtained the payment."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.funding.funds.buckets import EntryKind
from app.funding.funds.ledger import is_undone
from app.funding.funds.models import Fund, JournalEntry
from app.funding.payments.models import Payment

DIFFERENCES = (EntryKind.EXCHANGE_LOSS, EntryKind.EXCHANGE_GAIN)


async def fund_of(db: AsyncSession, payment: Payment) -> Fund:
    """The fund that pays it."""
    return (await db.scalars(select(Fund).where(Fund.id == payment.fund_id))).one()


async def difference_of(db: AsyncSession, payment: Payment) -> JournalEntry | None:
    """What was posted of its exchange, and not undone."""
    posted = select(JournalEntry).where(
        JournalEntry.grant_id == payment.grant_id,
        JournalEntry.milestone_id == payment.milestone_id,
        JournalEntry.kind.in_(DIFFERENCES),
        ~is_undone(JournalEntry),
    )
    return await db.scalar(posted)
