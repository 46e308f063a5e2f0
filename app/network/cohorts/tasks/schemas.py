"""What is said about tasks."""

from datetime import date
from enum import StrEnum
from uuid import UUID

from pydantic import MISSING, Field

from app.kernel.paging import Page, PageQuery
from app.kernel.schemas import ActionOut, Day, InstantOut, Line, Ref, Request, Response
from app.network.cohorts.lifecycle import TaskStatus
from app.network.cohorts.models import Stage


class MeetTask(Request):
    """How it was met, where that is worth a line."""

    note: Line | None = Field(None, examples=["Signed on paper, filed in the shared folder."])


class EditTask(Request):
    """Another due date for this member."""

    due_on: Day | MISSING = MISSING


class TaskMembershipOut(Response):
    """Whose task it is."""

    id: UUID
    cohort: Ref
    collaboration: Ref


class TaskOut(Response):
    """A requirement as it stands for one member."""

    id: UUID
    membership: TaskMembershipOut
    requirement_id: UUID
    stage: Stage
    key: str
    title: str
    guidance: str | None
    is_required: bool
    is_judged: bool = Field(description="Whether those who run the cohort say that it is met.")
    status: TaskStatus
    due_on: date
    is_overdue: bool = Field(description="Whether it is open and its day is over for the member.")
    settled_at: InstantOut | None = Field(description="When it was met or waived.")
    note: str | None
    waiver_reason: str | None
    version: int
    available_actions: list[ActionOut]
    created_at: InstantOut
    updated_at: InstantOut


class TaskPage(Page[TaskOut]):
    """Some of the tasks."""


class TaskSort(StrEnum):
    DUE = "due_on"
    DUE_BACKWARDS = "-due_on"


class TaskFilters(PageQuery):
    """Which tasks of a member, in which order."""

    stage: Stage | None = None
    status: TaskStatus | None = None
    sort: TaskSort = TaskSort.DUE


class TaskQuery(TaskFilters):
    """Which tasks, in which order."""

    membership_id: UUID | None = None
    cohort_id: UUID | None = None
