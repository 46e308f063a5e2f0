"""Copies of series over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Path

from app.kernel.written import Written
from app.learning.sessions.copies import service
from app.learning.sessions.copies.schemas import CopySessionSeries
from app.learning.sessions.lifecycle import LEARNING_SESSION
from app.learning.sessions.series.schemas import SessionSeriesOut
from app.learning.sessions.series.service import RecurrenceUnsound
from app.network.cohorts.service import CohortEnded
from app.people.identity.deps import CurrentActor
from app.web.moves import told_new
from app.web.routing import Router
from app.web.transaction import Db

router = Router("Learning sessions")

SessionSeriesId = Annotated[UUID, Path(description="The series.")]


@router.post(
    "/session-series/{session_series_id}/copy",
    permission="learning_session.create",
    moves=told_new(LEARNING_SESSION, "create"),
    status=201,
    location="/v1/session-series/{id}",
    refuses=(CohortEnded, service.CohortUnknown, RecurrenceUnsound),
    example={
        "cohort_id": "0198c2a4-0000-7000-8000-000000000000",
        "local_start": "2027-05-11T10:00",
    },
)
async def copy_session_series(
    db: Db, actor: CurrentActor, session_series_id: SessionSeriesId, body: CopySessionSeries
) -> Written[SessionSeriesOut]:
    """Plan the sessions of a series for a cohort, from another day on: what they are about, their
    agenda and materials. Where they are held and who leads them is said anew."""
    return await service.copy_session_series(db, actor, session_series_id, body)
