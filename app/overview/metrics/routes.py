"""The operations of metrics."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query

from app.overview.metrics import service
from app.overview.metrics.exports import METRICS
from app.overview.metrics.schemas import CohortMetricsOut
from app.people.reads.deps import Reading
from app.web.export_answers import Exported
from app.web.exports import ExportChoice
from app.web.routing import Router

router = Router("Metrics")

CohortId = Annotated[UUID, Path(description="The cohort.")]


@router.get(
    "/cohorts/{cohort_id}/metrics",
    permission="metrics.read",
    export=Exported(METRICS, service.export_cohort_metrics),
)
async def get_cohort_metrics(
    read: Reading,
    cohort_id: CohortId,
    _asked: Annotated[ExportChoice, Query()],
) -> CohortMetricsOut:
    """The figures of a cohort with their definitions. Made to be polled: send the ETag back as
    `If-None-Match`, and while nothing has changed the answer is 304 without a body."""
    return await service.get_cohort_metrics(read, cohort_id)
