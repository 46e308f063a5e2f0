"""Which indicator a figure is of."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.metrics import MetricDirection
from app.network.indicators.metrics import FIGURES
from app.network.indicators.models import Indicator


async def direction_of(
    db: AsyncSession, programme_id: UUID, metric: str, dimension: str
) -> MetricDirection | None:
    """Which way the indicator of a programme is to go that `metric` tells of as `dimension`; None
    where it tells of none, or not of that group."""
    key, _, group = dimension.partition(":")
    kinds = [kind for kind, figure in FIGURES.items() if figure == metric]
    found = await db.scalar(
        select(Indicator).where(
            Indicator.programme_id == programme_id,
            Indicator.key == key,
            Indicator.aggregation.in_(kinds),
        )
    )
    if found is None or (":" in dimension and group not in found.groups):
        return None
    return found.direction
