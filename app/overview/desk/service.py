"""Reading what waits for an actor, and the record of what was done."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.clock import now
from app.kernel.db import Database
from app.kernel.filters import asked_of
from app.kernel.paging import Paging, Slice, paginate_read
from app.kernel.schemas import Ref
from app.overview.desk.correspondents.queries import Correspondents, correspondents
from app.overview.desk.exports import OBLIGATIONS, cells
from app.overview.desk.kinds import ANSWERS, SIDES, TELLING, ObligationStanding, WorkKind
from app.overview.desk.queries import (
    IN_CALENDAR,
    IN_ORDER,
    MOST,
    Listing,
    count_for,
    page_for,
)
from app.overview.desk.schemas import (
    InConflictOut,
    ListObligations,
    ListWork,
    ObligationOut,
    ObligationPage,
    WorkItemOut,
    WorkPage,
)
from app.people.identity.actors import Actor
from app.people.obligations.readers import reader_of
from app.people.obligations.register import InTheWay, Side, is_clear
from app.people.reads.acting import actor_reading
from app.people.reads.reader import Reader
from app.web.exports import ListedExport


async def list_my_work(read: Reader, query: ListWork) -> WorkPage:
    """What waits for the actor across all cohorts, what is due first at the top."""
    page = await _page(read, query, IN_ORDER, only_own=True)
    in_the_way = await _in_the_way(read.database, page.rows)
    known = await correspondents(read.database, page.rows, read.at)
    return WorkPage(
        items=[_item(row, known, in_the_way.get(row.subject_id, ()), read.at) for row in page.rows],
        next_cursor=page.next_cursor,
        total_count=page.total_count,
    )


async def _page(
    read: Reader,
    query: Paging,
    order: tuple[str, ...],
    *,
    only_own: bool,
) -> Slice[Any]:
    actor, is_wide, may_all = await actor_reading(read, is_clear)
    reader, given = reader_of(actor, only_own=only_own, is_wide=is_wide, is_clear=may_all)
    asked = asked_of(query)
    values = {**given, **asked, "at": read.at}
    most = next(one for one in MOST if query.limit <= one) + 1
    whole = Listing(reader, order, frozenset(asked), most=most)

    async def rows(after: Sequence[Any] | None, limit: int) -> Sequence[Any]:
        last = {f"after_{name}": value for name, value in zip(order, after or (), strict=False)}
        listing = replace(whole, is_later=after is not None)
        found = await page_for(listing).rows(read.database, values | last)
        return found[:limit]

    async def count() -> int:
        [(found,)] = await count_for(whole).rows(read.database, values)
        return found

    return await paginate_read(
        read.seal, query, order, rows, count, order="due", bound=actor.account_id
    )


async def _in_the_way(database: Database, rows: Sequence[Any]) -> Mapping[UUID, Sequence[InTheWay]]:
    """Who might do what waits and may not, by thing, for the kinds that say so."""
    found: dict[UUID, Sequence[InTheWay]] = {}
    for key, telling in TELLING.items():
        about = [row.subject_id for row in rows if (row.kind, row.noun) == key]
        if about:
            async with database.transaction() as db:
                found |= await telling(db, about)
    return found


async def list_obligations(read: Reader, query: ListObligations) -> ObligationPage:
    """What is due when, for whomever, as far as the actor may see it; what is due first comes
    first."""
    page = await _page(read, query, IN_CALENDAR, only_own=bool(query.is_mine))
    known = await correspondents(read.database, page.rows, read.at)
    return ObligationPage(
        items=[_obligation(row, known) for row in page.rows],
        next_cursor=page.next_cursor,
        total_count=page.total_count,
    )


async def export_obligations(
    db: AsyncSession, actor: Actor, query: ListObligations
) -> ListedExport:
    """All of what is due, as a table."""
    reader, given = reader_of(actor, only_own=bool(query.is_mine))
    asked = asked_of(query)
    listing = Listing(reader, IN_CALENDAR, frozenset(asked))
    rows = await page_for(listing).rows(db, {**given, **asked, "at": now(db)})
    known = await correspondents(db, rows, now(db))
    return ListedExport(OBLIGATIONS, [cells(_obligation(row, known)) for row in rows])


def _obligation(row: Any, known: Correspondents) -> ObligationOut:
    answer = ANSWERS[row.kind, row.noun]
    side = SIDES[row.permission]
    return ObligationOut(
        kind=WorkKind(row.kind),
        noun=row.noun,
        subject=Ref(id=row.subject_id, reference=row.reference, name=row.name),
        cohort=_cohort(row),
        collaboration=_collaboration(row),
        grant=_grant(row),
        waits_for=side,
        write_to=known.of(side, row),
        is_mine=row.is_mine,
        opens_at=row.opens_at,
        due_at=row.due_at,
        due_on=row.due_on,
        timezone=row.timezone,
        standing=ObligationStanding(row.standing),
        action=answer.action(row.subject_id),
    )


def _cohort(row: Any) -> Ref | None:
    return _ref(row.cohort_id, row.cohort_reference, row.cohort_name)


def _collaboration(row: Any) -> Ref | None:
    return _ref(row.collaboration_id, row.collaboration_reference, row.collaboration_name)


def _grant(row: Any) -> Ref | None:
    return _ref(row.grant_id, row.grant_reference, row.grant_name)


def _ref(its_id: UUID | None, reference: str | None, name: str) -> Ref | None:
    return None if its_id is None else Ref(id=its_id, reference=reference, name=name)


def _item(
    row: Any, known: Correspondents, in_the_way: Sequence[InTheWay], at: datetime
) -> WorkItemOut:
    is_grantees = SIDES[row.permission] is Side.GRANTEE
    return WorkItemOut(
        kind=WorkKind(row.kind),
        noun=row.noun,
        subject=Ref(id=row.subject_id, reference=row.reference, name=row.name),
        cohort=_cohort(row),
        collaboration=_collaboration(row),
        grant=_grant(row),
        write_to=known.of(Side.CONVENOR if is_grantees else Side.GRANTEE, row),
        due_at=row.due_at,
        is_overdue=row.due_at is not None and row.due_at <= at,
        in_conflict=[
            InConflictOut(person=one.person, kind=one.kind, about=one.about) for one in in_the_way
        ],
        action=ANSWERS[row.kind, row.noun].action(row.subject_id),
    )
