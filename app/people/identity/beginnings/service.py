"""Beginning roles that are to come, and voiding those whose giver may no longer give them.

A role given for a later day rests on its giver until it begins, and on nobody from then on. What
became of it is settled by whatever comes first: what takes something from the giver, the holder's
first request on that day, or the clock's round.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from app.background.jobs import each, every
from app.kernel.activity import record
from app.kernel.clock import Clock, now
from app.kernel.db import Database
from app.kernel.errors import Refusal
from app.people.identity.access import held
from app.people.identity.actors import NOBODY
from app.people.identity.models import Account, RoleAssignment, VoidBecause
from app.people.identity.queries import acting_for
from app.people.identity.role_assignments.access import require_may_grant, to_come


@every("* * * * *", "begin_roles")
async def begin_roles(database: Database, _clock: Clock) -> int:
    """Begin the roles whose day has come, and void those that may not; returns how many.

    Each in a transaction of its own; what another is settling is left to it.
    """
    async with database.transaction() as db:
        ids = list(await db.scalars(to_come().with_only_columns(RoleAssignment.id)))
    return await each(database, ids, _settle_one)


async def _settle_one(db: AsyncSession, assignment_id: UUID) -> int:
    return await _settle(db, RoleAssignment.id == assignment_id, skip_locked=True)


async def settle_given_by(db: AsyncSession, account_id: UUID) -> None:
    """Settle what an account, or a service account of that person's, has given for a later day: to
    be called before and after something is taken from it."""
    services = select(Account.id).where(Account.owner_id == account_id)
    by = RoleAssignment.granted_by_id
    await _settle(db, or_(by == account_id, by.in_(services)))


async def settle_held_by(db: AsyncSession, account_ids: list[UUID]) -> None:
    """Settle what accounts are to hold, on the day on which it begins."""
    is_theirs = RoleAssignment.account_id.in_(account_ids)
    await _settle(db, is_theirs, RoleAssignment.valid_from <= now(db))


async def _settle(db: AsyncSession, *which: ColumnElement[bool], skip_locked: bool = False) -> int:
    statement = (
        to_come()
        .where(*which)
        .options(joinedload(RoleAssignment.scope))
        .order_by(RoleAssignment.id)
    )
    found = held(statement, RoleAssignment)
    if skip_locked:
        found = found.with_for_update(key_share=True, of=RoleAssignment, skip_locked=True)
    changed = [await _settled(db, one, now(db)) for one in await db.scalars(found)]
    await db.flush()
    return sum(changed)


async def _settled(db: AsyncSession, assignment: RoleAssignment, at: datetime) -> bool:
    """Whether it has begun or become void now."""
    detail: dict[str, Any] = {"account_id": str(assignment.account_id), "role": assignment.role}
    because = await _void_because(db, assignment)
    if because is not None:
        assignment.voided_at, assignment.voided_because = at, because
        assignment.valid_until = assignment.valid_from
        detail["because"] = because
        record(db, NOBODY, "role_assignment.voided", assignment, detail=detail)
        return True
    if assignment.valid_from > at:
        return False
    assignment.is_to_come = False
    record(db, NOBODY, "role_assignment.began", assignment, detail=detail)
    return True


async def _void_because(db: AsyncSession, assignment: RoleAssignment) -> VoidBecause | None:
    """Why its giver may not give it now; what nobody gave, the service itself has given."""
    if assignment.granted_by_id is None:
        return None
    giver = await acting_for(db, assignment.granted_by_id)
    if giver is None:
        return VoidBecause.GIVER_DISABLED
    try:
        await require_may_grant(
            db,
            giver,
            "role_assignment.create",
            assignment.role,
            assignment.scope,
            besides=assignment.id,
        )
    except Refusal:
        return VoidBecause.GIVER_MAY_NOT
    return None
