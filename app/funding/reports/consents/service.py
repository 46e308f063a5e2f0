"""The grantee's consent to publication: given, and taken back until it was used."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.funding.reports import access as reports
from app.funding.reports.consents import access
from app.funding.reports.consents.queries import publication_shown
from app.funding.reports.consents.schemas import PublicationConsentOut, ReportPublicationOut
from app.funding.reports.consents.telling import CONSENTS
from app.funding.reports.lifecycle import CONSENT
from app.funding.reports.models import PublicationConsent
from app.kernel.clock import now
from app.kernel.db import new_id
from app.kernel.errors import Conflict, constraint
from app.kernel.lifecycle import create, explain_actions, move
from app.kernel.schemas import ActionsOut
from app.kernel.written import Written
from app.people.identity.actors import Actor


class ConsentAlreadyGiven(Conflict):
    """A lead has consented to the publication of this version already."""


constraint("uq_publication_consents_one_in_force", ConsentAlreadyGiven)


async def give_publication_consent(
    db: AsyncSession, actor: Actor, report_id: UUID, *, if_match: int | None
) -> Written[PublicationConsentOut]:
    """Consent to the publication of the submitted version that was read.

    Raises ConsentAlreadyGiven (409) the second time.
    """
    report = await reports.report.to_change(
        db, actor, report_id, "report.consent", if_match=if_match
    )
    assert actor.person_id is not None
    consent = PublicationConsent(
        id=new_id(),
        report_id=report.id,
        report=report,
        grant_id=report.grant_id,
        number=report.submissions,
        given_by_id=actor.person_id,
        given_at=now(db),
    )
    with db.no_autoflush:
        await create(
            db,
            actor,
            consent,
            CONSENT,
            "give",
            under=report.scope_id,
            detail={"report_id": str(report.id), "number": consent.number},
        )
    return await CONSENTS.told_to(db, actor, consent.id)


async def withdraw_publication_consent(
    db: AsyncSession, actor: Actor, consent_id: UUID, *, if_match: int | None
) -> Written[PublicationConsentOut]:
    """Take a consent back: nothing of the report may be published any more."""
    consent = await access.consent(db, actor, consent_id, lock=True)
    detail = {"report_id": str(consent.report_id), "number": consent.number}
    await move(db, actor, consent, CONSENT, "withdraw", if_match=if_match, detail=detail)
    consent.withdrawn_by_id, consent.withdrawn_at = actor.person_id, now(db)
    return await CONSENTS.told_to(db, actor, consent.id)


async def explain_publication_consent_actions(
    db: AsyncSession, actor: Actor, consent_id: UUID
) -> ActionsOut:
    """The moves of a consent, with what stands in the way of each."""
    return await explain_actions(db, actor, await access.consent(db, actor, consent_id), CONSENT)


async def get_report_publication(
    db: AsyncSession, actor: Actor, report_id: UUID
) -> ReportPublicationOut:
    """What of a report may be published, or why nothing may."""
    return publication_shown(actor, await reports.publishable(db, actor, report_id))
