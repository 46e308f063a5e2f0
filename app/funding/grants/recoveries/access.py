"""Recoveries, for whoever sees the grant. Whoever moves one holds the grant and its fund first."""

from typing import Any, Final

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from app.funding.funds.buckets import EntryKind
from app.funding.funds.ledger import is_undone
from app.funding.funds.models import Fund, JournalEntry
from app.funding.funds.references import folded
from app.funding.grants.models import Grant
from app.funding.grants.recoveries.models import Recovery
from app.kernel.errors import NotFound
from app.people.identity.access import Loader, held


class RecoveryNotFound(NotFound):
    """There is no such recovery, or none that you may see."""


class _BelowGrant(Loader[Recovery]):
    async def hold_above(self, db: AsyncSession, wanted: Select[Any]) -> None:
        grant_id = await db.scalar(wanted.with_only_columns(Recovery.grant_id))
        if grant_id is None:
            raise self.missing
        fund = select(Grant, Fund).join(Fund, Fund.id == Grant.fund_id)
        await db.execute(held(fund.where(Grant.id == grant_id), Grant, Fund))


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


recovery: Final = _BelowGrant(
    Recovery,
    "grant.read",
    RecoveryNotFound,
    (
        joinedload(Recovery.grant).joinedload(Grant.fund),
        joinedload(Recovery.grant).joinedload(Grant.cohort),
    ),
)
