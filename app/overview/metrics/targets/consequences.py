"""What becomes of targets of metrics when their cohort is cancelled: it will reach none."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.transitions import Touched
from app.network.cohorts.lifecycle import COHORT
from app.network.cohorts.models import Cohort
from app.overview.metrics.targets.models import MetricTarget
from app.overview.metrics.targets.queries import standing_of
from app.overview.metrics.targets.service import take_back
from app.people.identity.access import held
from app.people.identity.actors import Actor


async def _to_be_withdrawn(db: AsyncSession, _actor: Actor, cohort: Cohort) -> list[Touched]:
    return [
        Touched("metric_target", one.id, None, one.metric)
        for one in await db.scalars(standing_of(cohort.id))
    ]


@COHORT.consequence("cancel", touches=_to_be_withdrawn)
async def its_metric_targets_are_withdrawn(
    db: AsyncSession, actor: Actor, cohort: Cohort, reason: str | None
) -> None:
    """Every target of its metrics is withdrawn, for the same reason; they are still read."""
    for target in list(await db.scalars(held(standing_of(cohort.id), MetricTarget))):
        await take_back(db, actor, target, reason)
