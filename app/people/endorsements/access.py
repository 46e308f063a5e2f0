"""The first of two persons' words, for the person who gave it."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.endorsements import Endorsement
from app.kernel.errors import NotFound
from app.people.identity.actors import SignedIn


class EndorsementNotFound(NotFound):
    """There is no such endorsement, or it is not yours, or the move was made or has changed."""


async def own_endorsement(db: AsyncSession, actor: SignedIn, endorsement_id: UUID) -> Endorsement:
    """A word that the actor's person has given, by whichever account of theirs, held."""
    own = select(Endorsement).where(
        Endorsement.id == endorsement_id, Endorsement.person_id.in_(actor.persons)
    )
    given = await db.scalar(own.with_for_update())
    if given is None:
        raise EndorsementNotFound
    return given
