"""What crosses the wire about priority areas."""

from enum import StrEnum
from uuid import UUID

from pydantic import MISSING, Field

from app.kernel.filters import Several
from app.kernel.paging import Page, PageQuery
from app.kernel.schemas import (
    ActionOut,
    Code,
    InstantIn,
    InstantOut,
    Name,
    Prose,
    Ref,
    Request,
    Response,
    Search,
)
from app.network.programmes.priority_areas.lifecycle import PriorityAreaStatus
from app.network.programmes.schemas import BelowProgramme


class CreatePriorityArea(Request):
    """A field in which a collaboration might be launched."""

    key: Code = Field(description="A short name, unique in the programme and unchanging.")
    name: Name
    summary: Prose | None = None


class EditPriorityArea(Request):
    """What is to change."""

    name: Name | MISSING = MISSING
    summary: Prose | MISSING | None = MISSING


class PriorityAreaOut(Response):
    """A priority area of a programme."""

    id: UUID
    programme: Ref
    key: str
    name: str
    summary: str | None
    status: PriorityAreaStatus
    launched_at: InstantOut | None
    available_actions: list[ActionOut]
    version: int
    created_at: InstantOut
    updated_at: InstantOut


class PriorityAreaPage(Page[PriorityAreaOut]):
    """Some of the priority areas of a programme."""


class PriorityAreaSort(StrEnum):
    KEY = "key"
    KEY_DESCENDING = "-key"
    UPDATED = "updated_at"
    UPDATED_DESCENDING = "-updated_at"


class PriorityAreaQuery(PageQuery):
    """Which priority areas of a programme, in which order."""

    q: Search | None = None
    status: Several[PriorityAreaStatus] | None = None
    launched_from: InstantIn | None = None
    launched_until: InstantIn | None = None
    sort: PriorityAreaSort = PriorityAreaSort.KEY


class AllPriorityAreasQuery(BelowProgramme, PriorityAreaQuery):
    """Which priority areas, of all programmes that you may see."""
