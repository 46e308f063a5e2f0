"""What of a report may be published: the one place where that is decided."""

from dataclasses import dataclass

from app.funding.reports.consents.schemas import PublicationConsentOut, ReportPublicationOut
from app.funding.reports.lifecycle import CONSENT, ConsentStatus, ReportStatus
from app.funding.reports.models import Evidence, PublicationConsent, Report
from app.funding.reports.queries import evidence_shown, person
from app.kernel.lifecycle import available_actions
from app.kernel.schemas import UnmetOut
from app.kernel.transitions import Unmet
from app.people.identity.actors import Actor


@dataclass(frozen=True)
class Publication:
    """The summary and the evidence that may be published, or what stands in the way."""

    unmet: list[Unmet]
    consent: PublicationConsent | None
    summary: str | None
    evidence: list[Evidence]


def consent_in_force(report: Report) -> PublicationConsent | None:
    """The consent to the version of a whole report that was submitted last, unless it was
    withdrawn: consent to an earlier version is none to what replaced it."""
    for consent in report.consents:
        if consent.status is ConsentStatus.GIVEN and consent.number == report.submissions:
            return consent
    return None


def publication(report: Report) -> Publication:
    """What may be published of a report that was obtained whole: nothing until it is accepted, has
    a summary, and a lead has consented; then the summary, and the evidence marked for it."""
    consent = consent_in_force(report)
    unmet: list[Unmet] = []
    if report.status is not ReportStatus.ACCEPTED:
        unmet.append(Unmet("report_not_accepted", "Accept the report first."))
    if report.public_summary is None:
        unmet.append(Unmet("summary_missing", "Write its public summary first."))
    if consent is None:
        unmet.append(Unmet("consent_missing", "A lead consents to its publication first."))
    if unmet:
        return Publication(unmet, consent, None, [])
    shown = [one for one in report.evidence if one.may_be_published]
    return Publication([], consent, report.public_summary, shown)


def publication_shown(actor: Actor, report: Report) -> ReportPublicationOut:
    """What may be published, as clients see it."""
    found = publication(report)
    return ReportPublicationOut(
        is_publishable=not found.unmet,
        unmet=[UnmetOut(code=one.code, detail=one.detail) for one in found.unmet],
        consent=found.consent and consent_shown(actor, found.consent),
        public_summary=found.summary,
        evidence=[evidence_shown(one) for one in found.evidence],
    )


def consent_shown(actor: Actor, consent: PublicationConsent) -> PublicationConsentOut:
    """A consent with who gave and who withdrew it, as clients see it."""
    return PublicationConsentOut(
        id=consent.id,
        report_id=consent.report_id,
        status=consent.status,
        number=consent.number,
        given_by=person(consent.given_by),
        given_at=consent.given_at,
        withdrawn_by=consent.withdrawn_by and person(consent.withdrawn_by),
        withdrawn_at=consent.withdrawn_at,
        available_actions=available_actions(consent, actor, CONSENT),
        version=consent.version,
        created_at=consent.created_at,
        updated_at=consent.updated_at,
    )
