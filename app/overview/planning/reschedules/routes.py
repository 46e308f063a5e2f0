"""The contract of moving a cohort."""

from typing import Annotated
from uuid import UUID

from fastapi import Path

from app.network.cohorts.access import CohortNotFound
from app.network.cohorts.service import CohortEnded
from app.overview.planning.reschedules import service
from app.overview.planning.reschedules.schemas import RescheduleCohort, RescheduleOut
from app.people.identity.deps import CurrentActor
from app.web.preconditions import IfMatch
from app.web.routing import Router
from app.web.transaction import Db

router = Router("Cohorts")

CohortId = Annotated[UUID, Path(description="The cohort.")]


@router.post(
    "/cohorts/{cohort_id}/reschedule",
    permission="cohort.edit",
    refuses=(CohortNotFound, CohortEnded),
    if_match=True,
    example={"days": 30, "reason": "The venue is free a month later.", "dry_run": True},
)
async def reschedule_cohort(
    db: Db, actor: CurrentActor, cohort_id: CohortId, body: RescheduleCohort, if_match: IfMatch
) -> RescheduleOut:
    """Move the cohort by some days: its planned dates, the open tasks of its members, their
    milestones that are not reported yet, as extensions, and its sessions that are to come, at the
    same hour. A milestone that would pass its grant's agreed end stays and is listed, and so does a
    session whose facilitator is elsewhere then. With `dry_run` it tells what would move, and
    nothing does; it also takes `milestone.extend` and `learning_session.edit`."""
    return await service.reschedule_cohort(db, actor, cohort_id, body, if_match=if_match)
