"""Reading metrics: the catalogue, and of a scope the figures made of what is counted in it."""

from collections.abc import Callable, Collection
from typing import Any, Final, TypeVar
from uuid import UUID

from app.kernel.errors import NotFound
from app.kernel.metrics import METRICS, MetricScope
from app.kernel.written import Tagged
from app.overview.metrics import access
from app.overview.metrics.definitions import (
    DEFINITIONS,
    Count,
    MetricKey,
    NullCode,
    in_table,
    keeps,
    measured,
)
from app.overview.metrics.exports import METRICS_OF
from app.overview.metrics.intervals import not_to_come
from app.overview.metrics.polls.service import Question, in_columns, polled
from app.overview.metrics.queries import Asked, Counted
from app.overview.metrics.schemas import (
    CohortMetricsOut,
    CollaborationMetricsOut,
    LikenessOut,
    MetricCatalogueOut,
    MetricDefinitionOut,
    MetricOut,
    MetricQuery,
    ProgrammeMetricsOut,
)
from app.people.reads.reader import Reader
from app.web.exports import ListedExport

Told = TypeVar("Told")

_REASONS: Final = {
    NullCode.PAST_NOT_KEPT: "So much of its past is not kept.",
    NullCode.SUPPRESSED: "It is about too few to be told.",
    NullCode.NOT_RELEASED: "Nobody has published the results that it would be of.",
}
"""Why there is no value, where its definition does not say so."""


class MetricNotFound(NotFound):
    """There is no metric with this key."""


_OUT: Final[dict[MetricScope, type[Any]]] = {
    MetricScope.COHORT: CohortMetricsOut,
    MetricScope.PROGRAMME: ProgrammeMetricsOut,
    MetricScope.COLLABORATION: CollaborationMetricsOut,
}


def list_metrics() -> MetricCatalogueOut:
    """Every metric there is, in the order of the house."""
    return MetricCatalogueOut(items=[_defined(key) for key in METRICS])


def get_metric(key: str) -> MetricDefinitionOut:
    """One metric. Raises MetricNotFound (404)."""
    if key not in METRICS:
        raise MetricNotFound
    return _defined(key)


def _defined(key: str) -> MetricDefinitionOut:
    definition, facts = METRICS[key].definition, METRICS[key].facts
    return MetricDefinitionOut(
        key=MetricKey(key),
        title=definition.title,
        unit=definition.unit,
        direction=definition.direction,
        counted=definition.numerator,
        counted_of=definition.denominator,
        excluded=definition.excluded,
        without_denominator=definition.without_denominator,
        rules=list(definition.rules),
        needs=definition.needs,
        divisor=definition.divisor,
        dimension=facts.dimension,
        scopes=list(facts.scopes),
        past=facts.past,
        likenesses=[LikenessOut.model_validate(one) for one in definition.likenesses],
        definition_version=definition.version,
    )


async def get_cohort_metrics(
    read: Reader, cohort_id: UUID, query: MetricQuery
) -> Tagged[CohortMetricsOut]:
    """The metrics of a cohort.

    Raises CohortNotFound (404) where whoever asks may not read its metrics, NoneOfThese (422).
    """
    return await _read(read, MetricScope.COHORT, cohort_id, query)


async def export_cohort_metrics(
    read: Reader, cohort_id: UUID, query: MetricQuery
) -> Tagged[ListedExport]:
    """The metrics of a cohort as a table, a row for each figure."""
    return await _export(read, MetricScope.COHORT, cohort_id, query)


async def get_programme_metrics(
    read: Reader, programme_id: UUID, query: MetricQuery
) -> Tagged[ProgrammeMetricsOut]:
    """The metrics of a programme.

    Raises ProgrammeNotFound (404) where whoever asks may not read its metrics.
    """
    return await _read(read, MetricScope.PROGRAMME, programme_id, query)


async def export_programme_metrics(
    read: Reader, programme_id: UUID, query: MetricQuery
) -> Tagged[ListedExport]:
    """The metrics of a programme as a table, a row for each figure."""
    return await _export(read, MetricScope.PROGRAMME, programme_id, query)


async def get_collaboration_metrics(
    read: Reader, collaboration_id: UUID, query: MetricQuery
) -> Tagged[CollaborationMetricsOut]:
    """The metrics of a collaboration.

    Raises CollaborationNotFound (404) where whoever asks may not read those of each cohort that it
    was ever a member of.
    """
    return await _read(read, MetricScope.COLLABORATION, collaboration_id, query)


async def export_collaboration_metrics(
    read: Reader, collaboration_id: UUID, query: MetricQuery
) -> Tagged[ListedExport]:
    """The metrics of a collaboration as a table, a row for each figure."""
    return await _export(read, MetricScope.COLLABORATION, collaboration_id, query)


async def _read(
    read: Reader, scope: MetricScope, scope_id: UUID, query: MetricQuery
) -> Tagged[Any]:
    return await _polled(read, scope, scope_id, query, (), lambda told: told)


async def _export(
    read: Reader, scope: MetricScope, scope_id: UUID, query: MetricQuery
) -> Tagged[ListedExport]:
    said = in_columns(METRICS_OF[scope.value], query)
    return await _polled(read, scope, scope_id, query, said, lambda told: _table(scope, told))


async def _polled(
    read: Reader,
    scope: MetricScope,
    scope_id: UUID,
    query: MetricQuery,
    said: tuple[Any, ...],
    written: Callable[[Any], Told],
) -> Tagged[Told]:
    as_of = not_to_come(query.as_of, read.at)
    of_past = {"as_of": as_of is not None, "known_at": query.known_at is not None}
    wanted = access.wanted(scope, query.key)
    kept = frozenset(key for key in wanted if keeps(key, **of_past))
    return await polled(
        read,
        Question(Asked(scope, kept), scope_id, (as_of,), query.known_at, _OUT[scope], said),
        lambda found: written(
            _OUT[scope](
                **{scope.value: found[0].scope},
                data_as_of=found[0].mark.changed_at,
                as_of=as_of,
                known_at=query.known_at,
                metrics=_metrics_of(found[0], set(wanted) - kept),
            )
        ),
        lambda: access.refuse_reader(read, scope, scope_id),
    )


def _table(scope: MetricScope, told: Any) -> ListedExport:
    """The figures, a row for each."""
    thing = getattr(told, scope.value)
    whole = {f"{scope.value}_{key}": value for key, value in thing.model_dump().items()}
    whole |= told.model_dump(include={"data_as_of", "as_of", "known_at"})
    export = METRICS_OF[scope.value]
    rows = [whole | in_table(metric.model_dump()) for metric in told.metrics]
    return ListedExport(export, [[row[name] for name in export.header] for row in rows])


def figures_now(counted: Counted) -> list[MetricOut]:
    """The figures of the present, in the order of the house."""
    return _metrics_of(counted, ())


def _metrics_of(counted: Counted, lost: Collection[str]) -> list[MetricOut]:
    """The figures, and one without a value of each metric whose past is lost."""
    metrics = [_metric(one.key, one.dimension, one.count) for one in counted.figures]
    metrics += [_metric(key, None, None) for key in lost]
    order = list(METRICS)
    return sorted(metrics, key=lambda one: order.index(one.key))


def _metric(key: str, dimension: str | None, count: Count | None) -> MetricOut:
    """A figure; without a count, that so much of its past is not kept."""
    definition, figure = DEFINITIONS[key], measured(key, dimension, count)
    code = figure["null_code"]
    reason = code and _REASONS.get(code, definition.without_denominator)
    return MetricOut(
        **figure,
        title=definition.title,
        direction=definition.direction,
        null_reason=reason,
        counted=definition.numerator,
        counted_of=definition.denominator,
        excluded=definition.excluded,
        definition_version=definition.version,
    )
