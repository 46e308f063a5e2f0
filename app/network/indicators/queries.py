"""Which indicator a figure is of, and what packages above measure by its figures."""

from collections.abc import Callable
from typing import Final
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.metrics import MetricDirection
from app.network.indicators.metrics import FIGURES
from app.network.indicators.models import Indicator

Measuring = Callable[[Indicator], Select[*tuple[str | None]]]
"""The dimensions of an indicator's figures, as it is now, by which something is measured."""

MEASURINGS: Final[list[Measuring]] = []


def measures(measuring: Measuring) -> Measuring:
    """Let a package above say by which figures of an indicator it measures something."""
    MEASURINGS.append(measuring)
    return measuring


async def measured_by(db: AsyncSession, indicator: Indicator) -> set[str]:
    """The dimensions of its figures by which something is measured."""
    return {
        dimension
        for measuring in MEASURINGS
        for dimension in await db.scalars(measuring(indicator))
        if dimension is not None
    }


async def direction_of(
    db: AsyncSession, programme_id: UUID, metric: str, dimension: str
) -> MetricDirection | None:
    """Which way the indicator of a programme is to go that `metric` tells of as `dimension`; None
    where it tells of none, or not of that group. It is held, so that it is not defined otherwise
    before what is measured by it is stored."""
    key, _, group = dimension.partition(":")
    kinds = [kind for kind, figure in FIGURES.items() if figure == metric]
    found = await db.scalar(
        select(Indicator)
        .where(
            Indicator.programme_id == programme_id,
            Indicator.key == key,
            Indicator.aggregation.in_(kinds),
        )
        .with_for_update(read=True)
        .execution_options(populate_existing=True)
    )
    if found is None or (":" in dimension and group not in found.groups):
        return None
    return found.direction
