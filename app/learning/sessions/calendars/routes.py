"""Calendars over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Path

from app.learning.sessions.calendars import service
from app.learning.sessions.calendars.deps import DOCUMENTED, CalendarResponse
from app.network.cohorts.access import CohortNotFound
from app.network.programmes.access import ProgrammeNotFound
from app.people.identity.deps import CurrentActor
from app.web.routing import Router
from app.web.terms import PUBLIC
from app.web.transaction import Db

router = Router("Learning sessions")

CohortId = Annotated[UUID, Path(description="The cohort.")]
ProgrammeId = Annotated[UUID, Path(description="The programme.")]


@router.get(
    "/cohorts/{cohort_id}/learning-sessions/calendar",
    permission="learning_session.read",
    refuses=(CohortNotFound,),
    responses=DOCUMENTED,
    response_class=CalendarResponse,
)
async def get_cohort_calendar(db: Db, actor: CurrentActor, cohort_id: CohortId) -> CalendarResponse:
    """The cohort's sessions as iCalendar, for its team and its members: those that were announced,
    and for thirty days those that were cancelled since. Where they are is told to who takes part.
    What a calendar program subscribes to is a feed: `POST /me/calendar-feeds`."""
    return CalendarResponse(await service.get_cohort_calendar(db, actor, cohort_id))


@router.get(
    "/programmes/{programme_id}/learning-sessions/calendar",
    permission=PUBLIC,
    refuses=(ProgrammeNotFound,),
    responses=DOCUMENTED,
    response_class=CalendarResponse,
)
async def get_programme_calendar(db: Db, programme_id: ProgrammeId) -> CalendarResponse:
    """The sessions of the programme that are public, as iCalendar, for anybody: without where they
    are held. A programme without any is not found."""
    return CalendarResponse(await service.get_programme_calendar(db, programme_id))
