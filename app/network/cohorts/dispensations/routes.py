"""The contract of dispensations about memberships."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query

from app.kernel.written import Written, WrittenList
from app.network.cohorts.access import MembershipNotFound
from app.network.cohorts.dispensations import service
from app.network.cohorts.dispensations.telling import ABOUT_MEMBERSHIP
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

MembershipId = Annotated[UUID, Path(description="The membership.")]


@router.create(
    DISPENSATION,
    "/memberships/{membership_id}/dispensations",
    by=("propose",),
    refuses=(MembershipNotFound, AlreadyDispensed, AccountUnknown, DispensationPast),
    example=PROPOSED,
)
async def propose_membership_dispensation(
    db: Db, actor: CurrentActor, membership_id: MembershipId, body: ProposeDispensation
) -> Written[DispensationOut]:
    """Propose that somebody may give the member leave and judge what it has done,
    although a role, an affiliation or a conflict of interest stands in their way. It counts once
    another person has confirmed it, and never for what they had a hand in."""
    return await service.propose_membership_dispensation(db, actor, membership_id, body)


@router.get(
    "/memberships/{membership_id}/dispensations",
    permission="dispensation.read",
    refuses=(MembershipNotFound,),
    export=Exported(DISPENSATIONS, service.export_membership_dispensations),
)
async def list_membership_dispensations(
    read: Reading,
    membership_id: MembershipId,
    query: Annotated[DispensationsOfOneQuery, Query()],
) -> WrittenList[DispensationPage]:
    """The dispensations about one membership, the latest first, for the team alone."""
    return await TOLD.page(read, query, ABOUT_MEMBERSHIP, membership_id)
