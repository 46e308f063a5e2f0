"""Dispensations about memberships."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.written import Written
from app.network.cohorts import access
from app.network.conflicts.dispensations.schemas import (
    DispensationOut,
    DispensationsOfOneQuery,
    ProposeDispensation,
)
from app.network.conflicts.dispensations.service import (
    export_dispensations_about,
    propose_dispensation,
)
from app.people.identity.actors import SignedIn
from app.web.exports import WholeList


async def propose_membership_dispensation(
    db: AsyncSession, actor: SignedIn, membership_id: UUID, body: ProposeDispensation
) -> Written[DispensationOut]:
    """Propose that somebody may judge a member. Raises as `propose_dispensation`."""
    membership = await access.membership(db, actor, membership_id)
    return await propose_dispensation(db, actor, membership, body, zone=membership.timezone)


async def export_membership_dispensations(
    db: AsyncSession, actor: SignedIn, membership_id: UUID, query: DispensationsOfOneQuery
) -> WholeList:
    """The dispensations about one membership, as a table."""
    membership = await access.membership(db, actor, membership_id)
    return await export_dispensations_about(db, actor, membership, query)
