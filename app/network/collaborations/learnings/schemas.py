"""What crosses the wire about learnings."""

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import MISSING, Field

from app.kernel.paging import Page, PageQuery
from app.kernel.schemas import (
    Day,
    InstantOut,
    Line,
    Name,
    Prose,
    Ref,
    Request,
    Response,
    Search,
    Url,
)
from app.network.collaborations.schemas import BelowCollaboration

Terms = Annotated[
    Name,
    Field(
        description="The SPDX identifier of its licence, or the licence's name where it has none.",
        examples=["CC-BY-4.0"],
    ),
]


class ShareLearning(Request):
    """Something that others can use."""

    title: Line
    summary: Prose | None = None
    url: Url
    licence: Terms
    audience: Line | None = Field(default=None, description="Whom it is written for.")
    shared_on: Day | None = Field(default=None, description="Today unless said.")


class EditLearning(Request):
    """What is to change."""

    title: Line | MISSING = MISSING
    summary: Prose | MISSING | None = MISSING
    url: Url | MISSING = MISSING
    licence: Terms | MISSING = MISSING
    audience: Line | MISSING | None = MISSING
    shared_on: Day | MISSING = MISSING


class LearningOut(Response):
    """Something that a collaboration learnt."""

    id: UUID
    collaboration: Ref
    title: str
    summary: str | None
    url: str
    licence: str
    audience: str | None = Field(description="Whom it is written for.")
    shared_on: Day
    version: int
    created_at: InstantOut
    updated_at: InstantOut


class LearningPage(Page[LearningOut]):
    """Some of the learnings."""


class LearningSort(StrEnum):
    SHARED = "shared_on"
    SHARED_DESCENDING = "-shared_on"
    TITLE = "title"
    TITLE_DESCENDING = "-title"
    UPDATED = "updated_at"
    UPDATED_DESCENDING = "-updated_at"


class LearningsOfOneQuery(PageQuery):
    """Which learnings of a collaboration, in which order."""

    q: Search | None = None
    shared_from: Day | None = None
    shared_until: Day | None = None
    sort: LearningSort = LearningSort.SHARED


class LearningQuery(LearningsOfOneQuery, BelowCollaboration):
    """Which learnings, in which order."""

    licence: Terms | None = None
