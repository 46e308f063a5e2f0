"""Of what metrics are told, and how whoever may not read them is refused."""

from collections.abc import Mapping
from typing import Any, Final, NoReturn
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.metrics import MetricScope
from app.network.cohorts import access as cohorts
from app.network.cohorts.models import Cohort
from app.network.collaborations import access as collaborations
from app.network.programmes import access as programmes
from app.people.identity.access import Loader, not_allowed
from app.people.identity.actors import Actor
from app.people.reads.reader import Reader

READ: Final = "metrics.read"

_LOADERS: Final[Mapping[MetricScope, Loader[Any]]] = {
    MetricScope.COHORT: cohorts.cohort,
    MetricScope.PROGRAMME: programmes.programme,
    MetricScope.COLLABORATION: collaborations.collaboration,
}


_MEASURED: Final = Loader(Cohort, READ, cohorts.CohortNotFound)


async def measured_cohort(db: AsyncSession, actor: Actor, cohort_id: UUID) -> Cohort:
    """A cohort whose metrics the actor may read. Raises CohortNotFound (404), NotAllowed (403)."""
    try:
        return await _MEASURED(db, actor, cohort_id)
    except cohorts.CohortNotFound:
        await refuse(db, actor, MetricScope.COHORT, cohort_id)


async def refuse(db: AsyncSession, actor: Actor, scope: MetricScope, scope_id: UUID) -> NoReturn:
    """Raises NotAllowed (403) for whoever sees the thing and may not read its metrics, and its
    NotFound (404) for whoever does not see it."""
    await _LOADERS[scope](db, actor, scope_id)
    raise not_allowed(READ)


async def refuse_reader(read: Reader, scope: MetricScope, scope_id: UUID) -> NoReturn:
    """The same for whoever only reads."""
    async with read.acting() as (db, actor):
        await refuse(db, actor, scope, scope_id)
