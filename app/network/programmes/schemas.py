"""What crosses the wire about programmes."""

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import MISSING, AfterValidator, Field

from app.kernel.filters import Several
from app.kernel.paging import Page, PageQuery
from app.kernel.schemas import (
    Day,
    InstantOut,
    Name,
    Prose,
    Ref,
    Reference,
    Request,
    Response,
    Search,
)


def _each_once(ids: list[UUID]) -> list[UUID]:
    if len(set(ids)) < len(ids):
        raise ValueError("names an organisation twice")
    return ids


Convenors = Annotated[
    list[UUID],
    Field(min_length=1, max_length=20, description="Ids of the organisations that run it."),
    AfterValidator(_each_once),
]
Funders = Annotated[
    list[UUID],
    Field(max_length=50, description="Ids of the organisations that pay for it."),
    AfterValidator(_each_once),
]


class CreateProgramme(Request):
    """A programme."""

    reference: Reference
    name: Name
    summary: Prose | None = None
    convenor_ids: Convenors
    funder_ids: Funders = Field(default_factory=list)
    planned_start_on: Day
    planned_end_on: Day | None = None
    actual_start_on: Day | None = None
    actual_end_on: Day | None = None


class EditProgramme(Request):
    """What is to change; the lists of organisations are replaced whole."""

    name: Name | MISSING = MISSING
    summary: Prose | MISSING | None = MISSING
    convenor_ids: Convenors | MISSING = MISSING
    funder_ids: Funders | MISSING = MISSING
    planned_start_on: Day | MISSING = MISSING
    planned_end_on: Day | MISSING | None = MISSING
    actual_start_on: Day | MISSING | None = MISSING
    actual_end_on: Day | MISSING | None = MISSING


class ProgrammeOut(Response):
    """A programme."""

    id: UUID
    reference: str
    name: str
    summary: str | None
    convenors: list[Ref] = Field(description="Who runs it.")
    funders: list[Ref] = Field(description="Who pays for it.")
    planned_start_on: Day
    planned_end_on: Day | None
    actual_start_on: Day | None
    actual_end_on: Day | None
    version: int
    created_at: InstantOut
    updated_at: InstantOut


class ProgrammePage(Page[ProgrammeOut]):
    """Some of the programmes."""


class ProgrammeSort(StrEnum):
    NAME = "name"
    NAME_DESCENDING = "-name"
    REFERENCE = "reference"
    REFERENCE_DESCENDING = "-reference"
    PLANNED_START = "planned_start_on"
    PLANNED_START_DESCENDING = "-planned_start_on"
    UPDATED = "updated_at"
    UPDATED_DESCENDING = "-updated_at"


class ProgrammeQuery(PageQuery):
    """Which programmes, in which order."""

    q: Search | None = None
    reference: Several[Reference] | None = None
    planned_start_from: Day | None = None
    planned_start_until: Day | None = None
    planned_end_from: Day | None = None
    planned_end_until: Day | None = None
    actual_start_from: Day | None = None
    actual_start_until: Day | None = None
    actual_end_from: Day | None = None
    actual_end_until: Day | None = None
    sort: ProgrammeSort = ProgrammeSort.NAME


class BelowProgramme(Request):
    """Which programmes the rows of a list lie in."""

    programme_id: Several[UUID] | None = None
    programme_reference: Several[Reference] | None = None
