"""Chart pages over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query

from app.network.cohorts.access import CohortNotFound
from app.overview.metrics.charts import service
from app.overview.metrics.charts.access import MetricChartNotFound
from app.overview.metrics.charts.deps import DOCUMENTED, ChartResponse
from app.overview.metrics.charts.schemas import (
    CreateMetricChart,
    MetricChartPage,
    MetricChartQuery,
    NewMetricChartOut,
)
from app.people.identity.deps import CurrentActor
from app.web.public_url import PublicUrl
from app.web.routing import Router
from app.web.terms import PUBLIC, SIGNED_IN
from app.web.transaction import Db

router = Router("Metrics")

MetricChartId = Annotated[UUID, Path(description="The chart page.")]
Secret = Annotated[str, Path(description="What `create_metric_chart` gave.", max_length=200)]


@router.post(
    "/me/metric-charts",
    permission="metrics.read",
    status=201,
    secret=True,
    idempotent=True,
    refuses=(CohortNotFound, service.TooManyMetricCharts, service.MetricChartTooLong),
)
async def create_metric_chart(
    db: Db, actor: CurrentActor, body: CreateMetricChart, public_url: PublicUrl
) -> NewMetricChartOut:
    """Make a secret address at which the figures of a cohort are drawn for those who have no
    account, until an instant. It is shown this once, and shows what I may read when it is asked."""
    return await service.create_metric_chart(db, actor, body, public_url=public_url)


@router.get("/me/metric-charts", permission=SIGNED_IN)
async def list_metric_charts(
    db: Db, actor: CurrentActor, query: Annotated[MetricChartQuery, Query()]
) -> MetricChartPage:
    """List my chart pages that can be read, the latest first."""
    return await service.list_metric_charts(db, actor, query)


@router.post(
    "/me/metric-charts/{metric_chart_id}/revoke",
    permission=SIGNED_IN,
    status=204,
    refuses=(MetricChartNotFound,),
)
async def revoke_metric_chart(db: Db, actor: CurrentActor, metric_chart_id: MetricChartId) -> None:
    """Let nothing be read at the address of a chart page of mine any more."""
    await service.revoke_metric_chart(db, actor, metric_chart_id)


@router.get(
    "/charts/{chart_secret}/metrics.html",
    permission=PUBLIC,
    refuses=(MetricChartNotFound,),
    responses=DOCUMENTED,
    response_class=ChartResponse,
)
async def read_metric_chart(db: Db, chart_secret: Secret) -> ChartResponse:
    """The figures of a cohort as a page for whoever has the address: pictures with a table beside
    each, without a script. It may stand within a page of another site."""
    return ChartResponse(await service.read_metric_chart(db, chart_secret))
