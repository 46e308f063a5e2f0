"""What waits for me, and what was done."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from app.kernel.activity import FeedQuery
from app.kernel.paging import Page, PageQuery
from app.kernel.schemas import ActionOut, Id, InstantIn, InstantOut, Ref, Response


class WorkKind(StrEnum):
    ANSWER_OFFER = "answer_offer"
    BEGIN_ONBOARDING = "begin_onboarding"
    ACTIVATE_MEMBERSHIP = "activate_membership"
    MEET_TASK = "meet_task"
    DECIDE_PAUSE_REQUEST = "decide_pause_request"
    AWAIT_PAUSE_DECISION = "await_pause_decision"
    RESUME_MEMBERSHIP = "resume_membership"
    SIGN_GRANT = "sign_grant"
    RENEW_CHECK = "renew_check"
    REPORT_MILESTONE = "report_milestone"
    SUBMIT_REPORT = "submit_report"
    ANSWER_CHANGE_REQUESTS = "answer_change_requests"
    REVIEW_REPORT = "review_report"


class ListWork(PageQuery):
    """Which of my work."""

    kind: Annotated[list[WorkKind] | None, Field(max_length=20, description="Any of these.")] = None
    cohort_id: Annotated[Id | None, Field(description="Of this cohort alone.")] = None
    due_before: Annotated[
        InstantIn | None, Field(description="What is due before this instant.")
    ] = None


class WorkItemOut(Response):
    """One thing that waits for me."""

    kind: WorkKind
    noun: str = Field(description="What it concerns.", examples=["membership"])
    subject: Ref = Field(description="The thing itself; `id` is its id.")
    cohort: Ref
    due_at: InstantOut | None = Field(description="When it must be done; null where nothing says.")
    is_overdue: bool = Field(description="Whether that has passed.")
    action: ActionOut = Field(description="The operation that does it.")


class WorkPage(Page[WorkItemOut]):
    """Some of what waits for me, what is due first at the top."""


class ListActivity(FeedQuery):
    """Which part of the record."""

    noun: Annotated[
        str | None, Field(pattern="^[a-z_]{1,40}$", description="Of this kind of thing.")
    ] = None
    subject_id: Annotated[Id | None, Field(description="Of this thing.")] = None
