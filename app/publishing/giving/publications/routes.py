"""The contract of publications of grants."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query

from app.funding.grants.access import GrantNotFound
from app.kernel.schemas import ActionsOut, WithReason
from app.kernel.written import Written, WrittenList
from app.people.identity.deps import CurrentActor
from app.people.reads.deps import Reading, export_of, history_of
from app.publishing.giving.publications import service
from app.publishing.giving.publications.deps import GivingPrefix
from app.publishing.giving.publications.lifecycle import GRANT_PUBLICATION
from app.publishing.giving.publications.schemas import (
    GrantPublicationOut,
    GrantPublicationPage,
    GrantPublicationQuery,
    ProposeGrantPublication,
)
from app.publishing.giving.publications.telling import (
    GRANT_PUBLICATIONS,
    GRANT_PUBLICATIONS_AS_CSV,
)
from app.web.preconditions import IfMatch
from app.web.routing import Router
from app.web.transaction import Db

router = Router("Open data")

GrantPublicationId = Annotated[UUID, Path(description="The publication of a grant.")]
READ = "grant_publication.read"
WORDS = {
    "title": "Opening river data",
    "summary": "Gauges along three rivers are read, and what they say is published.",
}


@router.create(
    GRANT_PUBLICATION,
    "/grants/{grant_id}/publications",
    by=("propose",),
    refuses=(GrantNotFound, service.GrantPublicationProposed),
    example=WORDS,
)
async def propose_grant_publication(
    db: Db,
    actor: CurrentActor,
    grant_id: Annotated[UUID, Path(description="The grant.")],
    body: ProposeGrantPublication,
    prefix: GivingPrefix,
) -> Written[GrantPublicationOut]:
    """Propose the words in which a grant that was offered, and that a fund pays, is published.
    Everybody reads them once a lead of the collaboration has consented and it was published."""
    return await service.propose_grant_publication(db, actor, grant_id, body, prefix=prefix)


@router.get("/grant-publications", permission=READ)
async def list_grant_publications(
    read: Reading, query: Annotated[GrantPublicationQuery, Query()]
) -> WrittenList[GrantPublicationPage]:
    """What of grants is published, is to be, or was."""
    return await GRANT_PUBLICATIONS.page(read, query)


@router.get("/grant-publications/{grant_publication_id}", permission=READ)
async def get_grant_publication(
    read: Reading, grant_publication_id: GrantPublicationId
) -> Written[GrantPublicationOut]:
    """What of one grant is published."""
    return await GRANT_PUBLICATIONS.one(read, grant_publication_id)


@router.move(GRANT_PUBLICATION, "revise", example=WORDS)
async def revise_grant_publication(
    db: Db,
    actor: CurrentActor,
    grant_publication_id: GrantPublicationId,
    body: ProposeGrantPublication,
    if_match: IfMatch,
) -> Written[GrantPublicationOut]:
    """Propose other words, or propose anew what was withdrawn. What was published is told no more
    until the grantee has consented to the new words and they are published."""
    return await service.revise_grant_publication(
        db, actor, grant_publication_id, body, if_match=if_match
    )


@router.move(GRANT_PUBLICATION, "consent")
async def consent_grant_publication(
    db: Db, actor: CurrentActor, grant_publication_id: GrantPublicationId, if_match: IfMatch
) -> Written[GrantPublicationOut]:
    """Consent, for the grantee, to what was read: its words, who received the grant, its amounts
    and days."""
    return await service.move_grant_publication(
        db, actor, grant_publication_id, "consent", if_match=if_match
    )


@router.move(GRANT_PUBLICATION, "publish")
async def publish_grant_publication(
    db: Db, actor: CurrentActor, grant_publication_id: GrantPublicationId, if_match: IfMatch
) -> Written[GrantPublicationOut]:
    """Publish what the grantee consented to: the open data of the fund have it from now on."""
    return await service.move_grant_publication(
        db, actor, grant_publication_id, "publish", if_match=if_match
    )


@router.move(
    GRANT_PUBLICATION, "withdraw", example={"reason": "The grantee asks that it be taken down."}
)
async def withdraw_grant_publication(
    db: Db,
    actor: CurrentActor,
    grant_publication_id: GrantPublicationId,
    body: WithReason,
    if_match: IfMatch,
) -> Written[GrantPublicationOut]:
    """Take it out of the open data, or take the proposal or the consent back. At its identifier
    everybody learns that it is gone. The reason is read by the programme's team, by all people of
    the collaboration and by the grant's funder, and by nobody else."""
    return await service.move_grant_publication(
        db, actor, grant_publication_id, "withdraw", if_match=if_match, reason=body.reason
    )


@router.get("/grant-publications/{grant_publication_id}/actions", permission=READ)
async def explain_grant_publication_actions(
    db: Db, actor: CurrentActor, grant_publication_id: GrantPublicationId
) -> ActionsOut:
    """Every move from its present status, and what stands in the way of each."""
    return await service.explain_grant_publication_actions(db, actor, grant_publication_id)


history_of(
    router,
    "grant_publication",
    "/grant-publications/{grant_publication_id}",
    GRANT_PUBLICATIONS,
    permission=READ,
)

export_of(
    router,
    "/grant-publications",
    GRANT_PUBLICATIONS_AS_CSV,
    GrantPublicationQuery,
    permission=READ,
)
