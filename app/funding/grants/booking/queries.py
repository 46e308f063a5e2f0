"""What a grant has in the ledger of its fund."""

from datetime import date
from uuid import UUID

from sqlalchemy import case, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.funding.funds.buckets import EntryKind
from app.funding.funds.models import JournalEntry
from app.funding.grants.models import Grant, GrantVersion, Milestone, MilestoneTerms, is_current
from app.kernel.clock import today
from app.network.cohorts.models import Cohort


async def day_of(db: AsyncSession, grant: Grant) -> date:
    """The day on which something that is done to a grant now counts: that of its cohort."""
    zone = select(Cohort.timezone).where(Cohort.id == grant.cohort_id)
    return today(db, (await db.scalars(zone)).one())


async def award(db: AsyncSession, grant_id: UUID) -> tuple[int, str]:
    """What a grant is worth, in minor units of the currency that comes with it."""
    statement = select(GrantVersion.award_minor, GrantVersion.currency)
    found = await db.execute(statement.where(GrantVersion.grant_id == grant_id, is_current()))
    row = found.one()
    return row.award_minor, row.currency


async def amount_of(db: AsyncSession, milestone: Milestone) -> int:
    """What a milestone is worth, or the part of it that was accepted, in minor units."""
    if milestone.accepted_minor is not None:
        return milestone.accepted_minor
    statement = (
        select(MilestoneTerms.amount_minor)
        .join(GrantVersion, GrantVersion.id == MilestoneTerms.grant_version_id)
        .where(MilestoneTerms.milestone_id == milestone.id, is_current())
    )
    return (await db.scalars(statement)).one()


async def net(
    db: AsyncSession,
    grant_id: UUID,
    forth: EntryKind,
    back: EntryKind,
    milestone_id: UUID | None = None,
) -> int:
    """What entries of one kind moved and those of the other did not move back: of a milestone, or
    of the grant itself."""
    signed = case(
        (JournalEntry.kind == forth, JournalEntry.amount_minor), else_=-JournalEntry.amount_minor
    )
    found = await db.scalar(
        select(func.coalesce(func.sum(signed), 0)).where(
            JournalEntry.grant_id == grant_id,
            JournalEntry.milestone_id.is_not_distinct_from(milestone_id),
            JournalEntry.kind.in_((forth, back)),
        )
    )
    return int(found or 0)
