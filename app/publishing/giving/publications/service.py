"""What is done with publications of grants."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.funding.grants import access as grants
from app.kernel.clock import now
from app.kernel.db import new_id
from app.kernel.editing import was_and_is
from app.kernel.errors import Conflict, constraint
from app.kernel.lifecycle import create, explain_actions, move
from app.kernel.schemas import ActionsOut
from app.kernel.written import Written
from app.people.identity.actors import Actor
from app.publishing.giving.publications import access
from app.publishing.giving.publications.lifecycle import GRANT_PUBLICATION
from app.publishing.giving.publications.models import GrantPublication
from app.publishing.giving.publications.schemas import (
    GrantPublicationOut,
    ProposeGrantPublication,
)
from app.publishing.giving.publications.telling import GRANT_PUBLICATIONS


class GrantPublicationProposed(Conflict):
    """A publication of this grant was proposed before: revise it."""


constraint("uq_grant_publications_grant_id", GrantPublicationProposed)


async def propose_grant_publication(
    db: AsyncSession, actor: Actor, grant_id: UUID, body: ProposeGrantPublication, *, prefix: str
) -> Written[GrantPublicationOut]:
    """Propose what of a grant is published. Raises GrantPublicationProposed (409)."""
    grant = await grants.grant(db, actor, grant_id, lock=True)
    publication = GrantPublication(
        id=new_id(),
        grant_id=grant.id,
        grant=grant,
        identifier=f"360G-{prefix}-{grant.reference}",
        **body.model_dump(),
    )
    with db.no_autoflush:
        await create(db, actor, publication, GRANT_PUBLICATION, "propose", under=grant.scope_id)
    return await GRANT_PUBLICATIONS.told_to(db, actor, publication.id)


async def revise_grant_publication(
    db: AsyncSession,
    actor: Actor,
    grant_publication_id: UUID,
    body: ProposeGrantPublication,
    *,
    if_match: int | None,
) -> Written[GrantPublicationOut]:
    """Propose other words, which the grantee consents to anew; the old ones are told no more."""
    publication = await access.grant_publication(db, actor, grant_publication_id, lock=True)
    wanted = body.model_dump()
    held = {name: getattr(publication, name) for name in wanted}
    detail = {
        name: was_and_is(held[name], said) for name, said in wanted.items() if said != held[name]
    }
    await move(
        db,
        actor,
        publication,
        GRANT_PUBLICATION,
        "revise",
        if_match=if_match,
        detail=detail,
        writes=wanted,
    )
    return await GRANT_PUBLICATIONS.told_to(db, actor, publication.id)


async def move_grant_publication(
    db: AsyncSession,
    actor: Actor,
    grant_publication_id: UUID,
    name: str,
    *,
    if_match: int | None = None,
    reason: str | None = None,
) -> Written[GrantPublicationOut]:
    """Consent to it, publish it, or withdraw it."""
    publication = await access.grant_publication(db, actor, grant_publication_id, lock=True)
    writes = {"published_at": now(db)} if name == "publish" else {}
    await move(
        db,
        actor,
        publication,
        GRANT_PUBLICATION,
        name,
        if_match=if_match,
        reason=reason,
        writes=writes,
    )
    return await GRANT_PUBLICATIONS.told_to(db, actor, publication.id)


async def explain_grant_publication_actions(
    db: AsyncSession, actor: Actor, grant_publication_id: UUID
) -> ActionsOut:
    """Every move from its present status, and what stands in the way of each."""
    publication = await access.grant_publication(db, actor, grant_publication_id)
    return await explain_actions(db, actor, publication, GRANT_PUBLICATION)
