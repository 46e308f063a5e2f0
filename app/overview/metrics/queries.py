"""The counts behind the metrics: what the packages count, in one statement."""

from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from typing import Final
from uuid import UUID

from sqlalchemy import func, literal, select, true, union_all
from sqlalchemy.ext.asyncio import AsyncConnection

from app.kernel.activity import Activity
from app.kernel.metrics import METRICS, Columns
from app.network.cohorts.models import Cohort
from app.overview.metrics.definitions import Count
from app.people.identity.access import reached
from app.people.identity.actors import Actor

FACTS: Final = tuple(dict.fromkeys(metric.facts for metric in METRICS.values()))
"""All that is counted, each of it once."""


@dataclass(frozen=True)
class Subject:
    """The cohort whose figures are asked for, and when its record last grew."""

    id: UUID
    reference: str
    name: str
    changed_at: datetime


async def subject(db: AsyncConnection, actor: Actor, cohort_id: UUID) -> Subject | None:
    """The cohort, when `actor` may read its metrics, with the last instant at which anything was
    recorded of it or of what is counted.

    Its memberships and grants stay its own for ever; what lies below it in the graph of scopes does
    not, and would take its record along when a member leaves.
    """
    own = union_all(
        select(literal(cohort_id)),
        *(facts.scopes(cohort_id) for facts in FACTS),
    )
    record = select(func.max(Activity.recorded_at)).where(Activity.scope_id.in_(own))
    statement = select(
        Cohort.id,
        Cohort.reference,
        Cohort.name,
        func.coalesce(record.scalar_subquery(), Cohort.updated_at).label("changed_at"),
    ).where(Cohort.id == cohort_id, reached(Cohort.id, actor, "metrics.read"))
    row = (await db.execute(statement)).one_or_none()
    return None if row is None else Subject(*row)


async def counts(db: AsyncConnection, of: Subject) -> dict[str, Count]:
    """What each metric counts in the cohort, by its key."""
    tables = {facts: facts.counts(of.id).subquery() for facts in FACTS}
    counted = [
        tables[metric.facts].c[column].label(f"{key}_{part}")
        for key, metric in METRICS.items()
        for part, column in metric.columns._asdict().items()
    ]
    joined = reduce(lambda left, right: left.join(right, true()), tables.values())
    row = (await db.execute(select(*counted).select_from(joined))).mappings().one()
    return {
        key: Count(**{part: row[f"{key}_{part}"] for part in Columns._fields}) for key in METRICS
    }
