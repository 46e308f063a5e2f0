"""Who may see organisations: every person with an account."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from app.identity.actors import Actor
from app.identity.scopes import NETWORK_ID
from app.kernel.errors import NotFound
from app.organisations.models import Organisation


class OrganisationNotFound(NotFound):
    """There is no such organisation, or you may not see it."""


async def organisation(
    db: AsyncSession,
    actor: Actor,
    organisation_id: UUID,
    permission: str = "organisation.read",
    *,
    lock: bool = False,
) -> Organisation:
    """The organisation with its identifiers. Raises OrganisationNotFound (404)."""
    if not actor.demand(permission, NETWORK_ID):
        raise OrganisationNotFound
    statement = (
        select(Organisation)
        .where(Organisation.id == organisation_id)
        .options(selectinload(Organisation.identifiers))
    )
    if lock:
        statement = statement.with_for_update(key_share=True)
        statement = statement.execution_options(populate_existing=True)
    found = await db.scalar(statement)
    if found is None:
        raise OrganisationNotFound
    return found
