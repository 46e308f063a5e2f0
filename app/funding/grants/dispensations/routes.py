"""The contract of dispensations about grants and milestones."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query

from app.funding.grants.access import GrantNotFound, MilestoneNotFound
from app.funding.grants.dispensations import service
from app.funding.grants.dispensations.telling import ABOUT_GRANT, ABOUT_MILESTONE
from app.kernel.written import Written, WrittenList
from app.network.conflicts.dispensations.exports import DISPENSATIONS
from app.network.conflicts.dispensations.lifecycle import DISPENSATION
from app.network.conflicts.dispensations.schemas import (
    PROPOSED,
    DispensationOut,
    DispensationPage,
    DispensationsOfOneQuery,
    ProposeDispensation,
)
from app.network.conflicts.dispensations.service import AlreadyDispensed, DispensationPast
from app.network.conflicts.dispensations.telling import DISPENSATIONS as TOLD
from app.people.identity.accounts.access import AccountUnknown
from app.people.identity.deps import CurrentActor
from app.people.reads.deps import Reading
from app.web.export_answers import Exported
from app.web.routing import Router
from app.web.transaction import Db

router = Router("Conflicts")

GrantId = Annotated[UUID, Path(description="The grant.")]
MilestoneId = Annotated[UUID, Path(description="The milestone.")]


@router.create(
    DISPENSATION,
    "/grants/{grant_id}/dispensations",
    by=("propose",),
    refuses=(GrantNotFound, AlreadyDispensed, AccountUnknown, DispensationPast),
    example=PROPOSED,
)
async def propose_grant_dispensation(
    db: Db, actor: CurrentActor, grant_id: GrantId, body: ProposeDispensation
) -> Written[DispensationOut]:
    """Propose that somebody may sign the grant for the convenor and check its grantee,
    although a role, an affiliation or a conflict of interest stands in their way. It counts once
    another person has confirmed it, and never for what they had a hand in."""
    return await service.propose_grant_dispensation(db, actor, grant_id, body)


@router.get(
    "/grants/{grant_id}/dispensations",
    permission="dispensation.read",
    refuses=(GrantNotFound,),
    export=Exported(DISPENSATIONS, service.export_grant_dispensations),
)
async def list_grant_dispensations(
    read: Reading,
    grant_id: GrantId,
    query: Annotated[DispensationsOfOneQuery, Query()],
) -> WrittenList[DispensationPage]:
    """The dispensations about one grant, the latest first, for the team alone."""
    return await TOLD.page(read, query, ABOUT_GRANT, grant_id)


@router.create(
    DISPENSATION,
    "/milestones/{milestone_id}/dispensations",
    by=("propose",),
    refuses=(MilestoneNotFound, AlreadyDispensed, AccountUnknown, DispensationPast),
    example=PROPOSED,
)
async def propose_milestone_dispensation(
    db: Db, actor: CurrentActor, milestone_id: MilestoneId, body: ProposeDispensation
) -> Written[DispensationOut]:
    """Propose that somebody may extend or waive the milestone,
    although a role, an affiliation or a conflict of interest stands in their way. It counts once
    another person has confirmed it, and never for what they had a hand in."""
    return await service.propose_milestone_dispensation(db, actor, milestone_id, body)


@router.get(
    "/milestones/{milestone_id}/dispensations",
    permission="dispensation.read",
    refuses=(MilestoneNotFound,),
    export=Exported(DISPENSATIONS, service.export_milestone_dispensations),
)
async def list_milestone_dispensations(
    read: Reading,
    milestone_id: MilestoneId,
    query: Annotated[DispensationsOfOneQuery, Query()],
) -> WrittenList[DispensationPage]:
    """The dispensations about one milestone, the latest first, for the team alone."""
    return await TOLD.page(read, query, ABOUT_MILESTONE, milestone_id)
