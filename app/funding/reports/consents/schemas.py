"""What crosses the wire about consents, and about what may be published."""

from uuid import UUID

from pydantic import Field

from app.funding.reports.answers.schemas import ReportEvidenceOut
from app.funding.reports.lifecycle import ConsentStatus
from app.kernel.schemas import ActionOut, InstantOut, Ref, Response, UnmetOut


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
