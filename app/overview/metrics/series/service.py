"""Metrics over time, and of several cohorts: the same figures as tidy rows."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.clock import network_zone, now
from app.kernel.errors import NotFound, Unprocessable
from app.kernel.metrics import METRICS, MetricScope, told_of
from app.network.cohorts.access import CohortNotFound
from app.network.programmes.access import ProgrammeNotFound
from app.overview.metrics import queries
from app.overview.metrics.definitions import MetricKey, keeps, measured
from app.overview.metrics.exports import SERIES_OF
from app.overview.metrics.intervals import MOST, moments
from app.overview.metrics.queries import Asked, Counted, Figure
from app.overview.metrics.schemas import (
    CohortMetricSeriesOut,
    ComparedOut,
    CompareQuery,
    ComparisonOut,
    PointOut,
    ProgrammeMetricSeriesOut,
    SeriesQuery,
)
from app.people.identity.actors import Actor
from app.people.reads.reader import Reader
from app.web.exports import ListedExport

A_YEAR: Final = timedelta(days=365)

_OUT: Final[dict[MetricScope, tuple[type[Any], type[NotFound]]]] = {
    MetricScope.COHORT: (CohortMetricSeriesOut, CohortNotFound),
    MetricScope.PROGRAMME: (ProgrammeMetricSeriesOut, ProgrammeNotFound),
}


class TooManyMoments(Unprocessable):
    """A series has four hundred moments at the most: ask for less time, or longer intervals."""


class SeriesReversed(Unprocessable):
    """A series ends after it begins, and no series begins in the future."""


async def get_cohort_metric_series(
    read: Reader, cohort_id: UUID, query: SeriesQuery
) -> CohortMetricSeriesOut:
    """Metrics of a cohort over time.

    Raises TooManyMoments, SeriesReversed (422), CohortNotFound (404).
    """
    return await _read(read, MetricScope.COHORT, cohort_id, query)


async def export_cohort_metric_series(
    db: AsyncSession, actor: Actor, cohort_id: UUID, query: SeriesQuery
) -> ListedExport:
    """The same as a table."""
    return await _export(db, actor, MetricScope.COHORT, cohort_id, query)


async def get_programme_metric_series(
    read: Reader, programme_id: UUID, query: SeriesQuery
) -> ProgrammeMetricSeriesOut:
    """Metrics of a programme over time.

    Raises TooManyMoments, SeriesReversed (422), ProgrammeNotFound (404).
    """
    return await _read(read, MetricScope.PROGRAMME, programme_id, query)


async def export_programme_metric_series(
    db: AsyncSession, actor: Actor, programme_id: UUID, query: SeriesQuery
) -> ListedExport:
    """The same as a table."""
    return await _export(db, actor, MetricScope.PROGRAMME, programme_id, query)


async def compare_cohort_metrics(
    read: Reader, programme_id: UUID, query: CompareQuery
) -> ComparisonOut:
    """The metrics of those cohorts of a programme whose metrics may be read.

    Raises ProgrammeNotFound (404) where that is none of them, nor the programme.
    """
    as_of = None if query.as_of is None or query.as_of >= read.at else query.as_of
    wanted = _wanted(MetricScope.COHORT, query.key)
    past = {"as_of": as_of is not None, "known_at": query.known_at is not None}
    kept = frozenset(key for key in wanted if keeps(key, **past))
    asked = Asked(MetricScope.PROGRAMME, kept, each=True)
    found = await queries.read_counted(read, asked, programme_id, (as_of,), query.known_at)
    if not found:
        whole = Asked(MetricScope.PROGRAMME, frozenset())
        if not await queries.read_counted(read, whole, programme_id):
            raise ProgrammeNotFound
    items = [
        ComparedOut(cohort=one.scope, **_told(figure))
        for one in found
        for figure in _with_what_is_not_kept(one.figures, wanted, kept)
    ]
    return ComparisonOut(as_of=as_of, known_at=query.known_at, items=items)


async def _read(read: Reader, scope: MetricScope, scope_id: UUID, query: SeriesQuery) -> Any:
    at = _moments(query, read.at, read.database.info["zone"])
    asked = Asked(scope, _kept(scope, query))
    found = await queries.read_counted(read, asked, scope_id, at, query.known_at)
    return _series(scope, found, at, query, read.database.info["zone"])


async def _export(
    db: AsyncSession, actor: Actor, scope: MetricScope, scope_id: UUID, query: SeriesQuery
) -> ListedExport:
    at = _moments(query, now(db), network_zone(db))
    asked = Asked(scope, _kept(scope, query))
    found = await queries.counted_within(db, actor, asked, scope_id, at, query.known_at)
    told = _series(scope, found, at, query, network_zone(db))
    thing = getattr(told, scope.value)
    whole = {f"{scope.value}_{key}": value for key, value in thing.model_dump().items()}
    export = SERIES_OF[scope.value]
    rows = [whole | point.model_dump() for point in told.items]
    return ListedExport(export, [[row[name] for name in export.header] for row in rows])


def _moments(query: SeriesQuery, at: datetime, zone: str) -> list[datetime]:
    until = at if query.until is None else min(query.until, at)
    since = until - A_YEAR if query.since is None else query.since
    if since >= until:
        raise SeriesReversed
    found = moments(since, until, query.interval, query.timezone or zone)
    if len(found) > MOST:
        raise TooManyMoments
    return found


def _wanted(scope: MetricScope, keys: Collection[MetricKey] | None) -> list[str]:
    """The metrics that are asked for, of those that the scope has."""
    return [key for key in told_of(scope) if keys is None or key in keys]


def _kept(scope: MetricScope, query: SeriesQuery) -> frozenset[str]:
    """Those of them of which so much of the past is kept."""
    past = {"as_of": True, "known_at": query.known_at is not None}
    return frozenset(key for key in _wanted(scope, query.key) if keeps(key, **past))


def _series(
    scope: MetricScope,
    found: list[Counted],
    at: list[datetime],
    query: SeriesQuery,
    zone: str,
) -> Any:
    out, missing = _OUT[scope]
    if not found:
        raise missing
    (counted,) = found
    points = sorted(counted.figures, key=lambda one: one.moment)
    return out(
        **{scope.value: counted.scope},
        data_as_of=counted.changed_at,
        interval=query.interval,
        timezone=query.timezone or zone,
        known_at=query.known_at,
        items=[PointOut(time=at[one.moment], **_told(one)) for one in points],
    )


def _with_what_is_not_kept(
    figures: Iterable[Figure], wanted: Iterable[str], kept: Collection[str]
) -> list[Figure]:
    """The figures, and one without a count of each metric whose past is not kept."""
    order = list(METRICS)
    missing = [Figure(key, 0, None, None) for key in wanted if key not in kept]
    return sorted([*figures, *missing], key=lambda one: order.index(one.key))


def _told(figure: Figure) -> dict[str, Any]:
    return {"dimension": figure.dimension, **measured(figure.key, figure.count)}
