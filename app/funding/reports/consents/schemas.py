"""What crosses the wire about consents, and about what may be published."""

from enum import StrEnum
from uuid import UUID

from pydantic import Field

from app.funding.grants.schemas import BelowGrant
from app.funding.reports.answers.schemas import ReportEvidenceOut
from app.funding.reports.lifecycle import ConsentStatus
from app.kernel.filters import Several
from app.kernel.paging import Page, PageQuery
from app.kernel.schemas import (
    ActionOut,
    InstantIn,
    InstantOut,
    Ref,
    Reference,
    Response,
    UnmetOut,
)


class PublicationConsentOut(Response):
    """A lead's yes to the publication of one submitted version."""

    id: UUID
    report_id: UUID
    status: ConsentStatus
    number: int = Field(description="The submitted version that may be published.")
    given_by: Ref
    given_at: InstantOut
    withdrawn_by: Ref | None
    withdrawn_at: InstantOut | None
    available_actions: list[ActionOut]
    version: int
    created_at: InstantOut
    updated_at: InstantOut


class PublicationConsentListedOut(PublicationConsentOut):
    """A consent, and what its report is about."""

    milestone: Ref
    grant: Ref
    cohort: Ref
    collaboration: Ref


class PublicationConsentPage(Page[PublicationConsentListedOut]):
    """Some of the consents."""


class PublicationConsentSort(StrEnum):
    CREATED = "created_at"
    CREATED_DESCENDING = "-created_at"
    UPDATED = "updated_at"
    UPDATED_DESCENDING = "-updated_at"


class PublicationConsentQuery(BelowGrant, PageQuery):
    """Which consents to publication, in which order."""

    status: Several[ConsentStatus] | None = None
    milestone_id: Several[UUID] | None = None
    milestone_reference: Several[Reference] | None = None
    report_id: Several[UUID] | None = None
    given_from: InstantIn | None = None
    given_until: InstantIn | None = None
    withdrawn_from: InstantIn | None = None
    withdrawn_until: InstantIn | None = None
    sort: PublicationConsentSort = PublicationConsentSort.CREATED


class ReportPublicationOut(Response):
    """What of a report may be published, or why nothing may."""

    is_publishable: bool
    unmet: list[UnmetOut] = Field(description="What stands in the way; empty when publishable.")
    consent: PublicationConsentOut | None = Field(
        description="The grantee's consent to the version that was submitted last."
    )
    public_summary: str | None = Field(description="Null where nothing may be published.")
    evidence: list[ReportEvidenceOut] = Field(
        description="That which may be published, each with its licence."
    )
