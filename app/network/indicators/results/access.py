"""Results of indicators, for those who may see what a member reports.

The indicator's row is the one lock of all its results: whoever writes one holds it first, so that
no two are accepted of one period at a time.
"""

from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from app.kernel.errors import NotFound
from app.network.cohorts.models import Membership
from app.network.indicators.models import Indicator
from app.network.indicators.results.models import IndicatorResult
from app.people.identity.access import Loader, held


class IndicatorResultNotFound(NotFound):
    """There is no such result, or none that you may see."""


@dataclass(frozen=True)
class _OfIndicator(Loader[IndicatorResult]):
    """With `lock` the indicator is held first."""

    async def hold_above(self, db: AsyncSession, wanted: Select[Any]) -> None:
        indicator_id = await db.scalar(wanted.with_only_columns(IndicatorResult.indicator_id))
        if indicator_id is None:
            raise self.missing
        await db.scalar(held(select(Indicator).where(Indicator.id == indicator_id), Indicator))


indicator_result: Final = _OfIndicator(
    IndicatorResult,
    "indicator_result.read",
    IndicatorResultNotFound,
    (
        joinedload(IndicatorResult.indicator),
        joinedload(IndicatorResult.membership).joinedload(Membership.cohort),
    ),
)
