"""Series of learning sessions over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query

from app.kernel.activity import ActivityPage, HistoryQuery
from app.kernel.lifecycle import GuardsUnmet
from app.kernel.written import Written, WrittenList
from app.learning.sessions.lifecycle import LEARNING_SESSION
from app.learning.sessions.series import service
from app.learning.sessions.series.schemas import (
    CreateSessionSeries,
    SessionSeriesFilters,
    SessionSeriesOut,
    SessionSeriesPage,
    SessionSeriesQuery,
)
from app.learning.sessions.series.telling import (
    OF_COHORT,
    SESSION_SERIES,
    SESSION_SERIES_AS_CSV,
)
from app.learning.sessions.service import AgendaTooLong, FacilitatorUnknown
from app.network.cohorts.service import CohortEnded
from app.people.identity.deps import CurrentActor
from app.people.reads.deps import Reading, export_of
from app.people.reads.histories import read_history
from app.web.moves import told, told_new
from app.web.routing import Router
from app.web.transaction import Db

router = Router("Learning sessions")

CohortId = Annotated[UUID, Path(description="The cohort.")]
SessionSeriesId = Annotated[UUID, Path(description="The series.")]


@router.post(
    "/cohorts/{cohort_id}/session-series",
    permission="learning_session.create",
    moves=told_new(LEARNING_SESSION, "create"),
    status=201,
    location="/v1/session-series/{id}",
    refuses=(CohortEnded, service.RecurrenceUnsound, FacilitatorUnknown, AgendaTooLong),
    example={
        "kind": "peer_circle",
        "title": "Peer circle",
        "local_start": "2026-05-12T10:00",
        "rule": "FREQ=WEEKLY;INTERVAL=2;COUNT=6",
    },
)
async def create_session_series(
    db: Db, actor: CurrentActor, cohort_id: CohortId, body: CreateSessionSeries
) -> Written[SessionSeriesOut]:
    """Plan sessions that meet by a rule of RFC 5545, all as drafts. The rule is read off the clock
    on the wall of the stated zone, so that they stay at their hour when the clocks change."""
    return await service.create_session_series(db, actor, cohort_id, body)


@router.get("/cohorts/{cohort_id}/session-series", permission="learning_session.read")
async def list_cohort_session_series(
    read: Reading, cohort_id: CohortId, query: Annotated[SessionSeriesFilters, Query()]
) -> WrittenList[SessionSeriesPage]:
    """The series of the cohort, the oldest first, for who may see the cohort."""
    return await SESSION_SERIES.page(read, query, OF_COHORT, cohort_id)


@router.get("/session-series", permission="learning_session.read")
async def list_session_series(
    read: Reading, query: Annotated[SessionSeriesQuery, Query()]
) -> WrittenList[SessionSeriesPage]:
    """The series that you may see, the oldest first."""
    return await SESSION_SERIES.page(read, query)


@router.get("/session-series/{session_series_id}", permission="learning_session.read")
async def get_session_series(
    read: Reading, session_series_id: SessionSeriesId
) -> Written[SessionSeriesOut]:
    """One series, as it was planned."""
    return await SESSION_SERIES.one(read, session_series_id)


@router.post(
    "/session-series/{session_series_id}/schedule",
    permission="learning_session.schedule",
    moves=told(LEARNING_SESSION, "schedule"),
    refuses=(GuardsUnmet,),
)
async def schedule_session_series(
    db: Db, actor: CurrentActor, session_series_id: SessionSeriesId
) -> Written[SessionSeriesOut]:
    """Schedule every draft of the series: all of them, or none."""
    return await service.schedule_session_series(db, actor, session_series_id)


@router.get("/session-series/{session_series_id}/history", permission="learning_session.read")
async def get_session_series_history(
    read: Reading,
    session_series_id: SessionSeriesId,
    query: Annotated[HistoryQuery, Query()],
) -> WrittenList[ActivityPage]:
    """What was done to the series, oldest first."""
    return await read_history(SESSION_SERIES, read, session_series_id, query)


export_of(
    router,
    "/session-series",
    SESSION_SERIES_AS_CSV,
    SessionSeriesQuery,
    permission="learning_session.read",
)
