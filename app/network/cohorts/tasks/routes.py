"""Tasks over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query

from app.kernel.activity import ActivityPage, HistoryQuery
from app.kernel.schemas import ActionsOut, WithReason
from app.kernel.written import Written, WrittenList
from app.network.cohorts.lifecycle import TASK
from app.network.cohorts.tasks import service
from app.network.cohorts.tasks.schemas import (
    EditTask,
    MeetTask,
    TaskFilters,
    TaskOut,
    TaskPage,
    TaskQuery,
)
from app.network.cohorts.tasks.telling import OF_MEMBERSHIP, TASKS, TASKS_AS_CSV
from app.people.identity.deps import CurrentActor
from app.people.reads.deps import Reading, export_of
from app.people.reads.histories import read_history
from app.web.preconditions import IfMatch
from app.web.routing import Router
from app.web.transaction import Db

router = Router("Tasks")

MembershipId = Annotated[UUID, Path(description="The membership.")]
TaskId = Annotated[UUID, Path(description="The task.")]


@router.get("/tasks", permission="membership.read")
async def list_tasks(read: Reading, query: Annotated[TaskQuery, Query()]) -> WrittenList[TaskPage]:
    """The tasks of the members that you may see, those due first before others."""
    return await TASKS.page(read, query)


@router.get("/memberships/{membership_id}/tasks", permission="membership.read")
async def list_membership_tasks(
    read: Reading, membership_id: MembershipId, query: Annotated[TaskFilters, Query()]
) -> WrittenList[TaskPage]:
    """What a member has to do: each requirement of its cohort, open, met or waived."""
    return await TASKS.page(read, query, OF_MEMBERSHIP, membership_id)


@router.get("/tasks/{task_id}", permission="membership.read")
async def get_task(read: Reading, task_id: TaskId) -> Written[TaskOut]:
    """The task as it stands."""
    return await TASKS.one(read, task_id)


@router.patch(
    "/tasks/{task_id}", permission="task.edit", if_match=True, example={"due_on": "2026-04-13"}
)
async def edit_task(
    db: Db, actor: CurrentActor, task_id: TaskId, body: EditTask, if_match: IfMatch
) -> Written[TaskOut]:
    """Move the due date of this member. That of the others stays."""
    return await service.edit_task(db, actor, task_id, body, if_match=if_match)


@router.move(TASK, "meet")
async def meet_task(
    db: Db, actor: CurrentActor, task_id: TaskId, body: MeetTask, if_match: IfMatch
) -> Written[TaskOut]:
    """Mark a task as met. Where its requirement is judged, it takes somebody who runs the
    cohort."""
    return await service.meet_task(db, actor, task_id, body, if_match=if_match)


@router.move(TASK, "waive", example={"reason": "They signed the same agreement last year."})
async def waive_task(
    db: Db, actor: CurrentActor, task_id: TaskId, body: WithReason, if_match: IfMatch
) -> Written[TaskOut]:
    """Waive the requirement for this member."""
    return await service.waive_task(db, actor, task_id, body.reason, if_match=if_match)


@router.move(TASK, "reopen", example={"reason": "The file that was handed in is empty."})
async def reopen_task(
    db: Db, actor: CurrentActor, task_id: TaskId, body: WithReason, if_match: IfMatch
) -> Written[TaskOut]:
    """Ask for the requirement again."""
    return await service.reopen_task(db, actor, task_id, body.reason, if_match=if_match)


@router.get("/tasks/{task_id}/actions", permission="membership.read")
async def explain_task_actions(db: Db, actor: CurrentActor, task_id: TaskId) -> ActionsOut:
    """Every move of the task now, with what stands in its way."""
    return await service.explain_task_actions(db, actor, task_id)


@router.get("/tasks/{task_id}/history", permission="membership.read")
async def get_task_history(
    read: Reading, task_id: TaskId, query: Annotated[HistoryQuery, Query()]
) -> WrittenList[ActivityPage]:
    """What was done to the task, oldest first."""
    return await read_history(TASKS, read, task_id, query)


export_of(router, "/tasks", TASKS_AS_CSV, TaskQuery, permission="membership.read")
