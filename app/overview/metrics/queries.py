"""The cohort and what the packages count in it: the figures behind the metrics, one statement."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Uuid, bindparam, func, select, true, union_all
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.activity import Activity
from app.kernel.asking import ask_within
from app.kernel.metrics import METRICS, Columns
from app.kernel.schemas import Ref
from app.network.cohorts.models import Cohort
from app.overview.metrics.definitions import Count
from app.people.identity.actors import Actor
from app.people.reads.held import By, Held
from app.people.reads.reader import Reader
from app.people.reads.statements import Statement

READ: Final = "metrics.read"

FACTS: Final = tuple(dict.fromkeys(metric.facts for metric in METRICS.values()))
"""All that is counted, each of it once."""


@dataclass(frozen=True)
class Counted:
    """A cohort, when its record last grew, and what each metric counts in it, by its key."""

    cohort: Ref
    changed_at: datetime
    counts: Mapping[str, Count]


async def read_counted(read: Reader, cohort_id: UUID) -> Counted | None:
    """What is counted in the cohort; None for whoever may not read its metrics."""
    statement, held = _written(read.by)
    (row,) = await read.ask(statement, held, {"cohort_id": cohort_id})
    return None if row[0] is None else _counted(row)


async def counted_within(db: AsyncSession, actor: Actor, cohort_id: UUID) -> Counted | None:
    """The same for an actor in hand, within their transaction."""
    statement, held = _written(By.ACTOR)
    values = {"cohort_id": cohort_id, **held.of_actor(actor)}
    rows = await ask_within(await db.connection(), statement.sql, statement.ordered(values))
    return _counted(rows[0]) if rows else None


@cache
def _written(by: By) -> tuple[Statement, Held]:
    """The row of one cohort.

    Its memberships and grants stay its own for ever; what lies below it in the graph of scopes does
    not, and would take its record along when a member leaves.
    """
    held = Held(by, [READ])
    cohort_id: Any = bindparam("cohort_id", type_=Uuid())
    own = union_all(select(cohort_id), *(facts.scopes(cohort_id) for facts in FACTS))
    grew = select(func.max(Activity.recorded_at)).where(Activity.scope_id.in_(own))
    changed_at = func.coalesce(grew.scalar_subquery(), Cohort.updated_at).label("changed_at")
    tables = {facts: facts.counts(cohort_id).subquery() for facts in FACTS}
    counts = [
        tables[metric.facts].c[column].label(f"{key}_{part}")
        for key, metric in METRICS.items()
        for part, column in metric.columns._asdict().items()
    ]
    found: Any = select(Cohort.id, Cohort.reference, Cohort.name, changed_at, *counts)
    found = found.select_from(Cohort)
    for table in tables.values():
        found = found.join(table, true())
    found = found.where(Cohort.id == cohort_id, held.reaches(READ, Cohort.id))
    return Statement.of(found if by is By.ACTOR else held.beside(found)), held


def _counted(row: Sequence[Any]) -> Counted:
    cohort_id, reference, name, changed_at, *counts = row
    width = len(Columns._fields)
    each = (counts[place : place + width] for place in range(0, len(counts), width))
    return Counted(
        Ref(id=cohort_id, reference=reference, name=name),
        changed_at,
        {key: Count(*parts) for key, parts in zip(METRICS, each, strict=True)},
    )
