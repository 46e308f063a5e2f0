"""What the metrics of targets are: a statement for each kind of scope and each day that was due."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Select, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.clock import beginning, now
from app.kernel.metrics import MetricScope
from app.network.indicators.metrics import FIGURES
from app.network.indicators.models import Indicator
from app.network.indicators.queries import measures
from app.overview.metrics.definitions import Count, keeps
from app.overview.metrics.queries import Asked, counted_for_the_record
from app.overview.metrics.targets.models import MetricTarget

Measured = tuple[datetime | None, Count | None]
"""By which moment, and what was counted; None where nothing was, such as of a currency."""


def scope_of(target: MetricTarget) -> MetricScope:
    """Of what kind of thing the metric is."""
    return MetricScope.PROGRAMME if target.cohort_id is None else MetricScope.COHORT


def standing_of(cohort_id: UUID) -> Select[MetricTarget]:
    """The targets of a cohort that were not withdrawn."""
    return (
        select(MetricTarget)
        .where(MetricTarget.cohort_id == cohort_id, MetricTarget.withdrawn_at.is_(None))
        .order_by(MetricTarget.id)
    )


@measures
def of_indicator(indicator: Indicator) -> Select[*tuple[str | None]]:
    """What targets that were not withdrawn are set for of an indicator, as it is counted now."""
    return select(MetricTarget.dimension).where(
        MetricTarget.programme_id == indicator.programme_id,
        MetricTarget.metric == FIGURES[indicator.aggregation],
        MetricTarget.withdrawn_at.is_(None),
        or_(
            MetricTarget.dimension == indicator.key,
            MetricTarget.dimension.startswith(f"{indicator.key}:"),
        ),
    )


async def measured(db: AsyncSession, targets: Iterable[MetricTarget]) -> dict[UUID, Measured]:
    """How each target that stands is met: by now, or by the end of the day on which it was due."""
    at = now(db)
    together: dict[tuple[MetricScope, datetime | None], list[MetricTarget]] = {}
    for target in targets:
        if target.withdrawn_at is None:
            together.setdefault((scope_of(target), _moment(target, at)), []).append(target)
    found: dict[UUID, Measured] = {}
    for (scope, as_of), some in together.items():
        counts = await _counts(db, scope, as_of, some)
        found |= {
            one.id: (as_of, counts.get((one.scope_id, one.metric, one.dimension))) for one in some
        }
    return found


def _moment(target: MetricTarget, at: datetime) -> datetime | None:
    ends_at = beginning(target.due_on + timedelta(days=1), target.timezone)
    is_past = ends_at <= at and keeps(target.metric, as_of=True, known_at=False)
    return ends_at if is_past else None


async def _counts(
    db: AsyncSession, scope: MetricScope, as_of: datetime | None, some: Sequence[MetricTarget]
) -> dict[tuple[UUID, str, str | None], Count | None]:
    asked = Asked(scope, frozenset(one.metric for one in some))
    scope_ids = sorted({one.scope_id for one in some})
    return {
        (one.scope.id, figure.key, figure.dimension): figure.count
        for one in await counted_for_the_record(db, asked, *scope_ids, moments=(as_of,))
        for figure in one.figures
    }
