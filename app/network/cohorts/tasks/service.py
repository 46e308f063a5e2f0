"""What is done with tasks."""

from collections.abc import Callable
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel import activity
from app.kernel.clock import day, now
from app.kernel.editing import amend
from app.kernel.lifecycle import create, explain_actions, move
from app.kernel.schemas import ActionsOut
from app.kernel.written import Written
from app.network.cohorts import access
from app.network.cohorts.lifecycle import TASK
from app.network.cohorts.models import Anchor, Membership, Requirement, Stage, Task
from app.network.cohorts.queries import open_tasks, requirements_not_given
from app.network.cohorts.tasks.schemas import (
    EditTask,
    MeetTask,
    TaskOut,
)
from app.network.cohorts.tasks.telling import TASKS
from app.people.identity.actors import Actor


async def lay_out(db: AsyncSession, actor: Actor, membership: Membership, stage: Stage) -> None:
    """Give the member a task for each requirement of the stage that it has none for yet.

    The membership has been accepted, and its cohort is held.
    """
    for requirement in await requirements_not_given(db, membership, stage):
        await give_task(db, actor, membership, requirement)


async def give_task(
    db: AsyncSession, actor: Actor, membership: Membership, requirement: Requirement
) -> None:
    """Give one member the task that one requirement makes, with its due date."""
    task = Task(
        membership_id=membership.id,
        membership=membership,
        requirement_id=requirement.id,
        requirement=requirement,
        due_on=_due_on(requirement, membership),
    )
    await create(db, actor, task, TASK, under=membership.id)
    await db.flush()


def _due_on(requirement: Requirement, membership: Membership) -> date:
    return _anchored(requirement.anchor, membership) + timedelta(days=requirement.offset_days)


def _anchored(anchor: Anchor, membership: Membership) -> date:
    """The day from which the due date counts, as the member reads the calendar."""
    days = {
        Anchor.ACCEPTED: membership.accepted_at
        and day(membership.accepted_at, membership.timezone),
        Anchor.PLANNED_START: membership.cohort.planned_start_on,
        Anchor.PLANNED_END: membership.cohort.planned_end_on,
    }
    found = days[anchor]
    assert found is not None, "tasks are given after acceptance, in a cohort with its dates"
    return found


async def edit_task(
    db: AsyncSession, actor: Actor, task_id: UUID, body: EditTask, *, if_match: int | None
) -> Written[TaskOut]:
    """Move the due date of one member; that of the others stays."""
    task = await access.task.to_change(db, actor, task_id, "task.edit", if_match=if_match)
    if changed := amend(task, body.model_dump()):
        activity.record(db, actor, "task.edited", task, detail=changed)
    return await TASKS.told_to(db, actor, task.id)


async def shift_tasks(
    db: AsyncSession,
    actor: Actor,
    membership: Membership,
    reason: str | None,
    moved: Callable[[Task], date],
) -> None:
    """Let the open tasks of a member be due when `moved` says, as its last leave makes it."""
    await db.flush()
    for task in await open_tasks(db, membership):
        if changed := amend(task, {"due_on": moved(task)}):
            task.leave_id = membership.pauses[-1].id
            activity.record(db, actor, "task.edited", task, reason=reason, detail=changed)


async def meet_task(
    db: AsyncSession, actor: Actor, task_id: UUID, body: MeetTask, *, if_match: int | None
) -> Written[TaskOut]:
    """Mark a task as met."""
    task = await access.task(db, actor, task_id, lock=True)
    await move(db, actor, task, TASK, "meet", if_match=if_match)
    task.settled_at = now(db)
    task.note = body.note
    return await TASKS.told_to(db, actor, task.id)


async def waive_task(
    db: AsyncSession, actor: Actor, task_id: UUID, reason: str, *, if_match: int | None
) -> Written[TaskOut]:
    """Waive the requirement for this member."""
    task = await access.task(db, actor, task_id, lock=True)
    await move(db, actor, task, TASK, "waive", reason=reason, if_match=if_match)
    task.settled_at = now(db)
    task.waiver_reason = reason
    return await TASKS.told_to(db, actor, task.id)


async def reopen_task(
    db: AsyncSession, actor: Actor, task_id: UUID, reason: str, *, if_match: int | None
) -> Written[TaskOut]:
    """Ask for the requirement again."""
    task = await access.task(db, actor, task_id, lock=True)
    await move(db, actor, task, TASK, "reopen", reason=reason, if_match=if_match)
    task.settled_at = task.note = task.waiver_reason = None
    return await TASKS.told_to(db, actor, task.id)


async def explain_task_actions(db: AsyncSession, actor: Actor, task_id: UUID) -> ActionsOut:
    """Every move of the task now, with what stands in its way."""
    return await explain_actions(db, actor, await access.task(db, actor, task_id), TASK)
