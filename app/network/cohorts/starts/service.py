"""Starting a cohort."""

from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.background.jobs import each, every
from app.kernel.clock import Clock, now
from app.kernel.db import Database
from app.kernel.lifecycle import move
from app.kernel.written import Written
from app.network.cohorts import access
from app.network.cohorts.lifecycle import COHORT, MembershipStatus
from app.network.cohorts.models import Cohort, Membership
from app.network.cohorts.schemas import CohortOut
from app.network.cohorts.starts.queries import to_be_started
from app.network.cohorts.telling import COHORTS
from app.people.identity.actors import Actor, scheduler


async def start_cohort(
    db: AsyncSession, actor: Actor, cohort_id: UUID, *, if_match: int | None
) -> Written[CohortOut]:
    """Start the cohort, and freeze by whom its retention is measured: who is active now."""
    cohort = await access.cohort(db, actor, cohort_id, lock=True)
    await _start(db, actor, cohort, if_match=if_match)
    return await COHORTS.told_to(db, actor, cohort.id)


async def _start(
    db: AsyncSession, actor: Actor, cohort: Cohort, *, if_match: int | None = None
) -> None:
    await move(db, actor, cohort, COHORT, "start", if_match=if_match)
    of_active = (Membership.cohort_id == cohort.id) & (Membership.status == MembershipStatus.ACTIVE)
    active = await db.scalar(select(func.count()).select_from(Membership).where(of_active))
    cohort.started_at = now(db)
    cohort.retention_denominator = active
    await db.execute(update(Membership).where(of_active).values(counts_for_retention=True))
    await db.flush()


async def undo_start_cohort(
    db: AsyncSession, actor: Actor, cohort_id: UUID, reason: str, *, if_match: int | None
) -> Written[CohortOut]:
    """Take the start back, with what it froze; the clock does not start the cohort by itself."""
    cohort = await access.cohort(db, actor, cohort_id, lock=True)
    await move(db, actor, cohort, COHORT, "undo_start", reason=reason, if_match=if_match)
    cohort.started_at, cohort.retention_denominator = None, None
    cohort.starts_automatically = False
    of_cohort = Membership.cohort_id == cohort.id
    await db.execute(update(Membership).where(of_cohort).values(counts_for_retention=False))
    return await COHORTS.told_to(db, actor, cohort.id)


@every("4-59/5 * * * *", "start_cohorts")
async def start_due(database: Database, clock: Clock) -> int:
    """Start each cohort that starts by itself and whose day has come; returns how many.

    One that a guard holds back is tried again at the next round.
    """
    due = to_be_started(clock.now())
    async with database.transaction() as db:
        ids = list(await db.scalars(due.with_only_columns(Cohort.id)))
    return await each(database, ids, _start_if_due)


async def _start_if_due(db: AsyncSession, cohort_id: UUID) -> int:
    """Start it unless another holds it, or it was put off before its row was held."""
    cohort = await access.hold_cohort(db, cohort_id, skip_locked=True)
    is_due = to_be_started(now(db)).where(Cohort.id == cohort_id)
    if cohort is None or await db.scalar(is_due) is None:
        return 0
    await _start(db, scheduler(), cohort)
    return 1
