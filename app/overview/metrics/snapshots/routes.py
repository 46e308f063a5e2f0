"""Snapshots over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query

from app.kernel.written import Written
from app.network.cohorts.access import CohortNotFound
from app.overview.metrics.exports import SNAPSHOT
from app.overview.metrics.snapshots import service
from app.overview.metrics.snapshots.access import MetricSnapshotNotFound
from app.overview.metrics.snapshots.schemas import (
    MetricSnapshotOut,
    MetricSnapshotPage,
    MetricSnapshotQuery,
)
from app.people.identity.deps import CurrentActor
from app.web.export_answers import Exported
from app.web.exports import ExportChoice
from app.web.routing import Router
from app.web.transaction import Db

router = Router("Metrics")

CohortId = Annotated[UUID, Path(description="The cohort.")]
Number = Annotated[int, Path(ge=1, le=10_000, description="Which time it closed: 1 is the first.")]


@router.get(
    "/cohorts/{cohort_id}/metrics/snapshots",
    permission="metrics.read",
    refuses=(CohortNotFound,),
)
async def list_cohort_metric_snapshots(
    db: Db,
    actor: CurrentActor,
    cohort_id: CohortId,
    query: Annotated[MetricSnapshotQuery, Query()],
) -> MetricSnapshotPage:
    """When the figures of a cohort were kept: each time that it closed, the latest first."""
    return await service.list_cohort_metric_snapshots(db, actor, cohort_id, query)


@router.get(
    "/cohorts/{cohort_id}/metrics/snapshots/{number}",
    permission="metrics.read",
    refuses=(CohortNotFound, MetricSnapshotNotFound),
    export=Exported(SNAPSHOT, service.export_cohort_metric_snapshot),
)
async def get_cohort_metric_snapshot(
    db: Db,
    actor: CurrentActor,
    cohort_id: CohortId,
    number: Number,
    query: Annotated[ExportChoice, Query()],
) -> Written[MetricSnapshotOut]:
    """The figures of a cohort as they were told when it closed, with the definitions of then. They
    are never counted again: what is corrected later is in the metrics, and not here."""
    del query
    return await service.get_cohort_metric_snapshot(db, actor, cohort_id, number)
