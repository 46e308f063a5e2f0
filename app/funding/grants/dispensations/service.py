"""Dispensations about grants and milestones."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.funding.grants import access
from app.kernel.written import Written
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


async def propose_grant_dispensation(
    db: AsyncSession, actor: SignedIn, grant_id: UUID, body: ProposeDispensation
) -> Written[DispensationOut]:
    """Propose that somebody may sign a grant or check its grantee. Raises as
    `propose_dispensation`."""
    grant = await access.grant(db, actor, grant_id)
    return await propose_dispensation(db, actor, grant, body, zone=grant.cohort.timezone)


async def export_grant_dispensations(
    db: AsyncSession, actor: SignedIn, grant_id: UUID, query: DispensationsOfOneQuery
) -> WholeList:
    """The dispensations about one grant, as a table."""
    return await export_dispensations_about(
        db, actor, await access.grant(db, actor, grant_id), query
    )


async def propose_milestone_dispensation(
    db: AsyncSession, actor: SignedIn, milestone_id: UUID, body: ProposeDispensation
) -> Written[DispensationOut]:
    """Propose that somebody may extend or waive a milestone. Raises as `propose_dispensation`."""
    milestone = await access.milestone(db, actor, milestone_id)
    zone = milestone.grant.cohort.timezone
    return await propose_dispensation(db, actor, milestone, body, zone=zone)


async def export_milestone_dispensations(
    db: AsyncSession, actor: SignedIn, milestone_id: UUID, query: DispensationsOfOneQuery
) -> WholeList:
    """The dispensations about one milestone, as a table."""
    return await export_dispensations_about(
        db, actor, await access.milestone(db, actor, milestone_id), query
    )
