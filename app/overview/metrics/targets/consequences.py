"""What becomes of targets of metrics when their cohort is cancelled: it will reach none."""

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.transitions import Touched
from app.network.cohorts.lifecycle import COHORT
from app.network.cohorts.models import Cohort
from app.overview.metrics.targets.models import MetricTarget
from app.overview.metrics.targets.service import take_back
from app.people.identity.access import held
from app.people.identity.actors import Actor


def _standing(cohort: Cohort) -> Select[MetricTarget]:
    return (
        select(MetricTarget)
        .where(MetricTarget.cohort_id == cohort.id, MetricTarget.withdrawn_at.is_(None))
        .order_by(MetricTarget.id)
    )


async def _to_be_withdrawn(db: AsyncSession, _actor: Actor, cohort: Cohort) -> list[Touched]:
    return [
        Touched("metric_target", one.id, None, one.metric)
        for one in await db.scalars(_standing(cohort))
    ]


@COHORT.consequence("cancel", touches=_to_be_withdrawn)
async def its_metric_targets_are_withdrawn(
    db: AsyncSession, actor: Actor, cohort: Cohort, reason: str | None
) -> None:
    """Every target of its metrics is withdrawn, for the same reason; they are still read."""
    for target in list(await db.scalars(held(_standing(cohort), MetricTarget))):
        await take_back(db, actor, target, reason)
