"""Taking snapshots, and reading what was kept."""

import json
from typing import Any, Final
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.clock import now
from app.kernel.metrics import METRICS, MetricScope, told_of
from app.kernel.paging import paginate
from app.kernel.schemas import Ref
from app.kernel.written import Written
from app.network.cohorts.models import Cohort
from app.overview.metrics.access import measured_cohort
from app.overview.metrics.definitions import in_table
from app.overview.metrics.exports import SNAPSHOT
from app.overview.metrics.queries import Asked, counted_for_the_record
from app.overview.metrics.service import figures_now
from app.overview.metrics.snapshots import access
from app.overview.metrics.snapshots.models import MetricSnapshot
from app.overview.metrics.snapshots.schemas import (
    MetricSnapshotOut,
    MetricSnapshotPage,
    MetricSnapshotQuery,
    SnapshotTakenOut,
)
from app.people.identity.actors import Actor
from app.web.exports import ExportChoice, ListedExport

ORDERS: Final = {"number": (MetricSnapshot.number,)}
OF_COHORT: Final = Asked(
    MetricScope.COHORT,
    frozenset(key for key in told_of(MetricScope.COHORT) if METRICS[key].facts.is_kept),
)


async def take_snapshot(db: AsyncSession, cohort: Cohort) -> None:
    """Keep the figures of a locked cohort as they stand within the transaction."""
    await db.flush()
    [counted] = await counted_for_the_record(db, OF_COHORT, cohort.id)
    figures = [one.model_dump(mode="json") for one in figures_now(counted)]
    latest = select(func.max(MetricSnapshot.number)).where(MetricSnapshot.cohort_id == cohort.id)
    db.add(
        MetricSnapshot(
            cohort_id=cohort.id,
            number=(await db.scalar(latest) or 0) + 1,
            taken_at=now(db),
            figures=json.dumps(figures, ensure_ascii=False, separators=(",", ":")),
        )
    )
    await db.flush()


async def list_cohort_metric_snapshots(
    db: AsyncSession, actor: Actor, cohort_id: UUID, query: MetricSnapshotQuery
) -> MetricSnapshotPage:
    """When the figures of a cohort were kept. Raises CohortNotFound (404), NotAllowed (403)."""
    cohort = await measured_cohort(db, actor, cohort_id)
    statement = select(MetricSnapshot).where(MetricSnapshot.cohort_id == cohort.id)
    page = await paginate(
        db, statement, query, ORDERS, default="-number", bound=cohort.id, filters={}
    )
    return MetricSnapshotPage(
        items=[_taken(cohort, one) for one in page.rows],
        next_cursor=page.next_cursor,
        total_count=page.total_count,
    )


async def get_cohort_metric_snapshot(
    db: AsyncSession, actor: Actor, cohort_id: UUID, number: int
) -> Written[MetricSnapshotOut]:
    """The figures that were kept, byte for byte.

    Raises CohortNotFound, MetricSnapshotNotFound (404), NotAllowed (403).
    """
    cohort, kept = await access.snapshot(db, actor, cohort_id, number)
    told = _taken(cohort, kept).model_dump_json().removesuffix("}")
    return Written(f'{told},"metrics":{kept.figures}}}', MetricSnapshotOut, kept.id, None)


async def export_cohort_metric_snapshot(
    db: AsyncSession, actor: Actor, cohort_id: UUID, number: int, query: ExportChoice
) -> ListedExport:
    """The same as a table, a row for each figure."""
    del query
    cohort, kept = await access.snapshot(db, actor, cohort_id, number)
    whole: dict[str, Any] = {
        **{
            f"cohort_{key}": value for key, value in Ref.model_validate(cohort).model_dump().items()
        },
        "number": kept.number,
        "taken_at": kept.taken_at,
    }
    rows = [whole | in_table(figure) for figure in json.loads(kept.figures)]
    return ListedExport(SNAPSHOT, [[row[name] for name in SNAPSHOT.header] for row in rows])


def _taken(cohort: Cohort, kept: MetricSnapshot) -> SnapshotTakenOut:
    of = Ref.model_validate(cohort)
    return SnapshotTakenOut(cohort=of, number=kept.number, taken_at=kept.taken_at)
