"""Rates of attendance over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Path

from app.learning.sessions.attendance.rates import service
from app.learning.sessions.attendance.rates.schemas import CohortAttendanceOut
from app.people.identity.deps import CurrentActor
from app.web.routing import Router
from app.web.transaction import Db

router = Router("Learning sessions")

CohortId = Annotated[UUID, Path(description="The cohort.")]


@router.get("/cohorts/{cohort_id}/attendance", permission="attendance.read")
async def get_cohort_attendance(
    db: Db, actor: CurrentActor, cohort_id: CohortId
) -> CohortAttendanceOut:
    """How well members took part in the sessions that were held, by member and by person. What
    was cancelled, and whoever was on leave or not a member when it began, is in no rate."""
    return await service.get_cohort_attendance(db, actor, cohort_id)
