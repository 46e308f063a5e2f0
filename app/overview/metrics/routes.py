"""The operations of metrics."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query

from app.overview.metrics import service
from app.overview.metrics.schemas import CohortMetricsOut
from app.overview.metrics.tables import METRICS
from app.people.identity.deps import ReadingActor
from app.web.exports import AsTable
from app.web.preconditions import Tagged
from app.web.routing import Router, Tabulated
from app.web.transaction import ReadDb

router = Router("Metrics")

CohortId = Annotated[UUID, Path(description="The cohort.")]


@router.get(
    "/cohorts/{cohort_id}/metrics",
    permission="metrics.read",
    table=Tabulated(METRICS, service.tabulate_cohort_metrics),
)
async def get_cohort_metrics(
    db: ReadDb,
    actor: ReadingActor,
    cohort_id: CohortId,
    tag: Tagged,
    _asked: Annotated[AsTable, Query()],
) -> CohortMetricsOut:
    """The figures of a cohort with their definitions. Made to be polled: send the ETag back as
    `If-None-Match`, and while nothing has changed the answer is 304 without anything counted."""
    return await service.get_cohort_metrics(db, actor, cohort_id, tag)
