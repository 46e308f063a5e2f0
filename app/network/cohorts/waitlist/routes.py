"""The contract of the waitlist."""

from typing import Annotated
from uuid import UUID

from fastapi import Path

from app.network.cohorts.access import MembershipNotFound
from app.network.cohorts.waitlist import service
from app.network.cohorts.waitlist.service import MembershipNotWaiting
from app.people.identity.deps import CurrentActor
from app.people.identity.drafts.service import DraftDependedOn
from app.web.preconditions import IfMatch
from app.web.routing import Router
from app.web.transaction import Db

router = Router("Memberships")

MembershipId = Annotated[UUID, Path(description="The membership.")]


@router.delete(
    "/memberships/{membership_id}",
    permission="membership.delete",
    refuses=(MembershipNotFound, MembershipNotWaiting, DraftDependedOn),
    if_match=True,
    status=204,
)
async def delete_membership(
    db: Db, actor: CurrentActor, membership_id: MembershipId, if_match: IfMatch
) -> None:
    """Take a collaboration off the waitlist by mistake put there, which was never offered a place;
    the others move up. Any other membership is withdrawn."""
    await service.delete_membership(db, actor, membership_id, if_match=if_match)
