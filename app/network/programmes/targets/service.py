"""Targets: setting them, counting towards them, and saying how they stand."""

from collections.abc import Sequence
from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy import Select, func, select, true
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from app.kernel import activity
from app.kernel.activity import ActivityPage, HistoryQuery
from app.kernel.clock import network_zone, now, today
from app.kernel.editing import amend
from app.kernel.errors import Conflict, Unprocessable, constraint
from app.kernel.filters import Filters
from app.kernel.paging import in_whole, paginate
from app.kernel.schemas import Ref
from app.network.programmes import access, queries
from app.network.programmes.models import CountingRule, Target, TargetReading
from app.network.programmes.targets.exports import TARGETS_AS_CSV
from app.network.programmes.targets.progress import GOOD, Plan
from app.network.programmes.targets.schemas import (
    AllTargetsQuery,
    CountTarget,
    CreateTarget,
    EditTarget,
    ReadingOut,
    ReadingPage,
    ReadingQuery,
    TargetOut,
    TargetPage,
    TargetQuery,
)
from app.people.identity.access import visible
from app.people.identity.actors import Actor
from app.web.exports import ListedExport

SORTS: Final = {"due_on": (Target.due_on, Target.id)}
FILTERS: Final[Filters] = {
    "as_of": lambda _asked: true(),
    "q": lambda asked: func.strpos(func.fold(Target.name), func.fold(asked)) > 0,
}
READINGS: Final = {"counted_on": (TargetReading.counted_on, TargetReading.id)}


class TargetKeyTaken(Conflict):
    """The programme has a target of this key."""


class TargetDatesReversed(Unprocessable):
    """A target is due on the day it starts or later."""


class CountedByItself(Conflict):
    """This target is counted by the service; only those counted `by_hand` take readings."""


class ReadingInFuture(Unprocessable):
    """Nobody knows yet how many there will be on that day: give one that is not after today."""


constraint("uq_targets_programme_id_key", TargetKeyTaken, "/key")
constraint("ck_targets_due_after_start", TargetDatesReversed, "/due_on")


async def create_target(
    db: AsyncSession, actor: Actor, programme_id: UUID, body: CreateTarget
) -> TargetOut:
    """Set a target. Raises TargetKeyTaken (409), TargetDatesReversed (422)."""
    programme = await access.programme.allowing(db, actor, programme_id, "programme.edit")
    target = Target(
        **body.model_dump(exclude={"starts_on"}),
        starts_on=body.starts_on or programme.planned_start_on,
        programme_id=programme.id,
        programme=programme,
    )
    db.add(target)
    await db.flush()
    activity.record(db, actor, "target.created", target)
    await db.flush()
    return await _shown_now(db, target)


async def _shown_now(db: AsyncSession, target: Target) -> TargetOut:
    [shown] = await _shown(db, [target], _day(db, None))
    return shown


async def _shown(db: AsyncSession, targets: Sequence[Target], on: date) -> list[TargetOut]:
    counts = await queries.counted(db, targets, on)
    return [_one(target, counts[target.id], on) for target in targets]


def _one(target: Target, counted: int | None, on: date) -> TargetOut:
    plan = Plan(target.comparator, target.baseline, target.value, target.starts_on, target.due_on)
    has_begun = on >= target.starts_on
    standing = plan.standing(counted, on) if has_begun and counted is not None else None
    return TargetOut(
        id=target.id,
        programme=Ref.model_validate(target.programme),
        key=target.key,
        name=target.name,
        comparator=target.comparator,
        value=target.value,
        baseline=target.baseline,
        counting_rule=target.counting_rule,
        starts_on=target.starts_on,
        due_on=target.due_on,
        as_of=on,
        counted=counted,
        share=None if counted is None else round(float(plan.share(counted)), 4),
        expected=round(float(plan.expected(on)), 2),
        standing=standing,
        is_on_track=None if standing is None else standing in GOOD,
        version=target.version,
        created_at=target.created_at,
        updated_at=target.updated_at,
    )


async def list_targets(
    db: AsyncSession, actor: Actor, programme_id: UUID, query: TargetQuery
) -> TargetPage:
    """The targets of a programme and how they stand, those due first at the top."""
    programme = await access.programme(db, actor, programme_id)
    statement = _seen(actor).where(Target.programme_id == programme.id)
    return await _page(db, statement, query, bound=programme.id)


async def list_all_targets(db: AsyncSession, actor: Actor, query: AllTargetsQuery) -> TargetPage:
    """The targets of all programmes that the actor may see. Raises NotAllowed (403)."""
    return await _page(db, _seen(actor), query)


async def export_targets(db: AsyncSession, actor: Actor, query: AllTargetsQuery) -> ListedExport:
    """All of them, as a table: a handful a programme. Raises NotAllowed (403)."""
    found = await in_whole(db, _seen(actor), query, SORTS, default="due_on", filters=FILTERS)
    return TARGETS_AS_CSV.of(await _shown(db, found, _day(db, query.as_of)))


def _seen(actor: Actor) -> Select[Target]:
    return visible(Target, actor, "programme.read").options(joinedload(Target.programme))


async def _page(
    db: AsyncSession, statement: Select[Target], query: TargetQuery, *, bound: UUID | None = None
) -> TargetPage:
    page = await paginate(
        db, statement, query, SORTS, default="due_on", bound=bound, filters=FILTERS
    )
    return TargetPage(
        items=await _shown(db, page.rows, _day(db, query.as_of)),
        next_cursor=page.next_cursor,
        total_count=page.total_count,
    )


def _day(db: AsyncSession, as_of: date | None) -> date:
    """The day for which it is said how targets stand: today unless another is asked for."""
    return as_of or today(db, network_zone(db))


async def get_target(
    db: AsyncSession, actor: Actor, target_id: UUID, *, as_of: date | None
) -> TargetOut:
    """One target and how it stands, or stood."""
    target = await access.target(db, actor, target_id)
    [shown] = await _shown(db, [target], _day(db, as_of))
    return shown


async def edit_target(
    db: AsyncSession, actor: Actor, target_id: UUID, body: EditTarget, *, if_match: int | None
) -> TargetOut:
    """Change what the body names. Raises TargetDatesReversed (422)."""
    target = await access.target.to_change(
        db, actor, target_id, "programme.edit", if_match=if_match
    )
    if changed := amend(target, body.model_dump()):
        activity.record(db, actor, "target.edited", target, detail=changed)
    await db.flush()
    return await _shown_now(db, target)


async def count_target(
    db: AsyncSession, actor: Actor, target_id: UUID, body: CountTarget
) -> TargetOut:
    """Record how many there were on a day. Raises CountedByItself (409), ReadingInFuture (422)."""
    target = await access.target.allowing(db, actor, target_id, "programme.edit")
    if target.counting_rule != CountingRule.BY_HAND:
        raise CountedByItself
    if body.counted_on > today(db, network_zone(db)):
        raise ReadingInFuture.at("/counted_on")
    db.add(TargetReading(**body.model_dump(), target_id=target.id, recorded_at=now(db)))
    detail = {"counted": body.counted, "counted_on": body.counted_on.isoformat()}
    activity.record(db, actor, "target.counted", target, detail=detail)
    await db.flush()
    return await _shown_now(db, target)


async def list_readings(
    db: AsyncSession, actor: Actor, target_id: UUID, query: ReadingQuery
) -> ReadingPage:
    """What was counted by hand, the earliest day first."""
    target = await access.target(db, actor, target_id)
    statement = select(TargetReading).where(TargetReading.target_id == target.id)
    page = await paginate(
        db, statement, query, READINGS, default="counted_on", bound=target.id, filters={}
    )
    return ReadingPage(
        items=[ReadingOut.model_validate(row) for row in page.rows],
        next_cursor=page.next_cursor,
        total_count=page.total_count,
    )


async def get_target_history(
    db: AsyncSession, actor: Actor, target_id: UUID, query: HistoryQuery
) -> ActivityPage:
    """What was done to a target, oldest first."""
    target = await access.target(db, actor, target_id)
    return await activity.history(db, actor, target, query)
