"""Of what metrics are told, which of them are asked for, and how whoever may not read them is
refused."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, NoReturn
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.errors import FieldProblem, Unprocessable
from app.kernel.metrics import MetricScope, told_of
from app.network.cohorts import access as cohorts
from app.network.cohorts.models import Cohort
from app.network.collaborations import access as collaborations
from app.network.programmes import access as programmes
from app.overview.metrics.definitions import MetricKey
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


class NoneOfThese(Unprocessable):
    """This is no metric of what it is asked of: `/v1/metrics` says the `scopes` of each."""

    code, title = "metric_elsewhere", "Metric elsewhere"


def wanted(scope: MetricScope, keys: Sequence[MetricKey] | None) -> list[str]:
    """The metrics that are asked for, or all that the scope has. Raises NoneOfThese (422)."""
    told = told_of(scope)
    if keys is not None and (others := [key for key in keys if key not in told]):
        raise untold(NoneOfThese, others, f"is no metric of a {scope.value}.")
    return [key for key in told if keys is None or key in keys]


def untold(refusal: type[Unprocessable], keys: Iterable[str], why: str) -> Unprocessable:
    """What is refused of each of the metrics that were asked for and are not told."""
    return refusal(
        errors=[
            FieldProblem(pointer="#/query/key", code=refusal.code, detail=f"`{key}` {why}")
            for key in dict.fromkeys(keys)
        ]
    )
