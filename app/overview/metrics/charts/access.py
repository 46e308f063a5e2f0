"""Whose chart pages one may see: one's own. Who reads one: whoever has its address."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from app.kernel.errors import NotFound
from app.overview.metrics.charts.models import MetricChart
from app.people.identity.access import one
from app.people.identity.actors import Actor


class MetricChartNotFound(NotFound):
    """There is no such chart page: it was revoked, its time is over, or the address is not whole.
    Whoever gave it to you can make another."""


def _open(at: datetime) -> Select[MetricChart]:
    statement = select(MetricChart).where(
        MetricChart.revoked_at.is_(None), MetricChart.expires_at > at
    )
    return statement.options(joinedload(MetricChart.cohort))


def own_charts(actor: Actor, at: datetime) -> Select[MetricChart]:
    """The pages of the actor that can be read, those of merged accounts among them."""
    return _open(at).where(MetricChart.account_id.in_(actor.accounts))


async def own_chart(
    db: AsyncSession, actor: Actor, metric_chart_id: UUID, at: datetime
) -> MetricChart:
    """One of the actor's pages, held. Raises MetricChartNotFound (404)."""
    statement = own_charts(actor, at).where(MetricChart.id == metric_chart_id)
    return await one(db, statement, MetricChart, lock=True, missing=MetricChartNotFound)


async def chart_of(db: AsyncSession, digest: bytes, at: datetime) -> MetricChart:
    """The page whose secret has this digest. Raises MetricChartNotFound (404)."""
    statement = _open(at).where(MetricChart.digest == digest)
    return await one(db, statement, MetricChart, missing=MetricChartNotFound)
