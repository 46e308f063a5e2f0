"""Results of indicators, for those who may see what a member reports.

The indicator's row is the one lock of all its results: whoever writes one holds it first, so that
no two are accepted of one period at a time.
"""

from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from app.kernel.errors import NotFound
from app.network.cohorts.models import Membership
from app.network.indicators.models import Indicator
from app.network.indicators.results.models import IndicatorResult
from app.people.identity.access import Above, Loader, held


class IndicatorResultNotFound(NotFound):
    """There is no such result, or none that you may see."""


async def _hold_indicator(db: AsyncSession, indicator_id: UUID) -> None:
    await db.scalar(held(select(Indicator).where(Indicator.id == indicator_id), Indicator))


indicator_result: Final = Loader(
    IndicatorResult,
    "indicator_result.read",
    IndicatorResultNotFound,
    (
        joinedload(IndicatorResult.indicator),
        joinedload(IndicatorResult.membership).joinedload(Membership.cohort),
    ),
    above=Above(IndicatorResult.indicator_id, _hold_indicator),
)
