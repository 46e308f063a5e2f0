"""What crosses the wire about long operations."""

from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from app.background.operations import OPERATIONS, OperationStatus
from app.kernel.filters import Several
from app.kernel.paging import Page, PageQuery
from app.kernel.schemas import ActionOut, Code, InstantIn, InstantOut, Response
from app.kernel.vocabularies import of_words
from app.web.document_results import OF_ITS_KIND
from app.web.problem_shapes import Problem

OperationKind = Annotated[
    str, of_words("operation_kind", "What a long operation does.", lambda: sorted(OPERATIONS))
]


class OperationCounts(Response):
    """What became of the things that an operation was about."""

    done: int = Field(description="How many were done.")
    unchanged: int = Field(description="How many were so already.")
    refused: int = Field(description="How many were refused; `result` says which, and why.")


class OperationOut(Response):
    """Something long that you asked for, and how far it has come."""

    id: UUID
    version: int
    kind: OperationKind = Field(description="What is done.")
    status: OperationStatus = Field(
        description="How it stands. `succeeded`: it did all that it was asked for. `partly`: some "
        "of it was refused. `refused`: it came to its end without any effect, because of what it "
        "was given. `counts` says how much, `result` which and why. `failed`: it did not come to "
        "its end."
    )
    progress: int = Field(ge=0, le=100, description="In per cent.")
    message: str | None = Field(description="What is being done just now, in words.")
    attempt: int = Field(description="How often it was begun: again when a worker died over it.")
    counts: OperationCounts | None = Field(
        description="Of the things that it was about; null until it has ended, and where nothing "
        "was to be done (a dry run)."
    )
    result: dict[str, Any] | None = Field(
        description="What came of it, or would come of it in a dry run. `kind` says of which type "
        "it is, by `x-result-by-kind`.",
        json_schema_extra={OF_ITS_KIND: {}},
    )
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
