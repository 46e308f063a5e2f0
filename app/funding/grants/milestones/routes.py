"""The contract of milestones."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query

from app.funding.grants.access import GrantNotFound, MilestoneNotFound
from app.funding.grants.lifecycle import MILESTONE
from app.funding.grants.milestones import service
from app.funding.grants.milestones.exports import MILESTONES as EXPORT
from app.funding.grants.milestones.schemas import (
    GrantMilestoneQuery,
    MilestoneOut,
    MilestonePage,
    MilestoneQuery,
)
from app.funding.grants.milestones.telling import MILESTONES, OF_GRANT
from app.kernel.activity import ActivityPage, HistoryQuery
from app.kernel.schemas import ActionsOut, WithReason
from app.kernel.written import Written, WrittenList
from app.people.identity.deps import CurrentActor
from app.people.reads.deps import Reading
from app.people.reads.histories import read_history
from app.web.export_answers import Exported
from app.web.preconditions import IfMatch
from app.web.routing import Router
from app.web.transaction import Db

router = Router("Milestones")

GrantId = Annotated[UUID, Path(description="The grant.")]
MilestoneId = Annotated[UUID, Path(description="The milestone.")]


@router.get(
    "/grants/{grant_id}/milestones",
    permission="grant.read",
    refuses=(GrantNotFound,),
    export=Exported(EXPORT, service.export_grant_milestones),
)
async def list_grant_milestones(
    read: Reading, grant_id: GrantId, query: Annotated[GrantMilestoneQuery, Query()]
) -> WrittenList[MilestonePage]:
    """The milestones of a grant, by due date."""
    return await MILESTONES.page(read, query, OF_GRANT, grant_id)


@router.get(
    "/milestones",
    permission="grant.read",
    export=Exported(EXPORT, service.export_milestones),
)
async def list_milestones(
    read: Reading, query: Annotated[MilestoneQuery, Query()]
) -> WrittenList[MilestonePage]:
    """The calendar of obligations: what is due when, across the grants that you may see."""
    return await MILESTONES.page(read, query)


@router.get("/milestones/{milestone_id}", permission="grant.read", refuses=(MilestoneNotFound,))
async def get_milestone(read: Reading, milestone_id: MilestoneId) -> Written[MilestoneOut]:
    """One milestone, with the amount, the date and the criteria that hold now."""
    return await MILESTONES.one(read, milestone_id)


@router.move(
    MILESTONE,
    "waive",
    completed_by="the second of two persons",
    refuses=(MilestoneNotFound,),
    example={"reason": "The workshop was cancelled by the convenor."},
)
async def waive_milestone(
    db: Db, actor: CurrentActor, milestone_id: MilestoneId, body: WithReason, if_match: IfMatch
) -> Written[MilestoneOut]:
    """Do without a milestone that no money hangs on. It takes two persons, one of them with
    `milestone.approve_waiver`."""
    return await service.waive_milestone(
        db, actor, milestone_id, reason=body.reason, if_match=if_match
    )


@router.get(
    "/milestones/{milestone_id}/actions", permission="grant.read", refuses=(MilestoneNotFound,)
)
async def explain_milestone_actions(
    db: Db, actor: CurrentActor, milestone_id: MilestoneId
) -> ActionsOut:
    """Each move that leads on from the present status, and what stands in its way."""
    return await service.explain_milestone_actions(db, actor, milestone_id)


@router.get(
    "/milestones/{milestone_id}/history", permission="grant.read", refuses=(MilestoneNotFound,)
)
async def get_milestone_history(
    read: Reading,
    milestone_id: MilestoneId,
    query: Annotated[HistoryQuery, Query()],
) -> WrittenList[ActivityPage]:
    """What was done to the milestone, oldest first."""
    return await read_history(MILESTONES, read, milestone_id, query)
