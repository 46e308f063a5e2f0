"""What crosses the wire about agreements."""

from enum import StrEnum
from typing import Annotated, Self
from uuid import UUID

from pydantic import MISSING, AfterValidator, Field, model_validator

from app.kernel.filters import Several
from app.kernel.paging import Page, PageQuery
from app.kernel.schemas import Day, InstantOut, Line, Ref, Reference, Request, Response, Search, Url
from app.network.collaborations.agreements.models import AgreementKind
from app.network.collaborations.schemas import BelowCohort, DocumentOut
from app.network.programmes.schemas import BelowProgramme


def _each_once(ids: list[UUID]) -> list[UUID]:
    if len(set(ids)) < len(ids):
        raise ValueError("names one twice")
    return ids


Parties = Annotated[
    list[UUID],
    Field(min_length=1, max_length=50, description="Ids of organisations that take part."),
    AfterValidator(_each_once),
]
Covered = Annotated[
    list[UUID],
    Field(max_length=200, description="Ids of the collaboration's data sets that it covers."),
    AfterValidator(_each_once),
]


class AddAgreement(Request):
    """What organisations of the collaboration agreed about its data, or are about to."""

    kind: AgreementKind
    title: Line
    party_ids: Parties
    data_set_ids: Covered = Field(default_factory=list)
    signed_on: Day | None = Field(default=None, description="By the last of the parties.")
    starts_on: Day | None = Field(
        default=None, description="The day of the signature unless said; null until it is signed."
    )
    ends_on: Day | None = Field(default=None, description="The last day; null while none is set.")
    file_id: UUID | None = Field(default=None, description="The document, as you uploaded it.")
    url: Url | None = Field(default=None, description="Where the document lies otherwise.")
    supersedes_id: UUID | None = Field(
        default=None, description="The edition that this one takes the place of once it begins."
    )

    @model_validator(mode="after")
    def _one_document(self) -> Self:
        if self.file_id is not None and self.url is not None:
            raise ValueError("has file_id and url; the document is one of them")
        return self


class EditAgreement(Request):
    """What is to change of an agreement that is not signed; `signed_on` signs it."""

    title: Line | MISSING = MISSING
    party_ids: Parties | MISSING = MISSING
    data_set_ids: Covered | MISSING = MISSING
    signed_on: Day | MISSING | None = MISSING
    starts_on: Day | MISSING | None = MISSING
    ends_on: Day | MISSING | None = MISSING
    url: Url | MISSING | None = MISSING


class EndAgreement(Request):
    """The last day on which it binds."""

    ended_on: Day | None = Field(default=None, description="Today unless said.")
    reason: Line


class CollaborationAgreementOut(Response):
    """An agreement of a collaboration."""

    id: UUID
    collaboration: Ref
    kind: AgreementKind
    title: str
    edition: int = Field(description="Which edition it is, from 1.")
    supersedes_id: UUID | None = Field(description="The edition before.")
    parties: list[Ref]
    data_sets: list[Ref] = Field(description="The data that it covers.")
    signed_on: Day | None
    starts_on: Day | None
    ends_on: Day | None
    is_in_force: bool = Field(
        description="Whether it binds today: signed, begun, not ended, and not superseded."
    )
    file: DocumentOut | None
    url: str | None
    version: int
    created_at: InstantOut
    updated_at: InstantOut


class CollaborationAgreementPage(Page[CollaborationAgreementOut]):
    """Some of the agreements."""


class AgreementSort(StrEnum):
    CREATED = "created_at"
    CREATED_DESCENDING = "-created_at"
    TITLE = "title"
    TITLE_DESCENDING = "-title"
    UPDATED = "updated_at"
    UPDATED_DESCENDING = "-updated_at"


class AgreementsOfOneQuery(PageQuery):
    """Which agreements of a collaboration."""

    q: Search | None = None
    kind: Several[AgreementKind] | None = None
    data_set_id: Several[UUID] | None = Field(
        default=None, description="Those that cover one of these."
    )
    in_force_on: Day | None = Field(default=None, description="Those that bind on that day.")
    signed_from: Day | None = None
    signed_until: Day | None = None
    starts_from: Day | None = None
    starts_until: Day | None = None
    ends_from: Day | None = None
    ends_until: Day | None = None
    sort: AgreementSort = AgreementSort.CREATED


class AgreementQuery(AgreementsOfOneQuery, BelowProgramme, BelowCohort):
    """Which agreements."""

    collaboration_id: Several[UUID] | None = None
    collaboration_reference: Several[Reference] | None = None
    organisation_id: Several[UUID] | None = Field(
        default=None, description="Those that one of these organisations is a party to."
    )
