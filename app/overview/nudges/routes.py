"""Reminding by hand, over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Path

from app.overview.nudges import service
from app.overview.nudges.schemas import Nudge, NudgeOut
from app.people.identity.deps import CurrentActor
from app.web.routing import Router
from app.web.transaction import Db

router = Router("Desk")

MembershipId = Annotated[UUID, Path(description="The membership.")]
CohortId = Annotated[UUID, Path(description="The cohort.")]
REFUSES = (service.NoMailServer, service.NothingWaits, service.NobodyReached)


@router.post(
    "/memberships/{membership_id}/remind",
    permission="membership.remind",
    refuses=REFUSES,
    example={"message": "Ring me if anything is in your way."},
)
async def remind_membership(
    db: Db, actor: CurrentActor, membership_id: MembershipId, body: Nudge
) -> NudgeOut:
    """Write to the people of a member now of all that waits for them. Their daily digest comes as
    it would have."""
    return await service.remind_membership(db, actor, membership_id, body)


@router.post(
    "/cohorts/{cohort_id}/remind",
    permission="membership.remind",
    refuses=REFUSES,
    example={"message": "Two reports are missing for Thursday."},
)
async def remind_cohort(db: Db, actor: CurrentActor, cohort_id: CohortId, body: Nudge) -> NudgeOut:
    """Write to those in the cohort who are late, of what they are late with."""
    return await service.remind_cohort(db, actor, cohort_id, body)
