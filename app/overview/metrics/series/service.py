"""Metrics over time, and of several cohorts: the same figures as tidy rows."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar
from uuid import UUID

from app.kernel.errors import Unprocessable
from app.kernel.metrics import METRICS, MetricScope
from app.kernel.written import Tagged
from app.overview.metrics import access, queries
from app.overview.metrics.definitions import in_table, keeps, measured
from app.overview.metrics.exports import COMPARISON, SERIES_OF
from app.overview.metrics.intervals import MOST, moments, not_to_come
from app.overview.metrics.polls.service import Question, in_columns, polled
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
from app.people.reads.reader import Reader
from app.web.exports import ListedExport

Told = TypeVar("Told")

WHOLE: Final = Asked(MetricScope.PROGRAMME, frozenset())
"""Whether somebody may read the metrics of a programme that has no cohort yet."""

A_YEAR: Final = timedelta(days=365)

_OUT: Final[dict[MetricScope, type[Any]]] = {
    MetricScope.COHORT: CohortMetricSeriesOut,
    MetricScope.PROGRAMME: ProgrammeMetricSeriesOut,
}


class TooManyMoments(Unprocessable):
    """A series has four hundred moments at the most: ask for less time, or longer intervals."""


class SeriesReversed(Unprocessable):
    """A series ends after it begins, and no series begins in the future."""


class PastNotKept(Unprocessable):
    """So much of the past of this metric is not kept: `/v1/metrics` says how much of each is."""


async def get_cohort_metric_series(
    read: Reader, cohort_id: UUID, query: SeriesQuery
) -> Tagged[CohortMetricSeriesOut]:
    """Metrics of a cohort over time.

    Raises TooManyMoments, SeriesReversed (422), CohortNotFound (404).
    """
    return await _read(read, MetricScope.COHORT, cohort_id, query)


async def export_cohort_metric_series(
    read: Reader, cohort_id: UUID, query: SeriesQuery
) -> Tagged[ListedExport]:
    """The same as a table."""
    return await _export(read, MetricScope.COHORT, cohort_id, query)


async def get_programme_metric_series(
    read: Reader, programme_id: UUID, query: SeriesQuery
) -> Tagged[ProgrammeMetricSeriesOut]:
    """Metrics of a programme over time.

    Raises TooManyMoments, SeriesReversed (422), ProgrammeNotFound (404).
    """
    return await _read(read, MetricScope.PROGRAMME, programme_id, query)


async def export_programme_metric_series(
    read: Reader, programme_id: UUID, query: SeriesQuery
) -> Tagged[ListedExport]:
    """The same as a table."""
    return await _export(read, MetricScope.PROGRAMME, programme_id, query)


async def compare_cohort_metrics(
    read: Reader, programme_id: UUID, query: CompareQuery
) -> Tagged[ComparisonOut]:
    """The metrics of those cohorts of a programme whose metrics may be read.

    Raises NotAllowed (403) where that is none of them, nor the programme, ProgrammeNotFound (404).
    """
    return await _beside(read, programme_id, query, (), lambda told: told)


async def export_cohort_metric_comparison(
    read: Reader, programme_id: UUID, query: CompareQuery
) -> Tagged[ListedExport]:
    """The same as a table."""
    return await _beside(read, programme_id, query, in_columns(COMPARISON, query), _beside_in_table)


async def _beside(
    read: Reader,
    programme_id: UUID,
    query: CompareQuery,
    said: tuple[Any, ...],
    written: Callable[[ComparisonOut], Told],
) -> Tagged[Told]:
    compared = _compared(query, read.at)

    async def otherwise() -> None:
        if not await queries.read_counted(read, WHOLE, programme_id):
            await access.refuse_reader(read, MetricScope.PROGRAMME, programme_id)

    wanted = (*compared.wanted, *said)
    question = Question(
        compared.asked, programme_id, *compared.when, out=ComparisonOut, said=wanted
    )
    return await polled(read, question, lambda found: written(compared.told(found)), otherwise)


def _beside_in_table(told: ComparisonOut) -> ListedExport:
    whole = told.model_dump(include={"as_of", "known_at"})
    header = COMPARISON.header
    rows = [whole | _flat(in_table(one.model_dump())) for one in told.items]
    return ListedExport(COMPARISON, [[row[name] for name in header] for row in rows])


def _flat(figure: dict[str, Any]) -> dict[str, Any]:
    return figure | {f"cohort_{key}": value for key, value in figure["cohort"].items()}


@dataclass(frozen=True)
class _Compared:
    """Which metrics are compared, and at which moment."""

    wanted: list[str]
    as_of: datetime | None
    known_at: datetime | None

    @property
    def kept(self) -> frozenset[str]:
        """Those of them of which so much of the past is kept."""
        past = {"as_of": self.as_of is not None, "known_at": self.known_at is not None}
        return frozenset(key for key in self.wanted if keeps(key, **past))

    @property
    def asked(self) -> Asked:
        return Asked(MetricScope.PROGRAMME, self.kept, each=True)

    @property
    def when(self) -> tuple[tuple[datetime | None], datetime | None]:
        return (self.as_of,), self.known_at

    def told(self, found: Iterable[Counted]) -> ComparisonOut:
        items = [
            ComparedOut(cohort=one.scope, **_told(figure))
            for one in found
            for figure in _with_what_is_not_kept(one.figures, self.wanted, self.kept)
        ]
        return ComparisonOut(as_of=self.as_of, known_at=self.known_at, items=items)


def _compared(query: CompareQuery, at: datetime) -> _Compared:
    as_of = not_to_come(query.as_of, at)
    return _Compared(access.wanted(MetricScope.COHORT, query.key), as_of, query.known_at)


async def _read(
    read: Reader, scope: MetricScope, scope_id: UUID, query: SeriesQuery
) -> Tagged[Any]:
    return await _over_time(read, scope, scope_id, query, (), lambda told: told)


async def _export(
    read: Reader, scope: MetricScope, scope_id: UUID, query: SeriesQuery
) -> Tagged[ListedExport]:
    said = in_columns(SERIES_OF[scope.value], query)
    return await _over_time(read, scope, scope_id, query, said, lambda told: _table(scope, told))


async def _over_time(
    read: Reader,
    scope: MetricScope,
    scope_id: UUID,
    query: SeriesQuery,
    said: tuple[Any, ...],
    written: Callable[[Any], Told],
) -> Tagged[Told]:
    zone = read.database.info["zone"]
    at = _moments(query, read.at, zone)
    asked = Asked(scope, _kept(scope, query))
    said = (query.interval, query.timezone or zone, *said)
    return await polled(
        read,
        Question(asked, scope_id, at, query.known_at, _OUT[scope], said),
        lambda found: written(_series(scope, found[0], at, query, zone)),
        lambda: access.refuse_reader(read, scope, scope_id),
    )


def _table(scope: MetricScope, told: Any) -> ListedExport:
    """The points, a row for each."""
    thing = getattr(told, scope.value)
    whole = {f"{scope.value}_{key}": value for key, value in thing.model_dump().items()}
    export = SERIES_OF[scope.value]
    rows = [whole | in_table(point.model_dump()) for point in told.items]
    return ListedExport(export, [[row[name] for name in export.header] for row in rows])


def _moments(query: SeriesQuery, at: datetime, zone: str) -> list[datetime]:
    until = at if query.until is None else min(query.until, at)
    since = until - A_YEAR if query.since is None else query.since
    if since >= until:
        raise SeriesReversed.at("#/query/since")
    found = moments(since, until, query.interval, query.timezone or zone)
    if len(found) > MOST:
        raise TooManyMoments.at("#/query/interval")
    return found


def _kept(scope: MetricScope, query: SeriesQuery) -> frozenset[str]:
    """Those of them of which so much of the past is kept.

    Raises NoneOfThese, PastNotKept (422) of one that is asked for by its name.
    """
    past = {"as_of": True, "known_at": query.known_at is not None}
    wanted = access.wanted(scope, query.key)
    lost = [key for key in wanted if not keeps(key, **past)]
    if query.key is not None and lost:
        raise access.untold(PastNotKept, lost, "is not kept of so much of the past.")
    return frozenset(wanted) - frozenset(lost)


def _series(
    scope: MetricScope,
    counted: Counted,
    at: list[datetime],
    query: SeriesQuery,
    zone: str,
) -> Any:
    points = sorted(counted.figures, key=lambda one: one.moment)
    return _OUT[scope](
        **{scope.value: counted.scope},
        data_as_of=counted.mark.changed_at,
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
    return measured(figure.key, figure.dimension, figure.count)
