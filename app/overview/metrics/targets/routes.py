"""The contract of targets of metrics."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query

from app.kernel.schemas import WithReason
from app.network.cohorts.access import CohortNotFound
from app.network.cohorts.service import CohortEnded
from app.network.programmes.access import ProgrammeNotFound
from app.overview.metrics.targets import service
from app.overview.metrics.targets.access import MetricTargetNotFound, metric_target
from app.overview.metrics.targets.exports import METRIC_TARGETS_AS_CSV
from app.overview.metrics.targets.schemas import (
    CreateMetricTarget,
    EditMetricTarget,
    MetricTargetOut,
    MetricTargetPage,
    MetricTargetQuery,
)
from app.overview.metrics.targets.service import (
    MetricTargetDatesReversed,
    MetricTargetTaken,
    MetricTargetWithdrawn,
    TargetUnfit,
)
from app.people.identity.deps import CurrentActor
from app.people.reads.deps import history_of
from app.web.export_answers import Exported
from app.web.preconditions import IfMatch
from app.web.routing import Router
from app.web.transaction import Db

router = Router("Metrics")

CohortId = Annotated[UUID, Path(description="The cohort.")]
ProgrammeId = Annotated[UUID, Path(description="The programme.")]
MetricTargetId = Annotated[UUID, Path(description="The target.")]


@router.post(
    "/cohorts/{cohort_id}/metric-targets",
    permission="metric_target.edit",
    refuses=(
        CohortNotFound,
        CohortEnded,
        MetricTargetTaken,
        TargetUnfit,
        MetricTargetDatesReversed,
    ),
    status=201,
    location="/v1/metric-targets/{id}",
    example={"metric": "completion", "value": 0.8, "due_on": "2026-10-31"},
)
async def create_cohort_metric_target(
    db: Db, actor: CurrentActor, cohort_id: CohortId, body: CreateMetricTarget
) -> MetricTargetOut:
    """Set a target for a metric of the cohort: what it is to reach (`at_least`) or not to exceed
    (`at_most`) by a day."""
    return await service.create_cohort_metric_target(db, actor, cohort_id, body)


@router.post(
    "/programmes/{programme_id}/metric-targets",
    permission="metric_target.edit",
    refuses=(ProgrammeNotFound, MetricTargetTaken, TargetUnfit, MetricTargetDatesReversed),
    status=201,
    location="/v1/metric-targets/{id}",
    example={"metric": "milestones_on_time", "value": 0.9, "due_on": "2026-12-31"},
)
async def create_programme_metric_target(
    db: Db, actor: CurrentActor, programme_id: ProgrammeId, body: CreateMetricTarget
) -> MetricTargetOut:
    """Set a target for a metric of the programme, of all its cohorts together: what it is to reach
    (`at_least`) or not to exceed (`at_most`) by a day. What is counted by hand is a target of the
    programme's own: `create_target`."""
    return await service.create_programme_metric_target(db, actor, programme_id, body)


@router.get(
    "/metric-targets",
    permission="metrics.read",
    export=Exported(METRIC_TARGETS_AS_CSV, service.export_metric_targets),
)
async def list_metric_targets(
    db: Db, actor: CurrentActor, query: Annotated[MetricTargetQuery, Query()]
) -> MetricTargetPage:
    """The targets of the metrics that you may read, those due first at the top, and how they
    stand: by now, or by the end of the day on which they were due."""
    return await service.list_metric_targets(db, actor, query)


@router.get(
    "/metric-targets/{metric_target_id}",
    permission="metrics.read",
    refuses=(MetricTargetNotFound,),
)
async def get_metric_target(
    db: Db, actor: CurrentActor, metric_target_id: MetricTargetId
) -> MetricTargetOut:
    """One target of a metric, and how it stands."""
    return await service.get_metric_target(db, actor, metric_target_id)


@router.patch(
    "/metric-targets/{metric_target_id}",
    permission="metric_target.edit",
    refuses=(
        MetricTargetNotFound,
        MetricTargetWithdrawn,
        CohortEnded,
        MetricTargetTaken,
        TargetUnfit,
        MetricTargetDatesReversed,
    ),
    if_match=True,
    example={"due_on": "2026-11-30"},
)
async def edit_metric_target(
    db: Db,
    actor: CurrentActor,
    metric_target_id: MetricTargetId,
    body: EditMetricTarget,
    if_match: IfMatch,
) -> MetricTargetOut:
    """Change what the body names, until its cohort has ended; the history keeps what it was. What
    is measured never changes: set another target."""
    return await service.edit_metric_target(db, actor, metric_target_id, body, if_match=if_match)


@router.post(
    "/metric-targets/{metric_target_id}/withdraw",
    permission="metric_target.edit",
    refuses=(MetricTargetNotFound, MetricTargetWithdrawn),
    example={"reason": "The funder asks for another figure."},
)
async def withdraw_metric_target(
    db: Db, actor: CurrentActor, metric_target_id: MetricTargetId, body: WithReason
) -> MetricTargetOut:
    """Take a target back, for a reason. It is still read, and stands nowhere."""
    return await service.withdraw_metric_target(db, actor, metric_target_id, reason=body.reason)


history_of(
    router,
    "metric_target",
    "/metric-targets/{metric_target_id}",
    metric_target,
    permission="metrics.read",
    refuses=(MetricTargetNotFound,),
)
