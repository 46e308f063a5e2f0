"""Scopes and what the packages count in them: the figures behind the metrics, one statement."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Integer,
    Select,
    Text,
    Uuid,
    and_,
    any_,
    bindparam,
    cast,
    column,
    exists,
    func,
    literal_column,
    null,
    select,
    true,
    union_all,
)
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.asking import Rows, ask_within
from app.kernel.clock import network_zone, now
from app.kernel.db import Instant
from app.kernel.metrics import METRICS, Facts, Here, MetricScope, told_of
from app.kernel.schemas import Ref
from app.kernel.statements import Statement
from app.network.cohorts.models import Cohort, Membership
from app.network.collaborations.models import Collaboration
from app.network.programmes.models import Programme
from app.overview.metrics.access import READ
from app.overview.metrics.definitions import Count
from app.overview.metrics.models import MetricMark, MetricTurn
from app.people.identity.scopes import NETWORK_ID
from app.people.reads.held import By, Held
from app.people.reads.reader import Reader

EVERY_BIT: Final = 1
"""All that the statements ask about: the one permission."""

MOST_COMPARED: Final = 200
"""So many cohorts of a programme are compared at once."""

_MODELS: Final[dict[MetricScope, Any]] = {
    MetricScope.COHORT: Cohort,
    MetricScope.PROGRAMME: Programme,
    MetricScope.COLLABORATION: Collaboration,
}
Moments = Sequence[datetime | None]
"""The instants that are asked about; None is the present."""


@dataclass(frozen=True)
class Figure:
    """What was counted for one metric, at one moment, of one dimension where there are several."""

    key: str
    moment: int
    dimension: str | None
    count: Count | None
    """None where so much of its past is not kept."""


@dataclass(frozen=True)
class Mark:
    """How often a fact of a scope changed, when last, and which instant came last that figures
    are compared with."""

    scope_id: UUID
    changes: int
    changed_at: datetime
    turned_at: datetime | None


@dataclass(frozen=True)
class Counted:
    """A scope, its mark, and its figures in the order of the house."""

    scope: Ref
    mark: Mark
    figures: Sequence[Figure]


@dataclass(frozen=True)
class Asked:
    """Of which kind of scope which metrics are counted; of a programme `each` of its cohorts."""

    scope: MetricScope
    keys: frozenset[str]
    each: bool = False

    @property
    def facts(self) -> tuple[Facts, ...]:
        """What is counted, each of it once."""
        wanted = (METRICS[key].facts for key in told_of(self.scope) if key in self.keys)
        return tuple(dict.fromkeys(wanted))


async def read_marks(
    read: Reader, asked: Asked, scope_id: UUID, moments: Moments = (None,)
) -> list[Mark]:
    """The marks of what is counted, in the order in which it is told; nothing is counted. None for
    whoever may not read the metrics."""
    statement, held = _written_marks(read.by, asked)
    rows = await read.ask(statement, held, _values([scope_id], moments, None, read.at))
    return [Mark(*row) for row in rows if row[0] is not None]


async def read_counted(
    read: Reader,
    asked: Asked,
    scope_id: UUID,
    moments: Moments = (None,),
    known_at: datetime | None = None,
) -> list[Counted]:
    """What is counted in the scope; nothing for whoever may not read its metrics."""
    statement, held = _written(read.by, asked)
    rows = await read.ask(statement, held, _values([scope_id], moments, known_at, read.at))
    return _counted(asked, [row for row in rows if row[0] is not None])


async def counted_for_the_record(
    db: AsyncSession, asked: Asked, *scope_ids: UUID, moments: Moments = (None,)
) -> list[Counted]:
    """What is counted in each of several scopes within a transaction, whoever is in it: for what is
    kept of it, and for whoever was found to see it."""
    statement, _held = _written(By.ACTOR, asked)
    values = {
        **_values(scope_ids, moments, None, now(db)),
        "scopes": [NETWORK_ID],
        "held": [EVERY_BIT],
        "at": now(db),
        "zone": network_zone(db),
    }
    rows = await ask_within(await db.connection(), statement.sql, statement.ordered(values))
    return _counted(asked, rows)


def _values(
    scope_ids: Sequence[UUID], moments: Moments, known_at: datetime | None, at: datetime
) -> dict[str, Any]:
    latest = max((one or at for one in moments), default=at)
    return {
        "scope_ids": list(scope_ids),
        "moments": list(moments),
        "latest": latest,
        "known_at": known_at,
    }


@cache
def _written_marks(by: By, asked: Asked) -> tuple[Statement, Held]:
    """A row for each scope, found by the index of its mark and of its turns."""
    held = Held(by, [READ])
    seen = _scopes(asked, held)
    told: Any = select(seen.c.scope_id, *_mark_of(seen)).select_from(seen)
    return Statement.of(held.beside(told)), held


@cache
def _written(by: By, asked: Asked) -> tuple[Statement, Held]:
    """A row for each scope, moment, dimension and what is counted there."""
    held = Held(by, [READ])
    here = here_of(asked, held)
    told: Any = select(
        here.c.scope_id,
        here.c.reference,
        here.c.name,
        *_mark_of(here),
        here.c.moment,
    ).select_from(here)
    branches = list(branches_of(asked))
    if branches:
        facts: Any = union_all(*branches).lateral("facts")
        told = told.add_columns(facts.c.place, facts.c.dimension, facts.c.numbers)
        told = told.outerjoin(facts, true())
    else:
        told = told.add_columns(null(), null(), null())
    return Statement.of(told if by is By.ACTOR else held.beside(told)), held


def here_of(asked: Asked, held: Held) -> Any:
    """The scopes that are seen, at each of the moments: what `Here` calls by its name."""
    scopes = _scopes(asked, held)
    given = cast(bindparam("moments", type_=ARRAY(Instant)), ARRAY(Instant))
    moments = (
        func.unnest(given)
        .table_valued(column("as_of", Instant), with_ordinality="moment", name="moments")
        .render_derived()
    )
    at: Any = bindparam("at", type_=Instant)
    return (
        select(
            *scopes.c,
            moments.c.moment,
            moments.c.as_of,
            cast(bindparam("known_at", type_=Instant), Instant).label("known_at"),
            func.coalesce(moments.c.as_of, at).label("at"),
        )
        .select_from(scopes.join(moments, true()))
        .subquery("here")
    )


def _mark_of(seen: Any) -> list[Any]:
    return [seen.c[name] for name in ("changes", "changed_at", "turned_at")]


def _scopes(asked: Asked, held: Held) -> Any:
    """The scopes that are seen, each with its mark and the last turn until the latest moment."""
    model = _MODELS[MetricScope.COHORT if asked.each else asked.scope]
    scope_id: Any = any_(bindparam("scope_ids", type_=ARRAY(Uuid())))
    turned_at = (
        select(MetricTurn.turns_at)
        .where(
            MetricTurn.scope_id == model.id,
            MetricTurn.turns_at <= bindparam("latest", type_=Instant),
        )
        .order_by(MetricTurn.turns_at.desc())
        .limit(literal_column("1"))
        .correlate_except(MetricTurn)
    )
    if asked.each:
        seen: Any = select(Cohort).where(
            Cohort.programme_id == scope_id, held.probed(READ, Cohort.id)
        )
        latest = (Cohort.planned_start_on.desc().nulls_last(), Cohort.id)
        seen = seen.order_by(*latest).limit(literal_column(str(MOST_COMPARED)))
    else:
        seen = select(model).where(model.id == scope_id, _is_seen(asked.scope, held))
    marked = seen.outerjoin(MetricMark, MetricMark.scope_id == model.id)
    return marked.with_only_columns(
        model.id.label("scope_id"),
        model.reference,
        model.name,
        func.coalesce(MetricMark.changes, literal_column("0", BigInteger)).label("changes"),
        func.coalesce(MetricMark.changed_at, model.updated_at).label("changed_at"),
        turned_at.scalar_subquery().label("turned_at"),
        maintain_column_froms=True,
    ).subquery("seen")


def _is_seen(scope: MetricScope, held: Held) -> ColumnElement[bool]:
    """Of a collaboration by whoever may of each cohort that it was ever a member of: what it has
    there is counted."""
    if scope is not MetricScope.COLLABORATION:
        return held.probed(READ, _MODELS[scope].id)
    elsewhere = exists().where(
        Membership.collaboration_id == Collaboration.id,
        ~held.probed(READ, Membership.cohort_id),
    )
    return and_(
        held.probed(READ, Collaboration.dossier_id), ~elsewhere.correlate_except(Membership)
    )


def branches_of(asked: Asked) -> Iterator[Select[*tuple[Any, ...]]]:
    """What each of the facts comes to, as its place among them and its numbers."""
    here = Here(MetricScope.COHORT if asked.each else asked.scope)
    for place, facts in enumerate(asked.facts):
        counts: Any = facts.counts(here).subquery(f"facts_{place}")
        dimension = counts.c.dimension if facts.dimension else cast(null(), Text)
        numbers = [counts.c[name] for name in _names(facts)]
        yield select(
            literal_column(str(place), Integer).label("place"),
            dimension.label("dimension"),
            cast(array([cast(one, BigInteger) for one in numbers]), ARRAY(BigInteger)).label(
                "numbers"
            ),
        ).select_from(counts)


@cache
def _names(facts: Facts) -> tuple[str, ...]:
    """The columns that metrics are made of, in an order of their own."""
    used = (name for one in METRICS.values() if one.facts is facts for name in one.columns.named)
    return tuple(dict.fromkeys(used))


def _counted(asked: Asked, rows: Rows) -> list[Counted]:
    """The figures by scope; of what nothing was counted, such as of no currency, there is none."""
    scopes: dict[UUID, tuple[Ref, Mark]] = {}
    found: dict[UUID, list[tuple[int, Facts, str | None, Sequence[int]]]] = {}
    for scope_id, reference, name, *mark, moment, place, dimension, numbers in rows:
        whole = Ref(id=scope_id, reference=reference, name=name)
        scopes[scope_id] = whole, Mark(scope_id, *mark)
        lines = found.setdefault(scope_id, [])
        if place is not None:
            lines.append((int(moment) - 1, asked.facts[place], dimension, numbers))
    return [
        Counted(*scopes[scope_id], [*_figures(asked.scope, asked.keys, lines)])
        for scope_id, lines in found.items()
    ]


def _figures(
    scope: MetricScope,
    keys: Collection[str],
    lines: Sequence[tuple[int, Facts, str | None, Sequence[int]]],
) -> Iterator[Figure]:
    for key in told_of(scope):
        metric = METRICS[key]
        if key not in keys:
            continue
        own = [one for one in lines if one[1] is metric.facts]
        for moment, facts, dimension, numbers in sorted(
            own, key=lambda one: (one[0], one[2] or "")
        ):
            of = dict(zip(_names(facts), numbers, strict=True))
            yield Figure(
                key, moment, dimension, Count(*(of[name] for name in metric.columns.named))
            )
