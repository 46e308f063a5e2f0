"""One statement for all that waits for somebody, whatever package it comes from.

The work list of an actor, the calendar of obligations and the reminders are all read from
`obligations`, so that they cannot disagree. What waits, each package says in its `work.py`.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cache, lru_cache
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Date,
    Integer,
    Select,
    Subquery,
    Text,
    all_,
    and_,
    any_,
    bindparam,
    case,
    cast,
    func,
    literal,
    null,
    or_,
    select,
    tuple_,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.elements import False_
from sqlalchemy.types import Uuid

from app.kernel.clock import now
from app.kernel.db import Instant
from app.kernel.kept import AT, Given, Kept
from app.overview.desk.kinds import BRANCHES, PERSONAL, PLACES, ObligationStanding
from app.people.identity.actors import Actor
from app.people.identity.scopes import ScopeClosure
from app.people.obligations.readers import Reader, reader_of
from app.people.obligations.register import Branch, may_decide
from app.people.obligations.rows import Reach, Row

_NAMES: Final = """
    kind noun subject_id reference name
    cohort_id collaboration_id grant_id matter_id
    opens_at due_at timezone due_on sorted_at moment_at made_at
    scope_id permission person_id done_by is_mine
""".split()

IN_ORDER: Final = ("sorted_at", "kind", "subject_id")
"""What is due first comes first, and what has no date last."""

IN_CALENDAR: Final = (*IN_ORDER, "permission")
"""The same where one thing may wait for two sides."""

WIDE: Final = 2_000
"""How many scopes lie below the roles of whoever reaches a good part of the network."""

_NOWHERE: Final = cast(null(), Uuid)


def _columns(branch: Branch) -> Mapping[str, ColumnElement[Any]]:
    """The columns of every row, with what stands there where a row does not say it."""
    given = {
        "kind": literal(branch.kind.name),
        "noun": literal(branch.answered_by.noun),
        "cohort_id": _NOWHERE,
        "collaboration_id": _NOWHERE,
        "grant_id": _NOWHERE,
        "matter_id": _NOWHERE,
        "person_id": _NOWHERE,
        "done_by": cast(null(), ARRAY(Uuid())),
        "permission": literal(branch.permission),
    }
    return dict.fromkeys(_NAMES, null()) | given


def obligations(reader: Reader | None, branches: Iterable[Branch] = BRANCHES) -> Subquery:
    """What waits for somebody at an instant, as far as `reader` may see it; all of it for None.

    Rows say what it is (kind, noun, subject_id, reference, name; the last two are null where they
    are those of its collaboration), where (cohort_id, collaboration_id, grant_id), when (opens_at,
    due_at, timezone, due_on, sorted_at; timezone is null where it is that of its cohort), when
    people are reminded of it (moment_at, made_at), who may do it (scope_id, permission; person_id
    where it waits for that person alone; whoever is independent of matter_id where it says one, and
    not among done_by), and whether it waits for the reader (is_mine).
    """
    every = union_all(*_rows(reader, branches))
    return every.subquery("obligations") if reader is None else _open_to(every, reader)


def _rows(reader: Reader | None, branches: Iterable[Branch]) -> Iterator[Row]:
    rows = (branch.rows(Reach(reader, _columns(branch)), branch) for branch in branches)
    return (row for row in rows if not _is_nobodys(row))


def _open_to(rows: Any, reader: Reader) -> Subquery:
    """Rows of which those wait for the reader that the reader may do."""
    found = rows.subquery("held")
    is_open = is_open_to(found, reader.person_id)
    if reader.only_own:
        return select(*found.c).where(is_open).subquery("obligations")
    others = [column for column in found.c if column.key != "is_mine"]
    mine = and_(found.c.is_mine, is_open).label("is_mine")
    return select(*others, mine).subquery("obligations")


def is_open_to(found: Subquery, person_id: Any) -> ColumnElement[bool]:
    """Whether a person may do what waits, as far as that is asked of who they are."""
    return and_(
        or_(found.c.matter_id.is_(None), may_decide(found.c.matter_id, person_id)),
        or_(found.c.done_by.is_(None), person_id != all_(found.c.done_by)),
    )


def _is_nobodys(row: Row) -> bool:
    """Whether nothing of it can be there: its condition is false, whoever asks like this."""
    condition = row.whereclause
    return isinstance(getattr(condition, "element", condition), False_)


def with_names(found: Subquery, *more: ColumnElement[Any]) -> Select[*tuple[Any, ...]]:
    """The same with the names of what it is and of where it stands."""
    own: dict[str, ColumnElement[Any]] = {
        name: found.c[name] for name in ("reference", "name", "timezone")
    }
    where: list[ColumnElement[Any]] = []
    for place in PLACES:
        where += [
            place.reference.label(f"{place.noun}_reference"),
            place.name.label(f"{place.noun}_name"),
        ]
        if place.lends_its_name:
            own["reference"] = func.coalesce(own["reference"], place.reference)
            own["name"] = func.coalesce(own["name"], place.name)
        if place.timezone is not None:
            own["timezone"] = func.coalesce(own["timezone"], place.timezone)
    others = [column for column in found.c if column.key not in own]
    named = [column.label(name) for name, column in own.items()]
    told = select(*others, *named, *where, *more).select_from(found)
    for place in PLACES:
        told = told.outerjoin(place.id.class_, place.id == found.c[f"{place.noun}_id"])
    return told


@cache
def everything() -> Subquery:
    """All that waits for anybody at the instant `at`, with its names."""
    return with_names(obligations(None)).subquery("waiting")


def standing_of(found: Subquery) -> ColumnElement[str]:
    """How each obligation stands to its dates at the instant, as the column `standing`."""
    return case(
        (found.c.due_at <= AT, literal(ObligationStanding.OVERDUE.value)),
        (found.c.opens_at > AT, literal(ObligationStanding.UPCOMING.value)),
        else_=literal(ObligationStanding.DUE.value),
    ).label("standing")


FILTERS: Final[Mapping[str, Any]] = {
    "kinds": ARRAY(Text),
    "standings": ARRAY(Text),
    "subject_ids": ARRAY(Uuid()),
    "cohort_id": Uuid(),
    "collaboration_id": Uuid(),
    "grant_id": Uuid(),
    "due_before": Instant,
    "due_from": Date(),
    "due_until": Date(),
    "is_mine": Boolean(),
}
"""What a list can be narrowed by; null leaves it as it is."""

UNFILTERED: Final[Mapping[str, Any]] = dict.fromkeys(FILTERS)


def _narrowed(found: Subquery) -> list[ColumnElement[bool]]:
    of, given = found.c, {name: Given[Any](name, type_) for name, type_ in FILTERS.items()}
    conditions = {
        "kinds": of.kind == any_(given["kinds"]),
        "standings": standing_of(found).element == any_(given["standings"]),
        "subject_ids": of.subject_id == any_(given["subject_ids"]),
        "cohort_id": of.cohort_id == given["cohort_id"],
        "collaboration_id": of.collaboration_id == given["collaboration_id"],
        "grant_id": of.grant_id == given["grant_id"],
        "due_before": of.due_at < given["due_before"],
        "due_from": of.due_on >= given["due_from"],
        "due_until": of.due_on <= given["due_until"],
        "is_mine": of.is_mine == cast(given["is_mine"], Boolean),
    }
    return [
        or_(cast(given[name], FILTERS[name]).is_(None), met) for name, met in conditions.items()
    ]


@lru_cache(maxsize=128)
def page_for(reader: Reader, order: tuple[str, ...]) -> Kept:
    """A page of what waits, with all that is told of it; `after` is where the last one ended."""
    found = obligations(reader, _listed_in(order))
    chosen = _cut(found, order).subquery("chosen")
    told = with_names(chosen, standing_of(chosen))
    return Kept.of(told.order_by(*(chosen.c[name] for name in IN_CALENDAR)))


def _cut(found: Subquery, order: tuple[str, ...]) -> Row:
    """The first of the rows that are asked for, after `after`: as many as the page has."""
    keys = [found.c[name] for name in order]
    after = [Given[Any](f"after_{key.key}", key.type) for key in keys]
    return (
        select(*found.c)
        .where(*_narrowed(found), or_(after[0].is_(None), tuple_(*keys) > tuple_(*after)))
        .order_by(*(found.c[name] for name in IN_CALENDAR))
        .limit(Given[Any]("limit", Integer()))
    )


@lru_cache(maxsize=128)
def count_for(reader: Reader, order: tuple[str, ...]) -> Kept:
    """How many there are."""
    found = obligations(reader, _listed_in(order))
    return Kept.of(select(func.count()).select_from(found).where(*_narrowed(found)))


_SCOPES: Final = bindparam("scopes", type_=ARRAY(Uuid()))
_BELOW: Final = select(literal(1)).where(ScopeClosure.ancestor_id == any_(_SCOPES)).limit(WIDE + 1)
_IS_WIDE: Final = (
    select((func.count() > WIDE).label("is_wide")).select_from(_BELOW.subquery()).cte()
)
_PLANNED: Final = select(
    _IS_WIDE.c.is_wide,
    func.set_config(
        "plan_cache_mode",
        case((_IS_WIDE.c.is_wide, "force_custom_plan"), else_="force_generic_plan"),
        literal(value=True),
    ),
)


async def reading_for(
    db: AsyncSession, actor: Actor, *, only_own: bool
) -> tuple[Reader, Mapping[str, Any]]:
    """How what waits is read for an actor, and what is given with it.

    Where little lies below their roles, PostgreSQL keeps its plan: making one takes ten times as
    long as the list. Where much does, it makes one for what is given, in this transaction.
    """
    planned = (await db.execute(_PLANNED, {"scopes": sorted(actor.own_scopes())})).one()
    return reader_of(actor, only_own=only_own, is_wide=planned.is_wide)


async def waiting_still(
    db: AsyncSession, actor: Actor, subject_ids: Sequence[UUID]
) -> set[tuple[str, UUID, datetime | None]]:
    """What of these things waits for the actor: of which kind, and until when."""
    if not subject_ids:
        return set()
    reader, given = await reading_for(db, actor, only_own=True)
    values = {**UNFILTERED, **given, "at": now(db), "subject_ids": list(subject_ids)}
    first = dict.fromkeys((f"after_{name}" for name in IN_ORDER), None)
    rows = await page_for(reader, IN_ORDER).rows(db, values | first | {"limit": None})
    return {(row.kind, row.subject_id, row.due_at) for row in rows}


@cache
def _listed_in(order: tuple[str, ...]) -> Sequence[Branch]:
    """What is personal is on nobody's calendar."""
    return [one for one in BRANCHES if order == IN_ORDER or one.kind.name not in PERSONAL]
