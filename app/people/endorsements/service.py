"""Taking back the first of two persons' words, before the second is said."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel import activity
from app.kernel.transitions import taken_back
from app.people.endorsements.access import own_endorsement
from app.people.identity.actors import SignedIn


@dataclass(frozen=True)
class Endorsed:
    """What was endorsed, as far as the record needs to know it."""

    __noun__: str
    id: UUID
    scope_id: UUID


async def take_back_endorsement(db: AsyncSession, actor: SignedIn, endorsement_id: UUID) -> None:
    """Take back one's first word for a move by two. Raises EndorsementNotFound (404)."""
    given = await own_endorsement(db, actor, endorsement_id)
    endorsed = Endorsed(given.noun, given.subject_id, given.scope_id)
    verb = taken_back(given.noun, given.move)
    activity.record(db, actor, verb, endorsed)  # pyright: ignore[reportArgumentType]
    await db.delete(given)
    await db.flush()
