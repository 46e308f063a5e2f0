"""Reading metrics: the cohort with what is counted in it, and the figures made of that."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.metrics import Definition
from app.network.cohorts.access import CohortNotFound
from app.overview.metrics import queries
from app.overview.metrics.definitions import DEFINITIONS, Count, MetricKey, ratio
from app.overview.metrics.exports import METRICS
from app.overview.metrics.schemas import CohortMetricsOut, MetricOut
from app.people.identity.actors import Actor
from app.people.reads.reader import Reader
from app.web.exports import ListedExport


async def get_cohort_metrics(read: Reader, cohort_id: UUID) -> CohortMetricsOut:
    """The metrics of a cohort.

    Raises CohortNotFound (404) where whoever asks may not read its metrics.
    """
    return _figures(await queries.read_counted(read, cohort_id))


async def export_cohort_metrics(db: AsyncSession, actor: Actor, cohort_id: UUID) -> ListedExport:
    """The metrics of a cohort as a table, a row for each."""
    found = _figures(await queries.counted_within(db, actor, cohort_id))
    cohort = {f"cohort_{key}": value for key, value in found.cohort.model_dump().items()}
    whole = cohort | {"data_as_of": found.data_as_of}
    rows = [whole | metric.model_dump() for metric in found.metrics]
    return ListedExport(METRICS, [[row[name] for name in METRICS.header] for row in rows])


def _figures(counted: queries.Counted | None) -> CohortMetricsOut:
    if counted is None:
        raise CohortNotFound
    return CohortMetricsOut(
        cohort=counted.cohort,
        data_as_of=counted.changed_at,
        metrics=[_metric(DEFINITIONS[key], count) for key, count in counted.counts.items()],
    )


def _metric(definition: Definition, count: Count) -> MetricOut:
    value = ratio(count)
    return MetricOut(
        key=MetricKey(definition.key),
        title=definition.title,
        value=value,
        null_reason=definition.without_denominator if value is None else None,
        numerator=count.numerator,
        denominator=count.denominator,
        excluded_count=count.excluded,
        counted=definition.numerator,
        counted_of=definition.denominator,
        excluded=definition.excluded,
        definition_version=definition.version,
    )
