"""What crosses the wire about evidence."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, StringConstraints, model_validator

from app.kernel.filters import Several
from app.kernel.paging import Page, PageQuery
from app.kernel.schemas import ActionOut, Day, InstantOut, Prose, Request, Response, Url
from app.learning.trust.evidence.lifecycle import SheetEvidenceStatus
from app.learning.trust.framework import StableKey
from app.learning.trust.rounds.models import Confidentiality
from app.network.collaborations.schemas import BelowCohort
from app.network.programmes.schemas import BelowProgramme
from app.people.files.schemas import AttachedFileOut

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$", max_length=64)]


class ShowSheetEvidence(Request):
    """What shows that an answer is so: an address, a file, a statement, or several of these."""

    question: StableKey = Field(description="The key of the question that the sheet answers.")
    url: Url | None = Field(default=None, description="Where it is found.")
    sha256: Sha256 | None = Field(
        default=None,
        description="SHA-256 of what was found there, in hexadecimal digits: it shows later "
        "whether that is still the same.",
    )
    file_id: UUID | None = Field(
        default=None,
        description="A file that you uploaded, in an attributed round: whoever reads the sheet "
        "downloads it.",
    )
    statement: Prose | None = Field(default=None, description="What is stated, and by whom.")
    collected_on: Day = Field(description="The day on which it was so.")
    expires_on: Day | None = Field(
        default=None, description="From which day on it shows nothing any more."
    )

    @model_validator(mode="after")
    def _is_something(self) -> Self:
        if self.url is None and self.statement is None and self.file_id is None:
            raise ValueError("must have `url`, `file_id` or `statement`")
        if self.sha256 is not None and self.url is None:
            raise ValueError("must have the `url` of which `sha256` is")
        return self


class SheetEvidenceOut(Response):
    """What shows that an answer of a sheet is so."""

    id: UUID
    round_id: UUID = Field(description="The round.")
    sheet_id: UUID = Field(description="The sheet.")
    confidentiality: Confidentiality = Field(description="That of the round: who else reads it.")
    question: str = Field(description="The key of the question.")
    status: SheetEvidenceStatus
    url: str | None = Field(description="Where it is found.")
    sha256: str | None = Field(description="SHA-256 of what was found there, in hexadecimal.")
    file: AttachedFileOut | None = Field(description="The file; null where there is none.")
    statement: str | None = Field(description="What is stated.")
    collected_on: date = Field(description="The day on which it was so.")
    expires_on: date | None = Field(description="From which day on it shows nothing any more.")
    available_actions: list[ActionOut]
    version: int
    created_at: InstantOut
    updated_at: InstantOut


class SheetEvidencePage(Page[SheetEvidenceOut]):
    """Some of the evidence."""


class SheetEvidenceSort(StrEnum):
    """In which order."""

    OLDEST = "created_at"
    NEWEST = "-created_at"
    UPDATED = "updated_at"
    UPDATED_DESCENDING = "-updated_at"


class SheetEvidenceQuery(BelowProgramme, BelowCohort, PageQuery):
    """Which evidence, in which order."""

    round_id: Several[UUID] | None = Field(None, description="Of these rounds.")
    sheet_id: Several[UUID] | None = Field(None, description="Of these sheets.")
    question: Several[StableKey] | None = Field(None, description="Of these questions.")
    status: Several[SheetEvidenceStatus] | None = None
    collected_from: Day | None = None
    collected_until: Day | None = None
    expires_from: Day | None = None
    expires_until: Day | None = None
    sort: SheetEvidenceSort = SheetEvidenceSort.OLDEST
