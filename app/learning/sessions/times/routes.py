"""Times of sessions over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Path

from app.learning.sessions.times import service
from app.learning.sessions.times.schemas import FindSessionTimes, SessionTimesOut
from app.network.cohorts.service import CohortEnded
from app.people.identity.deps import CurrentActor
from app.web.routing import Router
from app.web.transaction import Db

router = Router("Learning sessions")

CohortId = Annotated[UUID, Path(description="The cohort.")]


@router.post(
    "/cohorts/{cohort_id}/session-times",
    permission="learning_session.schedule",
    idempotent=False,
    refuses=(CohortEnded, service.NobodyToMeet, service.SessionTimesUnsound),
    example={
        "first_on": "2026-05-12",
        "last_on": "2026-05-14",
        "hours": {"begins": "07:00", "ends": "21:00"},
        "session_count": 6,
        "every_weeks": 2,
    },
)
async def find_session_times(
    db: Db, actor: CurrentActor, cohort_id: CohortId, body: FindSessionTimes
) -> SessionTimesOut:
    """Find when sessions would be best: most can come, then the worst off bears the least, what it
    bore in held sessions included, then all together. Nothing is changed by asking.

    Two sittings of each session are offered beside, where that lessens what the worst off bears.
    """
    return await service.find_session_times(db, actor, cohort_id, body)
