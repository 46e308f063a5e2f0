"""One statement for all that waits for somebody, whatever package it comes from.

The work list of an actor, the calendar of obligations and the reminders are all read from
`obligations`, so that they cannot disagree. What waits, each package says in its `work.py`.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Select,
    Subquery,
    all_,
    and_,
    cast,
    false,
    func,
    literal,
    literal_column,
    null,
    or_,
    select,
    true,
    tuple_,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql import operators
from sqlalchemy.sql.elements import (
    BooleanClauseList,
    False_,
    Grouping,
    Null,
    True_,
    UnaryExpression,
)
from sqlalchemy.types import Uuid

from app.kernel.clock import day_in_sql, now
from app.kernel.db import Instant
from app.kernel.kept import Given
from app.kernel.statements import Kept
from app.overview.desk.kinds import BRANCHES, PERSONAL, PLACES
from app.overview.desk.narrowing import narrowed, standing_of
from app.people.identity.actors import Actor
from app.people.obligations.readers import Reader, reader_of
from app.people.obligations.register import Branch, may_decide
from app.people.obligations.rows import NEVER, Reach, Row

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

MOST: Final = (50, 200)
"""The sizes of a page for which a list is written: PostgreSQL plans for as many rows."""

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
    rows = [*_rows(reader, branches)]
    return union_all(*rows).subquery("obligations") if reader is None else _open_to(rows, reader)


def _rows(reader: Reader | None, branches: Iterable[Branch]) -> Sequence[Row]:
    """Those of each branch in which anything can be; of none, rows of which there are none."""
    rows = [branch.rows(Reach(reader, _columns(branch)), branch) for branch in branches]
    return [row for row in rows if not _is_nobodys(row)] or [rows[0].where(false())]


def _open_to(rows: Sequence[Row], reader: Reader) -> Subquery:
    """Rows of which those wait for the reader that the reader may do."""
    found = union_all(*rows).subquery("held")
    is_open = is_open_to(found, reader.person_id, is_clear=reader.is_clear)
    if not any(map(_depends_on_who, rows)):
        is_open = true()
    if reader.only_own:
        return select(*found.c).where(is_open).subquery("obligations")
    others = [column for column in found.c if column.key != "is_mine"]
    mine = and_(found.c.is_mine, is_open).label("is_mine")
    return select(*others, mine).subquery("obligations")


def _depends_on_who(row: Row) -> bool:
    """Whether it is asked who somebody is, and not only what they hold."""
    said = (row.selected_columns[name] for name in ("matter_id", "done_by"))
    return any(not isinstance(getattr(one.element, "clause", None), Null) for one in said)


def is_open_to(found: Subquery, person_id: Any, *, is_clear: bool = False) -> ColumnElement[bool]:
    """Whether a person, of whom it may be known that they are clear, may do what waits, as far as
    that is asked of who they are."""
    decides = true() if is_clear else may_decide(found.c.matter_id, person_id)
    return and_(
        or_(found.c.matter_id.is_(None), decides),
        or_(found.c.done_by.is_(None), person_id != all_(found.c.done_by)),
    )


def _is_nobodys(row: Row) -> bool:
    """Whether nothing of it can be there: its condition is false, whoever asks like this."""
    return row.whereclause is not None and _known(row.whereclause) is False


def _known(condition: Any) -> bool | None:
    """What a condition comes to by what is written in it alone; None where it depends."""
    found: bool | None = None
    match condition:
        case False_() | True_():
            found = isinstance(condition, True_)
        case Grouping() | UnaryExpression(operator=operators.is_true):
            found = _known(condition.element)
        case UnaryExpression(operator=operators.is_false | operators.inv):
            turned = _known(condition.element)
            found = None if turned is None else not turned
        case BooleanClauseList():
            each = [_known(one) for one in condition.clauses]
            settling = condition.operator is operators.or_
            if settling in each:
                found = settling
            elif None not in each:
                found = not settling
        case _:
            pass
    return found


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


@dataclass(frozen=True)
class Listing:
    """Which list of what waits is read: for whom, in which order, what it is narrowed by, whether
    from its beginning, and how many rows a page of it has; all of them for None.

    A statement is written for each. One that left open what is asked would be planned as if nearly
    nothing were found.
    """

    reader: Reader
    order: tuple[str, ...]
    asked: frozenset[str] = frozenset()
    is_later: bool = False
    most: int | None = None


@lru_cache(maxsize=256)
def page_for(listing: Listing) -> Kept:
    """A page of what waits, with all that is told of it; `after` is where the last one ended."""
    if listing.most is None:
        found = obligations(listing.reader, _listed_in(listing.order))
    else:
        found = _first(listing, listing.most)
    chosen = _cut(found, listing).subquery("chosen")
    told = with_names(chosen, standing_of(chosen))
    return Kept.of(told.order_by(*(chosen.c[name] for name in IN_CALENDAR)))


def _first(listing: Listing, most: int) -> Subquery:
    """What a page of a list is found among: what has a date, as much as the page has; and what has
    none, which comes after it, where that did not fill the page. Most kinds have none."""
    dated, undated = _by_date(listing.order)
    first = _cut(_walked(listing, dated), listing).cte("dated").prefix_with("MATERIALIZED")
    is_due = first.c.sorted_at < literal(NEVER, Instant)
    is_full = select(func.count()).where(is_due).scalar_subquery() >= literal_column(str(most))
    others = select(_walked(listing, undated)).where(~is_full)
    every = union_all(select(first), others)
    return every.subquery("obligations")


@cache
def _by_date(order: tuple[str, ...]) -> tuple[Sequence[Branch], Sequence[Branch]]:
    """Those of which a row can be due at an instant, and those of which none can."""
    found: tuple[list[Branch], list[Branch]] = [], []
    for branch in _listed_in(order):
        found[not _has_a_date(branch)].append(branch)
    return found


def _has_a_date(branch: Branch) -> bool:
    """Whether any row of it can be due at an instant."""
    due_at = branch.rows(Reach(None, _columns(branch)), branch).selected_columns["due_at"].element
    return not isinstance(getattr(due_at, "clause", None), Null)


def _walked(listing: Listing, listed: Sequence[Branch]) -> Subquery:
    """What waits of these kinds; for whoever reaches much, of a kind whose rows an index has in
    their order, or by their days, no more than a page."""
    reader = listing.reader
    if not reader.is_wide:
        return obligations(reader, listed)
    first: list[Row] = []
    for branch in listed:
        if branch.days is not None:
            first += _soonest(listing, branch, branch.days)
        elif branch.is_walked:
            first += (_cut(_open_to([row], reader), listing) for row in _rows(reader, [branch]))
    others = obligations(reader, [one for one in listed if not one.is_walked and one.days is None])
    every = union_all(select(others), *(select(one.subquery()) for one in first))
    return every.subquery("obligations")


def _soonest(listing: Listing, branch: Branch, days: Any) -> Iterator[Row]:
    """The first of the rows of a branch that is walked by its days. No zone is more than 26 hours
    before another: what is first in whichever zone is among what the first days have, and the day
    after them."""
    for row in _rows(listing.reader, [branch]):
        walked, found = (
            _open_to([row.add_columns(days.label("day"))], listing.reader) for _ in range(2)
        )
        first = _asked_of(walked, listing, select(walked.c.day)).order_by(walked.c.day)
        if listing.is_later:
            since = day_in_sql(Given[Any]("after_sorted_at", Instant), literal("UTC"))
            first = first.where(walked.c.day >= since - 2)
        last = select(func.max(first.limit(_page(listing)).subquery().c.day)).scalar_subquery()
        yield _cut(found, listing).where(found.c.day <= last + 1)


def _cut(found: Subquery, listing: Listing) -> Row:
    """The first of the rows that are asked for, after `after`: as many as the page has."""
    told = (column for column in found.c if column.key in _NAMES)
    rows = _asked_of(found, listing, select(*told))
    rows = rows.order_by(*(found.c[name] for name in IN_CALENDAR))
    return rows if listing.most is None else rows.limit(_page(listing))


def _page(listing: Listing) -> ColumnElement[int]:
    return literal_column(str(listing.most))


def _asked_of(found: Subquery, listing: Listing, rows: Row) -> Row:
    """Those that are asked for, after `after`."""
    rows = rows.where(*narrowed(found, listing.asked))
    if not listing.is_later:
        return rows
    keys = [found.c[name] for name in listing.order]
    after = (Given[Any](f"after_{key.key}", key.type) for key in keys)
    return rows.where(tuple_(*keys) > tuple_(*after))


@lru_cache(maxsize=128)
def count_for(listing: Listing) -> Kept:
    """How many there are."""
    found = obligations(listing.reader, _listed_in(listing.order))
    return Kept.of(
        select(func.count().label("found"))
        .select_from(found)
        .where(*narrowed(found, listing.asked))
    )


_PLANNED_ONCE: Final = select(
    func.set_config("plan_cache_mode", "force_generic_plan", literal(value=True))
)
"""Within a transaction: making a plan takes ten times as long as what it is for."""


async def waiting_still(
    db: AsyncSession, actor: Actor, subject_ids: Sequence[UUID]
) -> set[tuple[str, UUID, datetime | None]]:
    """What of these things waits for the actor: of which kind, and until when."""
    if not subject_ids:
        return set()
    reader, given = reader_of(actor, only_own=True)
    values = {**given, "at": now(db), "subject_id": list(subject_ids)}
    listing = Listing(reader, IN_ORDER, frozenset({"subject_id"}))
    await db.execute(_PLANNED_ONCE)
    rows = await page_for(listing).rows(db, values)
    return {(row.kind, row.subject_id, row.due_at) for row in rows}


@cache
def _listed_in(order: tuple[str, ...]) -> Sequence[Branch]:
    """What is personal is on nobody's calendar."""
    return [one for one in BRANCHES if order == IN_ORDER or one.kind.name not in PERSONAL]
