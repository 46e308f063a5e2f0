"""The contract of consents, and of what may be published."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query

from app.funding.reports.access import ReportNotFound
from app.funding.reports.consents import service
from app.funding.reports.consents.access import PublicationConsentNotFound
from app.funding.reports.consents.schemas import (
    PublicationConsentOut,
    PublicationConsentPage,
    PublicationConsentQuery,
    ReportPublicationOut,
)
from app.funding.reports.consents.service import ConsentAlreadyGiven
from app.funding.reports.consents.telling import CONSENTS, CONSENTS_AS_CSV
from app.funding.reports.lifecycle import CONSENT
from app.kernel.schemas import ActionsOut
from app.kernel.written import Written, WrittenList
from app.people.identity.deps import CurrentActor
from app.people.reads.deps import Reading, export_of, history_of
from app.web.preconditions import IfMatch
from app.web.routing import Router
from app.web.transaction import Db

router = Router("Reports")

ReportId = Annotated[UUID, Path(description="The report.")]
ConsentId = Annotated[UUID, Path(description="The consent.")]


@router.get(
    "/reports/{report_id}/publication",
    permission="report.read",
    refuses=(ReportNotFound,),
)
async def get_report_publication(
    db: Db, actor: CurrentActor, report_id: ReportId
) -> ReportPublicationOut:
    """What of the report may be published: its summary and the evidence that is marked for it,
    once it is accepted and a lead has consented. Otherwise, why nothing may."""
    return await service.get_report_publication(db, actor, report_id)


@router.create(
    CONSENT,
    "/reports/{report_id}/publication-consents",
    by=("give",),
    refuses=(ReportNotFound, ConsentAlreadyGiven),
    if_match=True,
)
async def give_publication_consent(
    db: Db, actor: CurrentActor, report_id: ReportId, if_match: IfMatch
) -> Written[PublicationConsentOut]:
    """Consent, for the grantee, to the publication of the version that was submitted last.

    `If-Match` is the ETag of the report. A later version needs a consent of its own.
    """
    return await service.give_publication_consent(db, actor, report_id, if_match=if_match)


@router.get("/publication-consents", permission="report.read")
async def list_publication_consents(
    read: Reading, query: Annotated[PublicationConsentQuery, Query()]
) -> WrittenList[PublicationConsentPage]:
    """The consents to the publication of reports that you may see, the oldest first; those that
    were withdrawn too."""
    return await CONSENTS.page(read, query)


@router.get(
    "/publication-consents/{consent_id}",
    permission="report.read",
    refuses=(PublicationConsentNotFound,),
)
async def get_publication_consent(
    read: Reading, consent_id: ConsentId
) -> Written[PublicationConsentOut]:
    """One consent: who gave it when, and who withdrew it."""
    return await CONSENTS.one(read, consent_id)


@router.move(CONSENT, "withdraw", thing_id="consent_id", refuses=(PublicationConsentNotFound,))
async def withdraw_publication_consent(
    db: Db, actor: CurrentActor, consent_id: ConsentId, if_match: IfMatch
) -> Written[PublicationConsentOut]:
    """Take the consent back. It can be given again."""
    return await service.withdraw_publication_consent(db, actor, consent_id, if_match=if_match)


@router.get(
    "/publication-consents/{consent_id}/actions",
    permission="report.read",
    refuses=(PublicationConsentNotFound,),
)
async def explain_publication_consent_actions(
    db: Db, actor: CurrentActor, consent_id: ConsentId
) -> ActionsOut:
    """Each move that leads on from the present status, and what stands in its way."""
    return await service.explain_publication_consent_actions(db, actor, consent_id)


history_of(
    router,
    "publication_consent",
    "/publication-consents/{consent_id}",
    CONSENTS,
    permission="report.read",
    refuses=(PublicationConsentNotFound,),
)

export_of(
    router,
    "/publication-consents",
    CONSENTS_AS_CSV,
    PublicationConsentQuery,
    permission="report.read",
)
