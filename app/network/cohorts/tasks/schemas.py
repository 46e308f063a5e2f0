"""What is said about tasks."""

from datetime import date
from enum import StrEnum
from uuid import UUID

from pydantic import MISSING, Field

from app.kernel.filters import Several
from app.kernel.paging import Page, PageQuery
from app.kernel.schemas import ActionOut, Day, InstantIn, InstantOut, Line, Ref, Request, Response
from app.network.cohorts.lifecycle import TaskStatus
from app.network.cohorts.models import Stage
from app.network.collaborations.schemas import BelowCollaboration


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
    UPDATED = "updated_at"
    UPDATED_BACKWARDS = "-updated_at"


class TaskFilters(PageQuery):
    """Which tasks of a member, in which order."""

    stage: Stage | None = None
    status: Several[TaskStatus] | None = None
    due_from: Day | None = None
    due_until: Day | None = None
    settled_from: InstantIn | None = None
    settled_until: InstantIn | None = None
    sort: TaskSort = TaskSort.DUE


class TaskQuery(TaskFilters, BelowCollaboration):
    """Which tasks, in which order."""

    membership_id: Several[UUID] | None = None
