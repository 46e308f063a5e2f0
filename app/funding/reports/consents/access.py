"""Consents, for those who may see the report."""

from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from app.funding.reports.models import PublicationConsent
from app.kernel.errors import NotFound
from app.people.identity.access import obtain
from app.people.identity.actors import Actor

CONSENT_REFS: Final = (
    joinedload(PublicationConsent.given_by),
    joinedload(PublicationConsent.withdrawn_by),
)


class PublicationConsentNotFound(NotFound):
    """There is no such consent, or none that you may see."""


async def consent(
    db: AsyncSession, actor: Actor, consent_id: UUID, *, lock: bool = False
) -> PublicationConsent:
    """A consent with who gave and withdrew it. Raises PublicationConsentNotFound (404)."""
    return await obtain(
        db,
        actor,
        PublicationConsent,
        consent_id,
        "report.read",
        lock=lock,
        missing=PublicationConsentNotFound,
        options=CONSENT_REFS,
    )
