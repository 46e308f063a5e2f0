"""What is made of the end of a collaboration."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.transitions import Touched
from app.network.collaborations.lifecycle import COLLABORATION
from app.network.collaborations.models import Collaboration
from app.people.identity.actors import Actor
from app.people.identity.invitations.queries import open_into


@COLLABORATION.derives("conclude")
@COLLABORATION.derives("abandon")
async def invitations_are_void(
    db: AsyncSession, actor: Actor, collaboration: Collaboration
) -> list[Touched]:
    """Open invitations to lead it or to work in it can be accepted no more."""
    return await open_into(db, actor, [collaboration.id])
