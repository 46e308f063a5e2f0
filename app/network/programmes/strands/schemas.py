"""What crosses the wire about strands."""

from enum import StrEnum
from uuid import UUID

from pydantic import MISSING, Field

from app.kernel.paging import Page, PageQuery
from app.kernel.schemas import Code, InstantOut, Name, Prose, Ref, Request, Response, Search
from app.network.programmes.schemas import BelowProgramme


class CreateStrand(Request):
    """A kind of work of the programme."""

    key: Code = Field(description="A short name, unique in the programme and unchanging.")
    name: Name
    summary: Prose | None = None


class EditStrand(Request):
    """What is to change."""

    name: Name | MISSING = MISSING
    summary: Prose | MISSING | None = MISSING


class StrandOut(Response):
    """A strand of a programme."""

    id: UUID
    programme: Ref
    key: str
    name: str
    summary: str | None
    version: int
    created_at: InstantOut
    updated_at: InstantOut


class StrandPage(Page[StrandOut]):
    """Some of the strands of a programme."""


class StrandSort(StrEnum):
    KEY = "key"
    KEY_DESCENDING = "-key"
    UPDATED = "updated_at"
    UPDATED_DESCENDING = "-updated_at"


class StrandQuery(PageQuery):
    """Which strands of a programme, in which order."""

    q: Search | None = None
    sort: StrandSort = StrandSort.KEY


class AllStrandsQuery(BelowProgramme, StrandQuery):
    """Which strands, of all programmes that you may see."""
