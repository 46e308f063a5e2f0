"""Opening a collaboration's dossier to a cohort to which it was brought back."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel import activity
from app.kernel.errors import Conflict
from app.kernel.written import Written
from app.network.cohorts import access
from app.network.cohorts.lifecycle import LIVE
from app.network.cohorts.memberships.places import is_open_to, open_dossier
from app.network.cohorts.memberships.schemas import MembershipOut
from app.network.cohorts.memberships.telling import MEMBERSHIPS
from app.people.identity.access import require_decider
from app.people.identity.actors import Actor


class MembershipNotLive(Conflict):
    """Only a collaboration that has a place in the cohort opens its dossier to it: accept the place
    first."""


class DossierOpen(Conflict):
    """The cohort sees the collaboration's dossier already."""


async def open_membership_dossier(
    db: AsyncSession, actor: Actor, membership_id: UUID
) -> Written[MembershipOut]:
    """Open the collaboration's dossier again to the cohort to which it was brought back.

    Raises NotAllowed (403), MembershipNotLive, DossierOpen (409).
    """
    membership = await access.membership.allowing(
        db, actor, membership_id, "membership.accept", lock=True
    )
    require_decider(db, actor)
    if membership.status not in LIVE:
        raise MembershipNotLive
    if await is_open_to(db, membership):
        raise DossierOpen
    await open_dossier(db, membership)
    activity.record(db, actor, "membership.dossier_opened", membership)
    await db.flush()
    return await MEMBERSHIPS.told_to(db, actor, membership.id)
