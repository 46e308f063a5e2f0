"""What crosses the wire about impacts."""

from enum import StrEnum
from typing import Self
from uuid import UUID

from pydantic import MISSING, Field, model_validator

from app.kernel.paging import Page, PageQuery
from app.kernel.schemas import Day, InstantOut, Line, Prose, Ref, Request, Response, Search, Url
from app.network.collaborations.schemas import BelowCollaboration, DocumentOut


class AddImpact(Request):
    """Who benefits, and how that is known."""

    title: Line
    description: Prose | None = None
    beneficiaries: Line = Field(description="Who benefits.")
    evidence: Prose = Field(description="How that is known.")
    happened_on: Day
    file_id: UUID | None = Field(default=None, description="What shows it, as you uploaded it.")
    url: Url | None = Field(default=None, description="Where what shows it lies otherwise.")

    @model_validator(mode="after")
    def _one_document(self) -> Self:
        if self.file_id is not None and self.url is not None:
            raise ValueError("has file_id and url; what shows it is one of them")
        return self


class EditImpact(Request):
    """What is to change."""

    title: Line | MISSING = MISSING
    description: Prose | MISSING | None = MISSING
    beneficiaries: Line | MISSING = MISSING
    evidence: Prose | MISSING = MISSING
    happened_on: Day | MISSING = MISSING


class ImpactOut(Response):
    """An impact of a collaboration."""

    id: UUID
    collaboration: Ref
    title: str
    description: str | None
    beneficiaries: str = Field(description="Who benefits.")
    evidence: str = Field(description="How that is known.")
    happened_on: Day
    file: DocumentOut | None
    url: str | None
    version: int
    created_at: InstantOut
    updated_at: InstantOut


class ImpactPage(Page[ImpactOut]):
    """Some of the impacts."""


class ImpactSort(StrEnum):
    HAPPENED = "happened_on"
    HAPPENED_DESCENDING = "-happened_on"
    TITLE = "title"
    TITLE_DESCENDING = "-title"
    UPDATED = "updated_at"
    UPDATED_DESCENDING = "-updated_at"


class ImpactsOfOneQuery(PageQuery):
    """Which impacts of a collaboration, in which order."""

    q: Search | None = None
    happened_from: Day | None = None
    happened_until: Day | None = None
    sort: ImpactSort = ImpactSort.HAPPENED


class ImpactQuery(ImpactsOfOneQuery, BelowCollaboration):
    """Which impacts, in which order."""
