"""What crosses the wire about action items."""

from datetime import date
from enum import StrEnum
from uuid import UUID

from pydantic import MISSING, Field

from app.kernel.filters import Several
from app.kernel.paging import Page, PageQuery
from app.kernel.schemas import (
    ActionOut,
    Day,
    InstantIn,
    InstantOut,
    Name,
    Ref,
    Request,
    Response,
    Search,
)
from app.learning.sessions.action_items.lifecycle import ActionItemStatus
from app.network.collaborations.schemas import BelowCohort
from app.network.programmes.schemas import BelowProgramme


class CreateActionItem(Request):
    """What somebody will do."""

    title: Name
    owner_id: UUID = Field(description="Who does it: somebody who takes part in the session.")
    due_on: Day


class EditActionItem(Request):
    """What is to change; what is left out stays."""

    title: Name | MISSING = MISSING
    owner_id: UUID | MISSING = MISSING
    due_on: Day | MISSING = MISSING


class ActionItemOut(Response):
    """What somebody said in a session that they would do, by a day."""

    id: UUID
    learning_session: Ref = Field(
        description="The session in which it is asked about: that of its series which comes next "
        "after the one in which it was agreed, while it is open."
    )
    raised_in_id: UUID = Field(description="The session in which it was agreed.")
    status: ActionItemStatus
    title: str
    owner: Ref = Field(description="Who does it.")
    due_on: date = Field(description="The day by whose end it is to be done.")
    is_overdue: bool = Field(description="Whether it is open and its day is over.")
    settled_at: InstantOut | None = Field(description="When it was done or dropped.")
    available_actions: list[ActionOut]
    version: int
    created_at: InstantOut
    updated_at: InstantOut


class ActionItemPage(Page[ActionItemOut]):
    """Some of the action items."""


class ActionItemSort(StrEnum):
    EARLIEST = "due_on"
    LATEST = "-due_on"
    OLDEST = "created_at"
    NEWEST = "-created_at"
    TITLE = "title"
    TITLE_DESCENDING = "-title"
    UPDATED = "updated_at"
    UPDATED_DESCENDING = "-updated_at"


class ActionItemFilters(PageQuery):
    """Which action items of a session, in which order."""

    q: Search | None = None
    status: Several[ActionItemStatus] | None = None
    owner_id: Several[UUID] | None = Field(None, description="Those of these people.")
    raised_in_id: Several[UUID] | None = Field(
        None, description="Those that were agreed in these sessions."
    )
    due_from: Day | None = None
    due_until: Day | None = None
    settled_from: InstantIn | None = None
    settled_until: InstantIn | None = None
    sort: ActionItemSort = ActionItemSort.EARLIEST


class ActionItemQuery(BelowProgramme, BelowCohort, ActionItemFilters):
    """Which action items, in which order."""

    learning_session_id: Several[UUID] | None = Field(
        None, description="Those that are asked about in these sessions."
    )
