"""What is told of consents to publication."""

from typing import Final

from app.funding.grants.telling import granted_to
from app.funding.reports.consents.access import PublicationConsentNotFound
from app.funding.reports.consents.schemas import (
    PublicationConsentListedOut,
    PublicationConsentOut,
    PublicationConsentPage,
)
from app.funding.reports.lifecycle import CONSENT
from app.funding.reports.models import PublicationConsent
from app.funding.reports.telling import PLACE_OF_REPORT, WHERE_REPORTED, on_milestone
from app.people.reads.declarations import Telling
from app.people.reads.exported import exported

CONSENTS: Final = Telling(
    PublicationConsentOut,
    PublicationConsent,
    "report.read",
    missing=PublicationConsentNotFound,
    lifecycle=CONSENT,
    joins=[PublicationConsent.report, *PLACE_OF_REPORT],
    told=WHERE_REPORTED,
    filters={
        "organisation_id": granted_to(PublicationConsent.grant_id),
        "milestone_id": on_milestone(PublicationConsent.report_id),
    },
    sorts={"created_at": (PublicationConsent.created_at, PublicationConsent.id)},
    page_of=PublicationConsentPage,
    listed=PublicationConsentListedOut,
)
CONSENTS_AS_CSV: Final = exported("publication-consents", CONSENTS)
