"""The contract of opening a dossier again."""

from typing import Annotated
from uuid import UUID

from fastapi import Path

from app.kernel.errors import AddressNotProved
from app.kernel.written import Written
from app.network.cohorts.consents import service
from app.network.cohorts.memberships.schemas import MembershipOut
from app.people.identity.deps import CurrentActor
from app.web.routing import Router
from app.web.transaction import Db

router = Router("Memberships")

MembershipId = Annotated[UUID, Path(description="The membership.")]


@router.post(
    "/memberships/{membership_id}/open-dossier",
    permission="membership.accept",
    refuses=(AddressNotProved, service.MembershipNotLive, service.DossierOpen),
)
async def open_membership_dossier(
    db: Db, actor: CurrentActor, membership_id: MembershipId
) -> Written[MembershipOut]:
    """Let those who run the cohort see the collaboration's dossier again, once it was brought back:
    that is for its lead to say."""
    return await service.open_membership_dossier(db, actor, membership_id)
