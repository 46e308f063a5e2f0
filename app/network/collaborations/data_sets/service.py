"""Data sets: naming them, and moving them along the data spectrum."""

from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel import activity, versions
from app.kernel.clock import now
from app.kernel.editing import amend
from app.kernel.errors import Conflict, FieldProblem, Unprocessable
from app.kernel.paging import paginate
from app.kernel.written import Written
from app.network.collaborations.access import collaboration as obtain_collaboration
from app.network.collaborations.data_sets import access
from app.network.collaborations.data_sets.models import AccessChange, DataAccess, DataSet
from app.network.collaborations.data_sets.schemas import (
    AccessChangeOut,
    AccessChangePage,
    AccessChangeQuery,
    AddDataSet,
    ChangeAccess,
    DataSetOut,
    EditDataSet,
)
from app.network.collaborations.data_sets.telling import DATA_SETS
from app.network.collaborations.queries import today_at
from app.people.identity.access import require
from app.people.identity.actors import Actor

CHANGES: Final = {"since_on": (AccessChange.since_on, AccessChange.id)}


class AccessUnchanged(Conflict):
    """The data set is as accessible as this already, under this licence."""


class AccessOutOfOrder(Unprocessable):
    """Access changed later than that day already; the history is written forwards."""


async def add_data_set(
    db: AsyncSession, actor: Actor, collaboration_id: UUID, body: AddDataSet
) -> Written[DataSetOut]:
    """Name data that the collaboration works with, and where it begins on the data spectrum."""
    collaboration = await obtain_collaboration.allowing(
        db, actor, collaboration_id, "collaboration.edit"
    )
    data_set = DataSet(
        **body.model_dump(exclude={"since_on"}),
        collaboration_id=collaboration.id,
        collaboration=collaboration,
        scope_id=collaboration.scope_id,
    )
    db.add(data_set)
    await db.flush()
    since_on = body.since_on or await today_at(db, collaboration.id)
    _remember(db, data_set, None, since_on=since_on, reason=None)
    _record(db, actor, "data_set_added", data_set, access=body.access)
    return await DATA_SETS.told_to(db, actor, data_set.id)


def _remember(
    db: AsyncSession,
    data_set: DataSet,
    before: DataAccess | None,
    *,
    since_on: date,
    reason: str | None,
) -> None:
    change = AccessChange(
        data_set_id=data_set.id,
        from_access=before,
        to_access=data_set.access,
        licence=data_set.licence,
        since_on=since_on,
        reason=reason,
        recorded_at=now(db),
    )
    db.add(change)


async def edit_data_set(
    db: AsyncSession, actor: Actor, data_set_id: UUID, body: EditDataSet, *, if_match: int | None
) -> Written[DataSetOut]:
    """Change what the body names."""
    data_set = await access.data_set.to_change(
        db, actor, data_set_id, "collaboration.edit", if_match=if_match
    )
    if changed := amend(data_set, body.model_dump()):
        _record(db, actor, "data_set_edited", data_set, reason=None, **changed)
    return await DATA_SETS.told_to(db, actor, data_set.id)


async def change_data_set_access(
    db: AsyncSession, actor: Actor, data_set_id: UUID, body: ChangeAccess, *, if_match: int | None
) -> Written[DataSetOut]:
    """Move it along the data spectrum, or put it under another licence.

    To take open data back needs `collaboration.close_data`, since licences may be irrevocable.
    Raises AccessUnchanged (409), AccessOutOfOrder (422).
    """
    data_set = await access.data_set.allowing(
        db, actor, data_set_id, "collaboration.edit", lock=True
    )
    before = data_set.access
    if before == DataAccess.OPEN and body.access != DataAccess.OPEN:
        require(actor, "collaboration.close_data", data_set.scope_id)
    versions.expect(data_set, if_match)
    since_on = body.since_on or await today_at(db, data_set.collaboration_id)
    await _refuse_backwards(db, data_set, since_on)
    if not amend(data_set, {"access": body.access, "licence": body.licence}):
        raise AccessUnchanged
    _remember(db, data_set, before, since_on=since_on, reason=body.reason)
    moved = {"from_access": before, "to_access": body.access}
    _record(db, actor, "data_set_access_changed", data_set, reason=body.reason, **moved)
    return await DATA_SETS.told_to(db, actor, data_set.id)


async def _refuse_backwards(db: AsyncSession, data_set: DataSet, since_on: date) -> None:
    latest = await db.scalar(
        select(func.max(AccessChange.since_on)).where(AccessChange.data_set_id == data_set.id)
    )
    if latest is not None and since_on < latest:
        pointer = FieldProblem(
            pointer="/since_on", code="access_out_of_order", detail=f"Name a day from {latest} on."
        )
        raise AccessOutOfOrder(errors=[pointer])


async def list_access_changes(
    db: AsyncSession, actor: Actor, data_set_id: UUID, query: AccessChangeQuery
) -> AccessChangePage:
    """How accessible a data set was from which day on, the earliest first."""
    data_set = await access.data_set(db, actor, data_set_id)
    statement = select(AccessChange).where(AccessChange.data_set_id == data_set.id)
    page = await paginate(
        db, statement, query, CHANGES, default="since_on", bound=data_set.id, filters={}
    )
    return AccessChangePage(
        items=[AccessChangeOut.model_validate(row) for row in page.rows],
        next_cursor=page.next_cursor,
        total_count=page.total_count,
    )


def _record(
    db: AsyncSession,
    actor: Actor,
    verb: str,
    data_set: DataSet,
    *,
    reason: str | None = None,
    **detail: Any,
) -> None:
    """It belongs to the history of the collaboration."""
    whole = {"data_set_id": str(data_set.id), **detail}
    verb = f"collaboration.{verb}"
    activity.record(db, actor, verb, data_set.collaboration, reason=reason, detail=whole)
