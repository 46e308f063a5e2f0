"""What is done with chart pages, and what is drawn on one."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel import activity
from app.kernel.clock import day, now
from app.kernel.errors import Conflict, FieldProblem, Unprocessable
from app.kernel.metrics import MetricScope, MetricUnit, told_of
from app.kernel.money import written
from app.kernel.paging import paginate
from app.kernel.schemas import Ref
from app.network.cohorts.models import Cohort
from app.overview.metrics.access import READ, measured_cohort
from app.overview.metrics.charts import access
from app.overview.metrics.charts.models import MetricChart
from app.overview.metrics.charts.schemas import (
    CreateMetricChart,
    MetricChartOut,
    MetricChartPage,
    MetricChartQuery,
    NewMetricChartOut,
)
from app.overview.metrics.definitions import DEFINITIONS, measured
from app.overview.metrics.drawing import Curve, Picture, Row, page, percent
from app.overview.metrics.intervals import SeriesInterval, moments
from app.overview.metrics.queries import Asked, Counted, counted_for_the_record
from app.overview.metrics.schemas import MetricOut
from app.overview.metrics.service import figures_now
from app.people.identity.actors import Actor
from app.people.identity.queries import acting_for
from app.people.identity.tokens import SecretKind, new_secret, secret_digest

MOST: Final = 20
"""How many pages somebody has at once."""

USUALLY: Final = timedelta(days=90)
LONGEST: Final = timedelta(days=366)
SHOWN_FOR: Final = timedelta(days=550)
"""How far back the pictures go: some eighteen months."""

DRAWN: Final = (
    ("members", "Members", ("fill", "retention", "completion")),
    (
        "milestones",
        "Milestones of grants",
        ("milestones_reported", "milestones_accepted", "milestones_on_time"),
    ),
)
"""The pictures, and what is drawn on each: shares whose past is kept."""

OVER_TIME: Final = Asked(MetricScope.COHORT, frozenset(key for *_, keys in DRAWN for key in keys))
OF_COHORT: Final = Asked(MetricScope.COHORT, frozenset(told_of(MetricScope.COHORT)))


class TooManyMetricCharts(Conflict):
    """You have twenty chart pages already: revoke one that nobody looks at."""


class MetricChartTooLong(Unprocessable):
    """A chart page is read until an instant to come, in a year at the latest."""


async def create_metric_chart(
    db: AsyncSession, actor: Actor, body: CreateMetricChart, *, public_url: str
) -> NewMetricChartOut:
    """Make an address at which the figures of a cohort are drawn; it is shown this once.

    Raises CohortNotFound (404), NotAllowed (403), TooManyMetricCharts (409), MetricChartTooLong
    (422).
    """
    at = now(db)
    cohort = await measured_cohort(db, actor, body.cohort_id)
    expires_at = body.expires_at or at + USUALLY
    if not at < expires_at <= at + LONGEST:
        detail = MetricChartTooLong.explanation()
        fault = FieldProblem(pointer="/expires_at", code=MetricChartTooLong.code, detail=detail)
        raise MetricChartTooLong(errors=[fault])
    own = access.own_charts(actor, at).subquery()
    if (await db.scalar(select(func.count()).select_from(own)) or 0) >= MOST:
        raise TooManyMetricCharts
    secret = new_secret(SecretKind.METRIC_CHART)
    chart = MetricChart(
        account_id=actor.account_id,
        cohort_id=cohort.id,
        cohort=cohort,
        digest=secret_digest(SecretKind.METRIC_CHART, secret),
        expires_at=expires_at,
    )
    db.add(chart)
    await db.flush()
    activity.record(db, actor, "metric_chart.created", chart)
    await db.flush()
    url = f"{public_url}/v1/charts/{secret}/metrics.html"
    return NewMetricChartOut(**_shown(chart).model_dump(), url=url)


async def list_metric_charts(
    db: AsyncSession, actor: Actor, query: MetricChartQuery
) -> MetricChartPage:
    """The actor's pages that can be read, the latest first."""
    orders = {"id": (MetricChart.id,)}
    found = await paginate(
        db, access.own_charts(actor, now(db)), query, orders, default="-id", filters={}
    )
    return MetricChartPage(
        items=[_shown(chart) for chart in found.rows],
        next_cursor=found.next_cursor,
        total_count=found.total_count,
    )


async def revoke_metric_chart(db: AsyncSession, actor: Actor, metric_chart_id: UUID) -> None:
    """Let nothing be read at the address of one of the actor's pages any more."""
    chart = await access.own_chart(db, actor, metric_chart_id, now(db))
    chart.revoked_at = now(db)
    activity.record(db, actor, "metric_chart.revoked", chart)
    await db.flush()


async def read_metric_chart(db: AsyncSession, secret: str) -> str:
    """The figures of a cohort as a page, while whoever made it may read them. Raises
    MetricChartNotFound (404)."""
    digest = secret_digest(SecretKind.METRIC_CHART, secret)
    if digest is None:
        raise access.MetricChartNotFound
    chart = await access.chart_of(db, digest, now(db))
    owner = await acting_for(db, chart.account_id, frozenset({READ}))
    if owner is not None:
        await owner.reach(db, [chart.cohort_id])
    if owner is None or not owner.holds(READ, chart.cohort_id):
        raise access.MetricChartNotFound
    return await _drawn(db, chart.cohort)


async def _drawn(db: AsyncSession, cohort: Cohort) -> str:
    at = now(db)
    since = max(cohort.created_at, at - SHOWN_FOR)
    ends = moments(since, at, SeriesInterval.MONTH, cohort.timezone)
    [over_time] = await counted_for_the_record(db, OVER_TIME, cohort.id, moments=ends)
    [present] = await counted_for_the_record(db, OF_COHORT, cohort.id)
    days = [day(one, cohort.timezone).isoformat() for one in ends]
    return page(
        f"{cohort.name}: figures",
        f"As of {days[-1]}. Shares of one hundred; a dash where there is nothing to divide by.",
        [_picture(key, title, keys, days, over_time) for key, title, keys in DRAWN],
        [_row(one) for one in figures_now(present)],
    )


def _picture(
    key: str, title: str, keys: Sequence[str], days: Sequence[str], told: Counted
) -> Picture:
    curves: list[Curve] = []
    for metric in keys:
        values: list[float | None] = [None] * len(days)
        for figure in told.figures:
            if figure.key == metric:
                values[figure.moment] = measured(metric, None, figure.count)["value"]
        curves.append(Curve(DEFINITIONS[metric].title, values))
    return Picture(key, title, days, curves)


def _row(figure: MetricOut) -> Row:
    if figure.value is None:
        return Row(_title(figure), "\u2013", figure.null_reason or "")
    if figure.amount is not None:
        amount = f"{written(figure.amount)} {figure.amount.currency}"
        return Row(_title(figure), amount, "")
    if figure.unit is MetricUnit.SHARE:
        counted = f"{figure.numerator} of {figure.denominator}"
        return Row(_title(figure), percent(figure.value), counted)
    value = f"{figure.value:,.1f}".removesuffix(".0")
    return Row(_title(figure), f"{value} {figure.unit.value}", _of(figure.denominator))


def _title(figure: MetricOut) -> str:
    """What a figure is called, and of what it is; the currency of an amount stands with it."""
    of_money = figure.amount is not None and figure.amount.currency == figure.dimension
    if figure.dimension is None or of_money:
        return figure.title
    return f"{figure.title} ({figure.dimension})"


def _of(counted: int) -> str:
    """Of how many a mean is; what they come to together stands in units of its own."""
    return "of one" if counted == 1 else f"of {counted}"


def _shown(chart: MetricChart) -> MetricChartOut:
    return MetricChartOut(
        id=chart.id,
        cohort=Ref.model_validate(chart.cohort),
        expires_at=chart.expires_at,
        created_at=chart.created_at,
    )
