"""What crosses the wire about what was written in rounds."""

from enum import StrEnum
from uuid import UUID

from pydantic import Field

from app.kernel.filters import Several
from app.kernel.paging import Page, PageQuery
from app.kernel.schemas import ActionOut, InstantOut, Ref, Reference, Response
from app.learning.trust.comments.lifecycle import RoundCommentStatus
from app.learning.trust.framework import Perspective, StableKey
from app.learning.trust.rounds.models import Confidentiality
from app.network.collaborations.schemas import BelowCohort
from app.network.programmes.schemas import BelowProgramme


class RoundCommentOut(Response):
    """What was answered in words, or why a question does not apply. It says neither who wrote it,
    nor on which sheet it stands."""

    id: UUID
    round: Ref
    assessment_id: UUID = Field(description="The assessment.")
    collaboration: Ref = Field(description="The collaboration that it is about.")
    perspective: Perspective = Field(description="From which side.")
    confidentiality: Confidentiality = Field(description="That of the round.")
    question: str = Field(description="The key of the question.")
    is_justification: bool = Field(description="Whether it says why the question does not apply.")
    words: str = Field(description="As it was written: nobody edits it.")
    status: RoundCommentStatus
    available_actions: list[ActionOut]
    version: int
    created_at: InstantOut
    updated_at: InstantOut


class RoundCommentPage(Page[RoundCommentOut]):
    """Some of what was written."""


class RoundCommentSort(StrEnum):
    """In which order. What was written in one round came at once, when it closed, in no order."""

    OLDEST = "created_at"
    NEWEST = "-created_at"
    UPDATED = "updated_at"
    UPDATED_DESCENDING = "-updated_at"


class RoundCommentFilters(PageQuery):
    """Which of what was written in a round, in which order."""

    status: Several[RoundCommentStatus] | None = None
    assessment_id: Several[UUID] | None = Field(None, description="In these assessments.")
    question: Several[StableKey] | None = Field(None, description="To these questions.")
    is_justification: bool | None = None
    sort: RoundCommentSort = RoundCommentSort.OLDEST


class RoundCommentQuery(BelowProgramme, BelowCohort, RoundCommentFilters):
    """Which of what was written, in which order."""

    round_id: Several[UUID] | None = Field(None, description="In these rounds.")
    collaboration_id: Several[UUID] | None = None
    collaboration_reference: Several[Reference] | None = None
