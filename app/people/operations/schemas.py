"""What crosses the wire about long operations."""

from enum import StrEnum
from typing import Any
from uuid import UUID

from pydantic import Field

from app.background.operations import OperationStatus
from app.kernel.filters import Several
from app.kernel.paging import Page, PageQuery
from app.kernel.schemas import ActionOut, Code, InstantIn, InstantOut, Response
from app.web.problem_shapes import Problem


class OperationOut(Response):
    """Something long that you asked for, and how far it has come."""

    id: UUID
    version: int
    kind: str = Field(description="What is done.", examples=["import_grants"])
    status: OperationStatus = Field(
        description="How it stands. `refused`: it came to its end without any effect, because of "
        "what it was given; `result` says why, part by part."
    )
    progress: int = Field(ge=0, le=100, description="In per cent.")
    message: str | None = Field(description="What is being done just now, in words.")
    attempt: int = Field(description="How often it was begun: again when a worker died over it.")
    result: dict[str, Any] | None = Field(description="What came of it, by `kind`.")
    problem: Problem | None = Field(description="Why it failed or was refused, where it was.")
    created_at: InstantOut
    updated_at: InstantOut
    started_at: InstantOut | None
    finished_at: InstantOut | None
    available_actions: list[ActionOut]


class OperationPage(Page[OperationOut]):
    """Some of your operations."""


class OperationSort(StrEnum):
    CREATED = "created_at"
    NEWEST = "-created_at"
    UPDATED = "updated_at"
    UPDATED_DESCENDING = "-updated_at"


class ListOperations(PageQuery):
    """Which of your operations to list."""

    status: Several[OperationStatus] | None = None
    kind: Several[Code] | None = None
    started_from: InstantIn | None = None
    started_until: InstantIn | None = None
    finished_from: InstantIn | None = None
    finished_until: InstantIn | None = None
    sort: OperationSort = OperationSort.NEWEST
