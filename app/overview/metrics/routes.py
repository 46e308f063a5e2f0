"""The endpoints of metrics."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query

from app.kernel.written import Tagged
from app.overview.metrics import service
from app.overview.metrics.access import NoneOfThese
from app.overview.metrics.exports import METRICS_OF
from app.overview.metrics.schemas import (
    CohortMetricsOut,
    CollaborationMetricsOut,
    MetricCatalogueOut,
    MetricDefinitionOut,
    MetricQuery,
    ProgrammeMetricsOut,
)
from app.overview.metrics.service import MetricNotFound
from app.people.identity.deps import CurrentActor
from app.people.reads.deps import Reading
from app.web.export_answers import Exported
from app.web.routing import Router
from app.web.terms import SIGNED_IN

router = Router("Metrics")

CohortId = Annotated[UUID, Path(description="The cohort.")]
ProgrammeId = Annotated[UUID, Path(description="The programme.")]
CollaborationId = Annotated[UUID, Path(description="The collaboration.")]


@router.get("/metrics", permission=SIGNED_IN)
async def list_metrics(_actor: CurrentActor) -> MetricCatalogueOut:
    """Every metric with its definition: what is counted of what, what is left out, of which scopes
    and of which past it is told, and which figure shown elsewhere it equals or differs from."""
    return service.list_metrics()


@router.get("/metrics/{metric_key}", permission=SIGNED_IN, refuses=(MetricNotFound,))
async def get_metric(
    _actor: CurrentActor,
    metric_key: Annotated[str, Path(description="Its key.", pattern="^[a-z_]{1,60}$")],
) -> MetricDefinitionOut:
    """One metric with its definition."""
    return service.get_metric(metric_key)


@router.get(
    "/cohorts/{cohort_id}/metrics",
    permission="metrics.read",
    refuses=(NoneOfThese,),
    export=Exported(METRICS_OF["cohort"], service.export_cohort_metrics),
)
async def get_cohort_metrics(
    read: Reading, cohort_id: CohortId, query: Annotated[MetricQuery, Query()]
) -> Tagged[CohortMetricsOut]:
    """The figures of a cohort with their definitions, now or at a past moment: all of them, or
    those that `key` names, which cost less. Made to be polled: send the ETag back as
    `If-None-Match`, and while nothing has changed the answer is 304 without a body."""
    return await service.get_cohort_metrics(read, cohort_id, query)


@router.get(
    "/programmes/{programme_id}/metrics",
    permission="metrics.read",
    refuses=(NoneOfThese,),
    export=Exported(METRICS_OF["programme"], service.export_programme_metrics),
)
async def get_programme_metrics(
    read: Reading, programme_id: ProgrammeId, query: Annotated[MetricQuery, Query()]
) -> Tagged[ProgrammeMetricsOut]:
    """The figures of a programme with their definitions, now or at a past moment: of all its
    cohorts together, of its funds, and of the collaborations that count towards its targets."""
    return await service.get_programme_metrics(read, programme_id, query)


@router.get(
    "/collaborations/{collaboration_id}/metrics",
    permission="metrics.read",
    refuses=(NoneOfThese,),
    export=Exported(METRICS_OF["collaboration"], service.export_collaboration_metrics),
)
async def get_collaboration_metrics(
    read: Reading, collaboration_id: CollaborationId, query: Annotated[MetricQuery, Query()]
) -> Tagged[CollaborationMetricsOut]:
    """The figures of a collaboration with their definitions, now or at a past moment: of all that
    it has in its cohorts together. They are told to whoever may read the metrics of each cohort
    that it was ever a member of."""
    return await service.get_collaboration_metrics(read, collaboration_id, query)
