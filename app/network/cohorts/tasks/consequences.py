"""What a member has to do at each step."""

from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.clock import today
from app.network.cohorts.lifecycle import MEMBERSHIP
from app.network.cohorts.models import Membership, Stage, Task
from app.network.cohorts.pauses.queries import leave_of
from app.network.cohorts.pauses.shifting import moved_when_it_begins, moved_when_it_ends
from app.network.cohorts.tasks.service import lay_out, shift_tasks
from app.people.identity.actors import Actor


@MEMBERSHIP.consequence("onboard")
async def onboarding_tasks_are_assigned(
    db: AsyncSession, actor: Actor, membership: Membership, _reason: str | None
) -> None:
    """The member gets a task for each requirement of onboarding that it has none for yet."""
    await lay_out(db, actor, membership, Stage.ONBOARDING)


@MEMBERSHIP.consequence("activate")
async def completion_tasks_are_assigned(
    db: AsyncSession, actor: Actor, membership: Membership, _reason: str | None
) -> None:
    """The member gets a task for each requirement of completion that it has none for yet."""
    await lay_out(db, actor, membership, Stage.COMPLETION)


@MEMBERSHIP.consequence("pause")
async def tasks_move_by_the_leave(
    db: AsyncSession, actor: Actor, membership: Membership, reason: str | None
) -> None:
    """Open tasks are due later by the length of the leave, where that was agreed."""
    if leave := leave_of(membership):
        await shift_tasks(
            db, actor, membership, reason, lambda task: moved_when_it_begins(task.due_on, leave)
        )


@MEMBERSHIP.consequence("resume")
async def tasks_are_due_from_the_return(
    db: AsyncSession, actor: Actor, membership: Membership, reason: str | None
) -> None:
    """Open tasks that had moved give back the days of leave that were not used; those that fell due
    meanwhile are due today."""
    leave, back_on = leave_of(membership), today(db, membership.timezone)
    if leave is None:
        return

    def moved(task: Task) -> date:
        was_moved = task.leave_id == membership.pauses[-1].id
        return moved_when_it_ends(task.due_on, leave, back_on, was_moved=was_moved)

    await shift_tasks(db, actor, membership, reason, moved)
