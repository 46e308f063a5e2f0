"""What becomes of due dates when the member goes on leave and comes back."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.funding.grants.extensions.queries import moved_by, to_be_reported
from app.funding.grants.extensions.service import record_extension
from app.kernel.clock import today
from app.network.cohorts.lifecycle import MEMBERSHIP
from app.network.cohorts.models import Membership
from app.network.cohorts.pauses.queries import leave_of
from app.network.cohorts.pauses.shifting import moved_when_it_begins, moved_when_it_ends
from app.people.identity.actors import Actor

MOVED = "milestone.moved_by_leave"


@MEMBERSHIP.consequence("pause")
async def milestones_move_by_the_leave(
    db: AsyncSession, actor: Actor, membership: Membership, reason: str | None
) -> None:
    """Milestones that are to be reported are due later by the length of the leave, where that was
    agreed and their grant's period allows it."""
    leave = leave_of(membership)
    if leave is None:
        return
    last = membership.pauses[-1]
    await db.flush()
    for milestone, ends_on in await to_be_reported(db, membership_id=membership.id):
        due_on = moved_when_it_begins(milestone.due_on, leave)
        if milestone.due_on != due_on <= ends_on:
            record_extension(db, actor, milestone, due_on, reason, verb=MOVED, leave_id=last.id)


@MEMBERSHIP.consequence("resume")
async def milestones_are_due_from_the_return(
    db: AsyncSession, actor: Actor, membership: Membership, _reason: str | None
) -> None:
    """Milestones that had moved give back the days of leave that were not used; those that fell due
    meanwhile are due on the day of return."""
    leave = leave_of(membership)
    if leave is None:
        return
    last = membership.pauses[-1]
    back_on, moved = today(db, membership.timezone), await moved_by(db, last.id)
    for milestone, _ in await to_be_reported(db, membership_id=membership.id):
        was_moved = milestone.id in moved
        due_on = moved_when_it_ends(milestone.due_on, leave, back_on, was_moved=was_moved)
        if due_on != milestone.due_on:
            record_extension(
                db, actor, milestone, due_on, "Leave is over.", verb=MOVED, leave_id=last.id
            )
