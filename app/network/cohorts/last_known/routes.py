"""What was known at the end, over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Path

from app.network.cohorts.last_known import service
from app.network.cohorts.last_known.schemas import LastKnownOut
from app.people.identity.deps import CurrentActor
from app.web.routing import Router
from app.web.transaction import Db

router = Router("Memberships")


@router.get(
    "/memberships/{membership_id}/last-known",
    permission="membership.read",
    refuses=(service.NothingKept,),
)
async def get_membership_last_known(
    db: Db,
    actor: CurrentActor,
    membership_id: Annotated[UUID, Path(description="The membership.")],
) -> LastKnownOut:
    """The collaboration as its cohort knew it on the day that the membership ended: who took part,
    who led it, what it had learnt. Its dossier is closed to the cohort from then on."""
    return await service.get_membership_last_known(db, actor, membership_id)
