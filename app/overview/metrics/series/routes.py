"""The endpoints of metrics over time."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query

from app.kernel.written import Tagged
from app.overview.metrics.access import NoneOfThese
from app.overview.metrics.exports import COMPARISON, SERIES_OF
from app.overview.metrics.schemas import (
    CohortMetricSeriesOut,
    CompareQuery,
    ComparisonOut,
    ProgrammeMetricSeriesOut,
    SeriesQuery,
)
from app.overview.metrics.series import service
from app.overview.metrics.series.service import (
    PastNotKept,
    SeriesReversed,
    TooManyMoments,
)
from app.people.reads.deps import Reading
from app.web.export_answers import Exported
from app.web.routing import Router

router = Router("Metrics")

CohortId = Annotated[UUID, Path(description="The cohort.")]
ProgrammeId = Annotated[UUID, Path(description="The programme.")]


@router.get(
    "/cohorts/{cohort_id}/metrics/series",
    permission="metrics.read",
    refuses=(TooManyMoments, SeriesReversed, NoneOfThese, PastNotKept),
    export=Exported(SERIES_OF["cohort"], service.export_cohort_metric_series),
)
async def get_cohort_metric_series(
    read: Reading, cohort_id: CohortId, query: Annotated[SeriesQuery, Query()]
) -> Tagged[CohortMetricSeriesOut]:
    """Metrics of a cohort over time, as tidy rows: what was true at the end of each interval, each
    counted anew from what is known. Unless you say which, those whose past is not
    kept are left out."""
    return await service.get_cohort_metric_series(read, cohort_id, query)


@router.get(
    "/programmes/{programme_id}/metrics/series",
    permission="metrics.read",
    refuses=(TooManyMoments, SeriesReversed, NoneOfThese, PastNotKept),
    export=Exported(SERIES_OF["programme"], service.export_programme_metric_series),
)
async def get_programme_metric_series(
    read: Reading, programme_id: ProgrammeId, query: Annotated[SeriesQuery, Query()]
) -> Tagged[ProgrammeMetricSeriesOut]:
    """Metrics of a programme over time, as tidy rows: what was true at the end of each interval,
    each counted anew from what is known. Unless you say which, those whose past is not
    kept are left out."""
    return await service.get_programme_metric_series(read, programme_id, query)


@router.get(
    "/programmes/{programme_id}/metrics/cohorts",
    permission="metrics.read",
    refuses=(NoneOfThese,),
    export=Exported(COMPARISON, service.export_cohort_metric_comparison),
)
async def compare_cohort_metrics(
    read: Reading, programme_id: ProgrammeId, query: Annotated[CompareQuery, Query()]
) -> Tagged[ComparisonOut]:
    """The cohorts of a programme beside each other, as tidy rows, now or at a past moment: of those
    whose metrics you may read the two hundred that start last."""
    return await service.compare_cohort_metrics(read, programme_id, query)
