"""What crosses the wire about answers and evidence."""

from enum import StrEnum
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, StringConstraints, model_validator

from app.funding.grants.schemas import BelowGrant
from app.kernel.filters import Several
from app.kernel.paging import Page, PageQuery
from app.kernel.schemas import (
    InstantOut,
    Line,
    Prose,
    Ref,
    Reference,
    Request,
    Response,
    Url,
)
from app.people.files.schemas import AttachedFileOut

Licence = Annotated[
    str,
    StringConstraints(min_length=2, max_length=60, pattern=r"^[A-Za-z0-9][A-Za-z0-9.+-]*$"),
    Field(description="An SPDX licence identifier.", examples=["CC-BY-4.0"]),
]


class SaveReportAnswer(Request):
    """What is said of one criterion."""

    answer: Prose
    is_met: bool = Field(description="Whether the criterion holds.")


class ReportAnswerOut(Response):
    """A criterion, and what the report says of it."""

    criterion_id: UUID
    statement: str = Field(description="What must hold.")
    is_evidence_required: bool
    answer: str | None
    is_met: bool | None
    is_unlocked: bool = Field(description="Whether it can be answered now.")
    etag: str | None = Field(
        description="Sent as `If-Match` to save it again; null until it was saved, and then "
        "`If-None-Match: *` is sent."
    )
    version: int | None = Field(description="Of the answer; null until there is one.")
    updated_at: InstantOut | None


class AddReportEvidence(Request):
    """A file that was uploaded, or an address."""

    criterion_id: UUID | None = Field(
        default=None, description="What it shows; null for the report as a whole."
    )
    file_id: UUID | None = None
    url: Url | None = None
    description: Line
    licence: Licence | None = None
    may_be_published: bool = False

    @model_validator(mode="after")
    def _is_one_of_two(self) -> Self:
        if (self.file_id is None) == (self.url is None):
            raise ValueError("must have either file_id or url")
        return self

    @model_validator(mode="after")
    def _is_licensed_where_published(self) -> Self:
        if self.may_be_published and self.licence is None:
            raise ValueError("may be published only under a licence: name it")
        return self


class ReportEvidenceOut(Response):
    """A file or an address that shows what an answer says."""

    id: UUID
    criterion_id: UUID | None
    file: AttachedFileOut | None
    url: str | None
    description: str
    licence: str | None
    may_be_published: bool
    added_by: Ref
    etag: str = Field(description="Sent as `If-Match` to take it out.")
    version: int
    created_at: InstantOut


class ReportEvidenceListedOut(ReportEvidenceOut):
    """A piece of evidence, and where it is shown."""

    report_id: UUID = Field(description="The report that shows it.")
    milestone: Ref
    grant: Ref
    cohort: Ref
    collaboration: Ref
    updated_at: InstantOut


class ReportEvidencePage(Page[ReportEvidenceListedOut]):
    """Some of the evidence."""


class ReportEvidenceSort(StrEnum):
    CREATED = "created_at"
    CREATED_DESCENDING = "-created_at"
    UPDATED = "updated_at"
    UPDATED_DESCENDING = "-updated_at"


class ReportEvidenceQuery(BelowGrant, PageQuery):
    """Which evidence of the reports that you may see, in which order."""

    milestone_id: Several[UUID] | None = None
    milestone_reference: Several[Reference] | None = None
    report_id: Several[UUID] | None = None
    may_be_published: bool | None = None
    is_file: bool | None = Field(None, description="Whether it is a file, and not an address.")
    licence: Licence | None = None
    sort: ReportEvidenceSort = ReportEvidenceSort.CREATED
