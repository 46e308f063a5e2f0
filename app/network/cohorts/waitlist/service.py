"""What is done with memberships that wait for a place."""

from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel import activity
from app.kernel.errors import Conflict
from app.network.cohorts import access
from app.network.cohorts.lifecycle import MembershipStatus
from app.network.cohorts.models import Membership
from app.people.identity.actors import Actor
from app.people.identity.drafts.service import refuse_depended_on, remove_nodes
from app.people.identity.scopes import unlink


class MembershipNotWaiting(Conflict):
    """Only a membership that waits and was never offered a place is deleted. Any other is
    withdrawn, and stays on record."""


async def delete_membership(
    db: AsyncSession, actor: Actor, membership_id: UUID, *, if_match: int | None
) -> None:
    """Take a membership off the waitlist as if it had never been; its cohort keeps the record.

    Raises MembershipNotWaiting, DraftDependedOn (409).
    """
    membership = await access.membership.to_change(
        db, actor, membership_id, "membership.delete", if_match=if_match
    )
    waits = membership.status is MembershipStatus.WAITLISTED and membership.offered_at is None
    if not waits:
        raise MembershipNotWaiting
    of_it, parts = {"memberships": [membership.id]}, {Membership.__tablename__}
    await refuse_depended_on(db, of_it, nodes=[membership.id], parts=parts)
    cohort, collaboration = membership.cohort, membership.collaboration
    detail = {"membership_id": str(membership.id), "collaboration_id": str(collaboration.id)}
    activity.record(db, actor, "cohort.membership_deleted", cohort, detail=detail)
    await unlink(db, membership.id, collaboration.dossier_id)
    await db.execute(delete(Membership).where(Membership.id == membership.id))
    db.expunge(membership)
    await remove_nodes(db, actor, [membership.id])
