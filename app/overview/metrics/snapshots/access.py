"""Who may read snapshots: whoever may read the metrics of the cohort."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.errors import NotFound
from app.network.cohorts.models import Cohort
from app.overview.metrics.access import measured_cohort
from app.overview.metrics.snapshots.models import MetricSnapshot
from app.people.identity.actors import Actor


class MetricSnapshotNotFound(NotFound):
    """The cohort has no snapshot of this number: one is taken each time that it closes."""


async def snapshot(
    db: AsyncSession, actor: Actor, cohort_id: UUID, number: int
) -> tuple[Cohort, MetricSnapshot]:
    """A cohort and one of its snapshots. Raises CohortNotFound, MetricSnapshotNotFound (404),
    NotAllowed (403)."""
    cohort = await measured_cohort(db, actor, cohort_id)
    found = await db.scalar(
        select(MetricSnapshot).where(
            MetricSnapshot.cohort_id == cohort.id, MetricSnapshot.number == number
        )
    )
    if found is None:
        raise MetricSnapshotNotFound
    return cohort, found
