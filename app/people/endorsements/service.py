"""Taking back the first of two persons' words, before the second is said."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel import activity
from app.kernel.endorsements import Endorsement
from app.kernel.errors import NotFound
from app.kernel.transitions import taken_back
from app.people.identity.actors import SignedIn


class EndorsementNotFound(NotFound):
    """There is no such endorsement, or it is not yours, or the move was made or has changed."""


@dataclass(frozen=True)
class Endorsed:
    """What was endorsed, as far as the record needs to know it."""

    __noun__: str
    id: UUID
    scope_id: UUID


async def take_back_endorsement(db: AsyncSession, actor: SignedIn, endorsement_id: UUID) -> None:
    """Take back the first word for a move by two, which its giver has given, by whichever account
    of theirs. Raises EndorsementNotFound (404)."""
    own = select(Endorsement).where(
        Endorsement.id == endorsement_id, Endorsement.person_id == actor.person_id
    )
    given = await db.scalar(own.with_for_update())
    if given is None:
        raise EndorsementNotFound
    endorsed = Endorsed(given.noun, given.subject_id, given.scope_id)
    activity.record(db, actor, taken_back(given.noun, given.move), endorsed)
    await db.delete(given)
    await db.flush()
