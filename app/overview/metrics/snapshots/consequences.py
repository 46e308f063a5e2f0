"""What becomes of the metrics of a cohort when it closes."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.network.cohorts.lifecycle import COHORT
from app.network.cohorts.models import Cohort
from app.overview.metrics.snapshots.service import take_snapshot
from app.people.identity.actors import Actor


@COHORT.consequence("close")
async def its_figures_are_kept(
    db: AsyncSession, _actor: Actor, cohort: Cohort, _reason: str | None
) -> None:
    """The figures of the cohort are kept as they stand: beside those of before, where it was closed
    before."""
    await take_snapshot(db, cohort)
