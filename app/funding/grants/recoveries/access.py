"""Recoveries, for whoever sees the grant. Whoever moves one holds the grant and its fund first."""

from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from app.funding.funds.buckets import EntryKind
from app.funding.funds.ledger import is_undone
from app.funding.funds.models import Fund, JournalEntry
from app.funding.funds.references import folded
from app.funding.grants.models import Grant
from app.funding.grants.recoveries.models import Recovery
from app.kernel.errors import NotFound
from app.people.identity.access import Above, Loader, held


class RecoveryNotFound(NotFound):
    """There is no such recovery, or none that you may see."""


async def _hold_grant_and_fund(db: AsyncSession, grant_id: UUID) -> None:
    both = select(Grant, Fund).join(Fund, Fund.id == Grant.fund_id).where(Grant.id == grant_id)
    await db.execute(held(both, Grant, Fund))


async def fund_of(db: AsyncSession, grant: Grant) -> Fund:
    """The fund that pays a grant that the caller has obtained."""
    return (await db.scalars(select(Fund).where(Fund.id == grant.fund_id))).one()


async def receipt(db: AsyncSession, recovery: Recovery, bank_reference: str) -> JournalEntry | None:
    """What was received of a recovery under a reference of the bank, and not undone since."""
    statement = select(JournalEntry).where(
        JournalEntry.recovery_id == recovery.id,
        JournalEntry.kind == EntryKind.RECOVERY_RECEIPT,
        JournalEntry.bank_reference_folded == folded(bank_reference),
        ~is_undone(JournalEntry),
    )
    return await db.scalar(statement)


recovery: Final = Loader(
    Recovery,
    "grant.read",
    RecoveryNotFound,
    (
        joinedload(Recovery.grant).joinedload(Grant.fund),
        joinedload(Recovery.grant).joinedload(Grant.cohort),
    ),
    above=Above(Recovery.grant_id, _hold_grant_and_fund),
)
