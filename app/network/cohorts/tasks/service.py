"""What is done with tasks."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel import activity
from app.kernel.activity import ActivityPage, HistoryQuery
from app.kernel.clock import day, now, today
from app.kernel.editing import amend
from app.kernel.lifecycle import available_actions, create, explain_actions, move
from app.kernel.paging import Key, paginate
from app.kernel.schemas import ActionsOut
from app.network.cohorts import access
from app.network.cohorts.lifecycle import TASK, MembershipStatus, TaskStatus
from app.network.cohorts.models import Anchor, Membership, Requirement, Stage, Task
from app.network.cohorts.queries import open_tasks, requirements_not_given
from app.network.cohorts.tasks.schemas import (
    EditTask,
    MeetTask,
    TaskFilters,
    TaskMembershipOut,
    TaskOut,
    TaskPage,
)
from app.people.identity.access import visible
from app.people.identity.actors import Actor

SORTS: Final[dict[str, Sequence[Key]]] = {"due_on": (Task.due_on, Task.id)}


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


async def get_task(db: AsyncSession, actor: Actor, task_id: UUID) -> TaskOut:
    """The task as it stands."""
    return _shown(db, actor, await access.task(db, actor, task_id))


async def list_tasks(
    db: AsyncSession,
    actor: Actor,
    query: TaskFilters,
    *,
    membership_id: UUID | None = None,
    cohort_id: UUID | None = None,
) -> TaskPage:
    """The tasks that the actor may see, those due first before others."""
    statement = visible(Task, actor, "membership.read").options(*access.TASK_REFS)
    if membership_id is not None:
        statement = statement.where(Task.membership_id == membership_id)
    if cohort_id is not None:
        of_cohort = select(Membership.id).where(Membership.cohort_id == cohort_id)
        statement = statement.where(Task.membership_id.in_(of_cohort))
    if query.status is not None:
        statement = statement.where(Task.status == query.status)
    if query.stage is not None:
        of_stage = select(Requirement.id).where(Requirement.stage == query.stage)
        statement = statement.where(Task.requirement_id.in_(of_stage))
    page = await paginate(db, statement, query, SORTS, default="due_on", bound=membership_id)
    await actor.reach(db, [task.membership_id for task in page.rows])
    return TaskPage(
        items=[_shown(db, actor, task) for task in page.rows],
        next_cursor=page.next_cursor,
        total_count=page.total_count,
    )


async def list_membership_tasks(
    db: AsyncSession, actor: Actor, membership_id: UUID, query: TaskFilters
) -> TaskPage:
    """The tasks of one member."""
    membership = await access.membership(db, actor, membership_id)
    return await list_tasks(db, actor, query, membership_id=membership.id)


async def edit_task(
    db: AsyncSession, actor: Actor, task_id: UUID, body: EditTask, *, if_match: int | None
) -> TaskOut:
    """Move the due date of one member; that of the others stays."""
    task = await access.task.to_change(db, actor, task_id, "task.edit", if_match=if_match)
    if changed := amend(task, body.model_dump()):
        activity.record(db, actor, "task.edited", task, detail=changed)
    await db.flush()
    return _shown(db, actor, task)


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
) -> TaskOut:
    """Say that the requirement is met."""
    task = await access.task(db, actor, task_id, lock=True)
    await move(db, actor, task, TASK, "meet", if_match=if_match)
    task.settled_at = now(db)
    task.note = body.note
    await db.flush()
    return _shown(db, actor, task)


async def waive_task(
    db: AsyncSession, actor: Actor, task_id: UUID, reason: str, *, if_match: int | None
) -> TaskOut:
    """Let the member off the requirement."""
    task = await access.task(db, actor, task_id, lock=True)
    await move(db, actor, task, TASK, "waive", reason=reason, if_match=if_match)
    task.settled_at = now(db)
    task.waiver_reason = reason
    await db.flush()
    return _shown(db, actor, task)


async def reopen_task(
    db: AsyncSession, actor: Actor, task_id: UUID, reason: str, *, if_match: int | None
) -> TaskOut:
    """Ask for the requirement again."""
    task = await access.task(db, actor, task_id, lock=True)
    await move(db, actor, task, TASK, "reopen", reason=reason, if_match=if_match)
    task.settled_at = task.note = task.waiver_reason = None
    await db.flush()
    return _shown(db, actor, task)


async def explain_task_actions(db: AsyncSession, actor: Actor, task_id: UUID) -> ActionsOut:
    """Every move of the task now, with what stands in its way."""
    return await explain_actions(db, actor, await access.task(db, actor, task_id), TASK)


async def get_task_history(
    db: AsyncSession, actor: Actor, task_id: UUID, query: HistoryQuery
) -> ActivityPage:
    """What was done to the task, oldest first."""
    return await activity.history(db, actor, await access.task(db, actor, task_id), query)


def _shown(db: AsyncSession, actor: Actor, task: Task) -> TaskOut:
    requirement, membership = task.requirement, task.membership
    on = today(db, membership.timezone)
    is_away = membership.status == MembershipStatus.PAUSED
    is_awaited = task.status == TaskStatus.OPEN and not is_away
    return TaskOut(
        id=task.id,
        membership=TaskMembershipOut.model_validate(membership),
        requirement_id=requirement.id,
        stage=requirement.stage,
        key=requirement.key,
        title=requirement.title,
        guidance=requirement.guidance,
        is_required=requirement.is_required,
        is_judged=requirement.is_judged,
        status=task.status,
        due_on=task.due_on,
        is_overdue=is_awaited and task.due_on < on,
        settled_at=task.settled_at,
        note=task.note,
        waiver_reason=task.waiver_reason,
        version=task.version,
        available_actions=available_actions(task, actor, TASK),
        created_at=task.created_at,
        updated_at=task.updated_at,
    )
