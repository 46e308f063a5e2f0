"""Consents, for those who may see the report."""

from typing import Final

from app.funding.reports.models import PublicationConsent
from app.kernel.errors import NotFound
from app.people.identity.access import Loader


class PublicationConsentNotFound(NotFound):
    """There is no such consent, or none that you may see."""


consent: Final = Loader(PublicationConsent, "report.read", PublicationConsentNotFound)
