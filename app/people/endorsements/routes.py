"""The contract of the first of two persons' words."""

from typing import Annotated
from uuid import UUID

from fastapi import Path

from app.people.endorsements import service
from app.people.endorsements.access import EndorsementNotFound
from app.people.identity.deps import CurrentActor
from app.web.routing import Router
from app.web.terms import SIGNED_IN
from app.web.transaction import Db

router = Router("Endorsements")


@router.delete(
    "/endorsements/{endorsement_id}",
    permission=SIGNED_IN,
    refuses=(EndorsementNotFound,),
    status=204,
)
async def take_back_endorsement(
    db: Db,
    actor: CurrentActor,
    endorsement_id: Annotated[UUID, Path(description="As `endorsements` of the thing has it.")],
) -> None:
    """Take back your word for a move that takes two persons, before the second has said theirs:
    your signature of a grant, or your vote to end one."""
    await service.take_back_endorsement(db, actor, endorsement_id)
